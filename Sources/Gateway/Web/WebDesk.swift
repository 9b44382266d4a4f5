import EventLoop
import HTTPMessage
import Journal
import LineProtocol
import Locking
import Retail
import WebIngress
import WebRouter

/// What the HTTPS port allows one client; the sizes and deadlines are the ingress's.
package struct WebSettings: Sendable {
    package var ingress = WebSettings.ingressLimits
    /// Requests of one site.
    var siteRate = RequestRate(
        burst: ProtocolLimits.httpRequestsBurst,
        millisecondsPerRequest: 1_000 / Int64(ProtocolLimits.httpRequestsPerSecond))
    /// Wrong tokens from one network; loopback is exempt, as it is from the limit of connections.
    var wrongTokenRate = RequestRate(
        burst: ProtocolLimits.httpWrongTokens, millisecondsPerRequest: GuessLimits.wrongTokenMilliseconds)
    /// Questions after the gateway's health from one network: they need no token, and must not take the sites' places.
    var healthRate = RequestRate(burst: ProtocolLimits.httpHealthRequests, millisecondsPerRequest: 1_000)
    /// Whether the port speaks TLS.
    var isSecure = false
    /// Whether programs on the gateway's own machine are counted as well.
    var countsLoopback: Bool
    /// Requests that the desks have at a time, those included whose clients have given up; more are answered `busy`.
    var requestsAtOnce = 256

    /// The limits that the specification tells.
    package init(countsLoopback: Bool = false) { self.countsLoopback = countsLoopback }

    private static var ingressLimits: IngressLimits {
        IngressLimits(
            http: HTTPLimits(
                headBytes: ProtocolLimits.httpHeadBytes, targetBytes: ProtocolLimits.httpTargetBytes,
                headerCount: ProtocolLimits.httpHeaders, bodyBytes: ProtocolLimits.httpBodyBytes),
            headMilliseconds: ProtocolLimits.httpHeadMilliseconds,
            bodyMilliseconds: ProtocolLimits.httpBodyMilliseconds,
            answerMilliseconds: ProtocolLimits.httpAnswerMilliseconds,
            idleMilliseconds: ProtocolLimits.httpIdleMilliseconds,
            responseBytes: ProtocolLimits.outputBufferBytes, requestsUnderWay: 64,
            connections: ProtocolLimits.httpConnections,
            connectionsPerAddress: ProtocolLimits.httpConnectionsPerAddress,
            handshakeMilliseconds: ProtocolLimits.handshakeMilliseconds)
    }
}

/// Answers websites over HTTPS: who may come in, and what each request is to the gateway's desks.
final class WebDesk: IngressGuard {
    let gateway: Gateway
    private let settings: WebSettings
    private let siteRates: RequestRates<DeviceKey>
    private let wrongTokens: WrongTokens
    private let healthRates: RequestRates<UInt64>
    private let underWay = Mutex<Set<KeyPlace>>([])
    private let requestsAtOnce = Mutex(0)

    /// Networks whose questions are counted at a time.
    private static let networksMaximum = 10_000
    /// Sites whose requests are counted at a time; there are as many as devices with a token.
    private static let sitesMaximum = 100_000

    init(gateway: Gateway, settings: WebSettings) {
        self.gateway = gateway
        self.settings = settings
        siteRates = RequestRates(settings.siteRate, keysMaximum: Self.sitesMaximum)
        healthRates = RequestRates(settings.healthRate, keysMaximum: Self.networksMaximum)
        wrongTokens = WrongTokens(settings.wrongTokenRate)
    }

    // MARK: At the door

    func refusal(of head: HTTPRequestHead, from peer: PeerAddress) -> HTTPResponse? {
        do throws(WebProblem) {
            if isOpenToAll(head) {
                if isCounted(peer), let wait = healthRates.take(peer.networkKey, atMilliseconds: milliseconds) {
                    throw tooMany("more questions from this network than are answered", wait)
                }
                return nil
            }
            for name in ["Idempotency-Key", "If-Match", "If-None-Match"] where head.headers.values(of: name).count > 1 {
                throw WebProblem(.http(400), "\(name) stands more than once")
            }
            let site = try site(head, from: peer)
            if let wait = siteRates.take(site.key, atMilliseconds: milliseconds) {
                throw tooMany("more requests of this site than it may make", wait)
            }
            return nil
        } catch {
            return error.response
        }
    }

    func response(to failure: IngressFailure) -> HTTPResponse { WebProblem(failure).response }

    func commonFields() -> [HTTPField] {
        settings.isSecure ? plainFields() + [Self.onlyOverTLS] : plainFields()
    }

    /// A browser that has been here once comes by TLS only, for two years.
    private static let onlyOverTLS = HTTPField(name: "Strict-Transport-Security", value: "max-age=63072000")

    private func plainFields() -> [HTTPField] {
        [
            HTTPField(
                name: "Date",
                value: HTTPDate.text(secondsSinceEpoch: gateway.clock.now().millisecondsSinceEpoch / 1_000)),
            HTTPField(name: "X-Content-Type-Options", value: "nosniff"),
        ]
    }

    private func isOpenToAll(_ head: HTTPRequestHead) -> Bool {
        (head.method == .get || head.method == .head)
            && head.target.prefix { $0 != "?" } == WebOperation.getHealth.path
    }

    private func isCounted(_ peer: PeerAddress) -> Bool {
        settings.countsLoopback || !(peer.isLoopback || peer.isLocalSocket)
    }

