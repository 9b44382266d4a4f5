import Foundation
import Journal
import Locking
import Logging
import TestSupport
import Upstream

@testable import Gateway

/// A website's end of webhooks that answers as a test says, and remembers what came.
final class ScriptedSite: WebhookPoster {
    typealias Script = @Sendable (Sent) -> WebhookOutcome

    /// A message on the wire.
    struct Sent: Sendable {
        var message: WebhookMessage
        var body: JSONTree
        var id: String { header("Tillgate-Id") ?? "" }
        var order: String { body["order"]?.text ?? "" }
        var number: Int { Int(body["number"]?.integer ?? 0) }
        /// `order/number`.
        var step: String { "\(order)/\(number)" }

        func header(_ name: String) -> String? {
            message.headers.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
    }

    static let ok = WebhookOutcome.answered(status: 204, retryAfterMilliseconds: nil)
    static func status(_ status: Int, retryAfterSeconds: Int? = nil) -> WebhookOutcome {
        .answered(status: status, retryAfterMilliseconds: retryAfterSeconds.map { $0 * 1_000 })
    }

    let sent = Gathered<Sent>()
    private let script: Mutex<Script>

    init(_ script: @escaping Script = { _ in ScriptedSite.ok }) { self.script = Mutex(script) }

    /// Answers otherwise from now on.
    func answer(_ script: @escaping Script) { self.script.withLock { $0 = script } }

    var steps: [String] { sent.all.map(\.step) }

    func post(_ message: WebhookMessage) -> WebhookOutcome {
        let sent = Sent(message: message, body: (try? JSONTree(message.body)) ?? .null)
        self.sent.add(sent)
        return script.withLock { $0 }(sent)
    }

    func stop() {}
}

/// A gateway with a website's webhook under virtual time: messages are begun when the test looks, and end when it lets
/// them.
final class WebhookStage {
    let site: ScriptedSite
    private(set) var world: TestWorld
    private(set) var sender: WebhookSender
    private let pending: Pending
    private var clients: [String: TestClient] = [:]

    /// Messages under way that wait for the test.
    private final class Pending: Sendable {
        let work = Mutex<[@Sendable () -> Void]>([])
    }

    init(_ site: ScriptedSite = ScriptedSite(), on world: TestWorld? = nil, log: Logger = WebhookStage.silence) throws {
        let world = try world ?? TestWorld()
        let pending = Pending()
        self.site = site
        self.world = world
        self.pending = pending
        sender = Self.sender(world, site, pending, log)
    }

    /// Messages that have not come to their end hold the sender, which would hold them.
    deinit { pending.work.withLock { $0.removeAll() } }

    static let silence = Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func sender(
        _ world: TestWorld, _ site: ScriptedSite, _ pending: Pending, _ log: Logger
    ) -> WebhookSender {
        WebhookSender(
            journal: world.journal, poster: site, clock: world.clock,
            workers: { work in pending.work.withLock { $0.append(work) } }, log: log)
    }

    /// Stops the gateway and starts it again; messages under way are lost with it.
    func restart() throws {
        clients = [:]
        pending.work.withLock { $0 = [] }
        try world.restart()
        sender = Self.sender(world, site, pending, Self.silence)
    }

    // MARK: Orders

    func client(_ role: String, _ name: String) throws -> TestClient {
        if let known = clients[name] { return known }
        let made = try world.greeted(role == "website" ? .website : .register, "S1", name)
        clients[name] = made
        return made
    }

    /// Makes the website known and gives it a webhook.
    @discardableResult
    func hook(_ site: String = "WEB1", more: String = "") throws -> WireLine {
        _ = try client("website", site)
        return put(site, more: more)
    }

    func put(_ site: String = "WEB1", url: String = "https://web.example/hooks", more: String = "") -> WireLine {
        world.localOperator().request("WEBHOOK_PUT", #"{"store":"S1","site":"\#(site)","url":"\#(url)"\#(more)}"#)
    }

    func push(_ order: String, by site: String = "WEB1") throws {
        _ = try client("website", site).request("ORDER_PUSH", PushText(order: order).json)
    }

    /// A step of an order by the till.
    @discardableResult
    func step(_ verb: String, _ order: String, of site: String = "WEB1") throws -> WireLine {
        try client("register", "T01").request(verb, #"{"source":"\#(site)","order":"\#(order)"}"#)
    }

    // MARK: Messages

    /// How many messages are under way.
    var underWay: Int { pending.work.withLock { $0.count } }

    /// Begins what is due.
    func look() { sender.look() }

    /// Lets one message that is under way come to its end.
    func finish(_ place: Int = 0) {
        let work = pending.work.withLock { $0.indices.contains(place) ? $0.remove(at: place) : nil }
        work?()
    }

    /// Lets everything happen that is due now.
    func deliver() {
        for _ in 0..<1_000 {
            look()
            if underWay == 0 { return }
            while underWay > 0 { finish() }
        }
    }

    /// Lets time pass, looking every so many seconds and delivering what has fallen due.
    func pass(seconds: Int, every stride: Int = 1) {
        for _ in 0..<(seconds / stride) {
            world.clock.advance(milliseconds: stride * 1_000)
            deliver()
        }
    }

    /// The webhook as WEBHOOK_LIST has it.
    func listed(_ site: String = "WEB1") -> JSONTree? {
        world.localOperator().request("WEBHOOK_LIST").ok?["webhooks"]?.elements?.first { $0["site"]?.text == site }
    }
}
