import HTTPMessage
import SimulatedHTTP

extension UpstreamService {
    private static let limitUsual = 1_000

    /// What a gateway asks for: pages of changes and of the snapshot, and single customers. It meets the same misbehaviour as
    /// batches do.
    mutating func sendDown(_ request: HTTPRequest) -> Reply {
        guard let book else { return plain(problem(404, "nothing is sent down")) }
        if let secret = misbehaviour.signingSecret, !RequestSeal(secret: secret).isGood(request) {
            return plain(problem(401, "the signature is missing or wrong"))
        }
        let fault = dice.next()
        let response: HTTPResponse
        let manner: Reply.Manner
        switch fault {
        case .fail: (response, manner) = (problem(500, "simulated failure"), .whole)
        case .busy:
            let pause: HTTPHeaders = ["Retry-After": "\(misbehaviour.busyPauseSeconds)"]
            (response, manner) = (problem(429, "simulated rush", headers: pause), .whole)
        case .reset: (response, manner) = (problem(500, "simulated reset"), .reset)
        case .timeout: (response, manner) = (answer(request, book), .never)
        case .cut: (response, manner) = (answer(request, book), .cut)
        default: (response, manner) = (answer(request, book), .whole)
        }
        return Reply(response: response, manner: manner, delayMilliseconds: misbehaviour.delayMilliseconds)
    }

    private func answer(_ request: HTTPRequest, _ book: ChangeBook) -> HTTPResponse {
        guard let pairs = HTTPTarget.pairs(ofQuery: request.query) else {
            return problem(400, "the query cannot be read")
        }
        func value(_ name: String) -> String? { pairs.first { $0.name == name }?.value }
        let limit = value("limit").flatMap { Int($0) } ?? Self.limitUsual
        guard limit > 0 else { return problem(400, "limit must be above 0") }
        let page: ChangeBook.Page
        switch request.path {
        case "/v1/changes": page = book.changes(after: value("cursor"), limit: limit)
        case "/v1/snapshot": page = book.snapshot(page: value("page"), limit: limit)
        default:
            guard let kind = value("kind"), let identifier = value("value") else {
                return problem(400, "kind and value are needed")
            }
            guard let found = book.customer(kind: kind, value: identifier) else {
                return problem(404, "nobody has it")
            }
            page = .body(found)
        }
        switch page {
        case .tooOld: return problem(410, "begin with a snapshot")
        case .body(let bytes):
            return HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: bytes)
        }
    }
}
