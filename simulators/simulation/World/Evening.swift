import Journal
import LineProtocol
import Retail

/// The end of a world: everything is well, everybody gets an answer, and the books are compared.
struct Evening {
    /// Longer than any hold, claim or alarm waits; where the clock was put back, by as much longer.
    private static let restMilliseconds: Int64 = 240_000
    private static let restAfterJumpsMilliseconds: Int64 = 900_000

    private let world: World
    private let lost: Peer?

    init(_ world: World, lost: Peer?) {
        self.world = world
        self.lost = lost
    }

    mutating func run() {
        guard waitForAnswers() else { return }
        rest()
        guard world.violation == nil, waitForUpstream() else { return }
        identifyAll()
        lookAtOrders()
        guard waitForAnswers() else { return }
        compare()
    }

    private var others: [Peer] { world.peers.filter { $0 !== lost } }

    private func pass(milliseconds: Int64, until condition: () -> Bool) -> Bool {
        let end = world.agenda.now + milliseconds
        while world.violation == nil, world.agenda.now < end {
            if condition() { return true }
            if !world.agenda.step() { return condition() }
        }
        return world.violation == nil && condition()
    }

    private func waitForAnswers() -> Bool {
        let isDone = pass(milliseconds: 600_000) { others.allSatisfy { $0.isGreeted && $0.asks.isEmpty } }
        guard !isDone, world.violation == nil else { return isDone }
        let waiting = others.flatMap { peer in peer.asks.map { "\(peer.store)/\(peer.name): \($0.verb) \($0.body)" } }
        world.fail("ten minutes after everything was well somebody waits for an answer: \(waiting)")
        return false
    }

    /// All deadlines pass.
    private func rest() {
        let hasJumped = world.clock.jumps > 0
        _ = pass(milliseconds: hasJumped ? Self.restAfterJumpsMilliseconds : Self.restMilliseconds) { false }
    }

    private func waitForUpstream() -> Bool {
        let isDone = pass(milliseconds: 600_000) {
            guard let process = world.process else { return false }
            return (try? process.journal.read { try $0.backlog().unsent }) == 0
        }
        if !isDone { world.fail("upstream has been well for a long time, and not everything was sent") }
        return isDone
    }

    // MARK: Asking once more

    /// Every customer: holds have ended, points are what was told.
    private func identifyAll() {
        guard let till = others.first(where: { $0 is Till }) else { return }
        let isTimeKnown = world.clock.jumps == 0
        for customer in world.books.customers where world.books.points.isQuiet(customer) {
            let from = world.clock.now()
            till.ask(
                Ask("IDENTIFY", #"{"customer_id":"\#(customer)"}"#) { [world] answer, _ in
                    guard answer.isOK else { return world.fail("IDENTIFY of \(customer): \(answer.text)") }
                    world.check(
                        world.books.disagreement(
                            answer, of: customer, from: from, to: world.clock.now(), knowsTime: isTimeKnown))
                })
        }
    }

    private func lookAtOrders() {
        for order in world.books.allOrders {
            let site = others.first { $0.name == order.source && $0.store == order.store }
            site?.ask(
                Ask("ORDER_GET", #"{"order":"\#(order.order)"}"#) { [world] answer, _ in
                    guard answer.isOK else {
                        return world.fail("\(order.order) was acknowledged and is gone: \(answer.text)")
                    }
                    let history = answer.body.objects("history")
                    world.check(order.disagreement(history: history))
                    checkTold(order, history, site)
                })
        }
    }

    /// The website has learnt every step of others, upstream every step; nobody has forgotten the order.
    private func checkTold(_ order: OrderModel, _ history: [JSONText], _ site: Peer?) {
        let told = (site?.mailbox.bodies(of: "order.changed") ?? []).filter { $0.text("order") == order.order }
        let numbers = told.compactMap { $0.integer("number") }
        let expected = history.filter { $0.text("by", "device") != order.source }.compactMap { $0.integer("number") }
        if numbers != expected {
            world.fail("the website was told steps \(numbers) of \(order.order), others made \(expected)")
        }
        for step in history {
            let id = "\(order.source)/\(order.order)/\(step.integer("number") ?? 0)"
            if world.upstream.events[id] == nil, !isQuarantined(id) {
                world.fail("upstream was not told \(id)")
            }
        }
        let state = history.last?.text("state") ?? ""
        if state == "new" || state == "delivered" {
            let isAlarmed =
                world.upstream.events.values.contains { event in
                    let body = JSONText(bytes: event.body)
                    return event.type == "order.alarm" && body.text("order") == order.order
                        && body.text("reason") == "unaccepted"
                } || world.quarantine.values.contains("order.alarm")
            if !isAlarmed { world.fail("nobody takes \(order.order), and nobody was alarmed") }
        }
        if state == "claimed", history.last?.text("by", "device") == lost?.name, order.store == lost?.store {
            world.fail("\(order.order) is still claimed by a till that went for ever")
        }
    }

    private func isQuarantined(_ id: String) -> Bool { world.quarantine[id] != nil }

    // MARK: Comparing

    private func compare() {
        compareUpstream()
        do {
            let findings = try world.audit()
            if !findings.isEmpty { return world.fail("in the evening the books do not add up: \(findings)") }
            try compareReceipts()
        } catch {
            world.fail("the journal cannot be read: \(error)")
        }
        world.stopInGoodOrder()
    }

    private func compareReceipts() throws {
        guard let journal = world.process?.journal else { return }
        try journal.read { view in
            for (key, known) in world.books.receipts.recorded.sorted(by: { $0.key < $1.key }) {
                guard let stored = try ReceiptKey(text: key).flatMap({ try view.receipt($0) }) else {
                    return world.fail("\(key) was acknowledged and is gone")
                }
                if stored.body != Array(known.body.utf8) || stored.answer != known.answer.bytes {
                    return world.fail("\(key) is stored otherwise than it was acknowledged")
                }
            }
            let lostAsks = lost?.asks.count { ["SALE", "RETURN", "VOID"].contains($0.verb) } ?? 0
            let count = Int(try view.receiptCount())
            let known = world.books.receipts.recorded.count
            if count < known || count > known + lostAsks {
                world.fail("\(known) receipts were acknowledged, \(count) are stored")
            }
        }
    }

    private func compareUpstream() {
        let receipts = world.upstream.events.values.filter { $0.type == "receipt" }
        for event in receipts where !world.books.receipts.sent.contains(event.id) {
            return world.fail("upstream was sent \(event.id), which no till has made")
        }
        for (key, known) in world.books.receipts.recorded.sorted(by: { $0.key < $1.key }) {
            guard let event = world.upstream.events[key] else {
                if isQuarantined(key) { continue }
                return world.fail("\(key) was acknowledged and never came upstream")
            }
            // The till's own members are there byte for byte.
            let members = String(known.body.dropFirst().dropLast())
            if !String(decoding: event.body, as: UTF8.self).contains(members) {
                return world.fail("\(key) came upstream otherwise than its till sent it")
            }
        }
    }
}

extension World {
    /// What upstream refused for good, by id.
    var quarantine: [String: String] {
        let entries = (try? process?.journal.read { try $0.quarantine(after: 0, limit: 1_000) }) ?? []
        return Dictionary(entries.map { ($0.id, $0.type) }, uniquingKeysWith: { first, _ in first })
    }
}
