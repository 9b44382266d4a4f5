import Journal
import LineProtocol

/// The end of a world: everything is well, everybody gets an answer, and the books are compared.
struct Evening {
    /// Longer than any hold, claim or alarm waits; where the clock was put back, by as much longer.
    private static let restMilliseconds: Int64 = 240_000
    private static let restAfterJumpsMilliseconds: Int64 = 900_000

    let world: World

    init(_ world: World) { self.world = world }

    func run() {
        // What a site has refused again and again would wait for minutes.
        world.shopIT.retryWebhooks()
        guard waitForAnswers() else { return }
        rest()
        guard world.violation == nil, waitForUpstream(), waitForWebsites(), waitForNews() else { return }
        identifyAll()
        scanAll()
        lookAtOrders()
        lookAtStock()
        guard waitForAnswers() else { return }
        compare()
    }

    /// Those who are there: neither lost nor revoked.
    var others: [Peer] { world.peers.filter { !$0.isGone && $0.revocation == .none } }

    /// Somebody of a store, by what they do.
    func somebody(of store: String, _ isRight: (Peer) -> Bool) -> Peer? {
        others.first { $0.store == store && isRight($0) }
    }

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
        wait("upstream has been well for a long time, and not everything was sent") { try $0.backlog().unsent == 0 }
    }

    private func waitForWebsites() -> Bool {
        !world.weather.hasWebhooks
            || wait("websites have been well for a long time, and have not been posted everything") {
                try $0.webhookBacklog() == 0
            }
    }

    private func wait(_ what: String, until condition: (JournalView) throws -> Bool) -> Bool {
        let isDone = pass(milliseconds: 600_000) {
            guard let process = world.process else { return false }
            return (try? process.journal.read { try condition($0) }) ?? false
        }
        if !isDone { world.fail(what) }
        return isDone
    }

    private func waitForNews() -> Bool {
        let people = world.books.people
        let isDone = pass(milliseconds: 600_000) { people.kept == people.count }
        if !isDone { world.fail("of \(people.count) changes the gateway has asked for what follows \(people.kept)") }
        return isDone
    }
}