    /// Who asks. Wrong tokens are counted; a right one is no guess, whatever else comes from its network.
    private func site(_ head: HTTPRequestHead, from peer: PeerAddress) throws(WebProblem) -> Principal {
        do throws(WebProblem) {
            return try site(head.headers)
        } catch {
            guard error.kind == .line(.unauthenticated), isCounted(peer) else { throw error }
            if let wait = wrongTokens.wait(peer.networkKey, atMilliseconds: milliseconds) {
                throw tooMany("too many wrong tokens from this address", wait)
            }
            if wrongTokens.count(peer.networkKey, atMilliseconds: milliseconds) {
                gateway.log.warning(
                    "an address tries tokens out; it is slowed down",
                    metadata: ["peer": "\(peer.text)", "port": "https"])
            }
            throw error
        }
    }

    private func site(_ headers: HTTPHeaders) throws(WebProblem) -> Principal {
        let scheme = "bearer "
        guard let field = headers["Authorization"] else {
            throw WebProblem(Refusal(.unauthenticated, "a bearer token is required"))
        }
        let token = String(field.dropFirst(scheme.count).drop { $0 == " " })
        guard field.prefix(scheme.count).lowercased() == scheme, token.utf8.count <= ProtocolLimits.tokenCharacters,
            let principal = gateway.devices.device(withToken: token)
        else {
            throw WebProblem(Refusal(.unauthenticated, "Authorization is not the bearer token of a site"))
        }
        guard principal.role == .website else {
            throw WebProblem(Refusal(.forbidden, "the token is that of a \(principal.role.rawValue)"))
        }
        return principal
    }

    private func tooMany(_ message: String, _ waitMilliseconds: Int64) -> WebProblem {
        var problem = WebProblem(.http(429), message)
        problem.retry(afterMilliseconds: Int(waitMilliseconds))
        return problem
    }

    /// A clock that does not go back.
    private var milliseconds: Int64 { gateway.journal.crew.milliseconds() }

    // MARK: Behind the door

    /// Answers a request that the ingress has let in.
    func answer(_ routed: RoutedRequest) async -> HTTPResponse {
        do throws(WebProblem) {
            guard let place = routed.route, case let operation = WebOperation.allCases[place],
                !operation.isHidden(routed.parameters)
            else { return try answerOutsideRoutes(routed.request) }
            guard let verb = operation.verb else { return try health() }
            // Asked once more: it may have been revoked while the body was on its way.
            let site = try site(routed.request.headers)
            try MediaType.check(routed.request, of: operation)
            let message = WebMessage(
                operation: operation, parameters: routed.parameters, request: routed.request)
            let asked = SiteRequest(
                operation: operation, verb: verb, site: site, order: routed.parameters["order"] ?? "",
                request: routed.request, text: try message.text())
            guard enter() else {
                var refusal = Refusal(.busy, "too many requests are under way; nothing was done")
                refusal.retryAfterMilliseconds = 1_000
                throw WebProblem(refusal)
            }
            defer { leave() }
            return try await operation.hasEffect ? change(asked) : look(asked)
        } catch {
            return error.response
        }
    }

    /// OPTIONS, and what no route has.
    private func answerOutsideRoutes(_ request: HTTPRequest) throws(WebProblem) -> HTTPResponse {
        // The ingress has encoded each segment twice.
        let segments = (HTTPTarget.segments(ofPath: request.path) ?? []).map { HTTPTarget.decoded($0) ?? $0 }
        let methods = WebOperation.methods(ofPath: segments)
        guard !methods.isEmpty else { throw WebProblem(.http(404), "there is nothing at this path") }
        var allowed = methods.map(\.rawValue) + ["OPTIONS"]
        if methods.contains(.get) { allowed.append("HEAD") }
        let allow = allowed.sorted().joined(separator: ", ")
        if request.method == .options {
            var headers: HTTPHeaders = ["Allow": allow]
            if methods.contains(.patch) { headers.append(name: "Accept-Patch", value: "application/json") }
            return HTTPResponse(status: 204, headers: headers)
        }
        var problem = WebProblem(.http(405), "this path takes \(allow)")
        problem.headers.append(name: "Allow", value: allow)
        throw problem
    }

    private func health() throws(WebProblem) -> HTTPResponse {
        guard gateway.journal.isAvailable else {
            throw WebProblem(Refusal(store: JournalError.unavailable(reason: "the last write failed")))
        }
        let writer = ByteWriter(capacity: 128)
        writer.beginObject()
        writer.field("status", "ok")
        writer.field("version", gateway.settings.version)
        writer.field("now", gateway.clock.now())
        writer.endObject()
        return WebAnswer(status: 200, body: Array(writer.bytes)).response
    }

    private func enter() -> Bool {
        requestsAtOnce.withLock { count in
            guard count < settings.requestsAtOnce else { return false }
            count += 1
            return true
        }
    }

    private func leave() { requestsAtOnce.withLock { $0 -= 1 } }

    /// Marks a key as under way; false when it is already.
    func begin(_ place: KeyPlace) -> Bool { underWay.withLock { $0.insert(place).inserted } }

    func end(_ place: KeyPlace) { underWay.withLock { _ = $0.remove(place) } }
}

/// One request of a site, checked as far as HTTP goes.
struct SiteRequest {
    let operation: WebOperation
    let verb: Verb
    let site: Principal
    /// The order that the path names; empty in a list.
    let order: String
    let request: HTTPRequest
    /// The line protocol's message.
    let text: [UInt8]
}
