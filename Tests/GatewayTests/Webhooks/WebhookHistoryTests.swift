import Locking
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

/// A website that takes, refuses, forgets to answer and is away, as its seed has it, and what that comes to.
private final class MoodySite: Sendable {
    private struct State {
        var generator: SeededGenerator
        var isWell = false
        var ids: Set<String> = []
        /// What was done about each order, by the transitions' numbers.
        var effects: [String: [Int]] = [:]
        /// Changes that have come although the one before had not.
        var breaches: [String] = []
    }

    private let state: Mutex<State>

    init(seed: UInt64) { state = Mutex(State(generator: SeededGenerator(seed: seed))) }

    var effects: [String: [Int]] { state.withLock { $0.effects } }
    var breaches: [String] { state.withLock { $0.breaches } }

    /// From now on it takes everything.
    func recover() { state.withLock { $0.isWell = true } }

    func answer(_ sent: ScriptedSite.Sent) -> WebhookOutcome {
        state.withLock { state in
            let mood = state.isWell ? 0 : Int.random(in: 0..<12, using: &state.generator)
            let isTaken = mood < 6
            if isTaken, state.ids.insert(sent.id).inserted {
                let known = state.effects[sent.order]?.last ?? 0
                if sent.number != known + 1 { state.breaches.append(sent.step) }
                state.effects[sent.order, default: []].append(sent.number)
            }
            switch mood {
            case 0...3: return ScriptedSite.ok
            case 4: return .unanswered(reason: "timed out after it was taken")
            // Whatever is answered after it was taken, the gateway must send it again and the site know it.
            case 5: return ScriptedSite.status(500)
            case 6: return .unanswered(reason: "timed out")
            case 7: return .unreachable(reason: "connection refused")
            case 8: return ScriptedSite.status(429, retryAfterSeconds: 20)
            case 9: return ScriptedSite.status(302)
            case 10: return .stopped
            default: return ScriptedSite.status(503)
            }
        }
    }
}

@Suite("Webhooks through a random history")
struct WebhookHistoryTests {
    private static let verbs = [
        "ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM", "ORDER_RELEASE", "ORDER_REJECT",
    ]

    @Test(
        "every change of every order is seen, in order within its order, once in effect", arguments: 1...UInt64(12))
    func history(seed: UInt64) throws {
        let mood = MoodySite(seed: seed)
        let site = ScriptedSite { mood.answer($0) }
        let stage = try WebhookStage(site)
        try stage.hook()
        var generator = SeededGenerator(seed: seed &+ 1_000)
        var orders: [String] = []
        for _ in 0..<250 {
            switch Int.random(in: 0..<20, using: &generator) {
            case 0...2:
                orders.append("\(orders.count + 1)")
                try stage.push(orders[orders.count - 1])
            case 3...9:
                guard let order = orders.randomElement(using: &generator) else { continue }
                let verb = Self.verbs.randomElement(using: &generator) ?? "ORDER_ACK"
                let reason = verb == "ORDER_REJECT" ? #","reason":"none left""# : ""
                _ = try stage.client("register", "T01").request(
                    verb, #"{"source":"WEB1","order":"\#(order)"\#(reason)}"#)
            case 10...12: stage.look()
            case 13...16:
                guard stage.underWay > 0 else { continue }
                stage.finish(Int.random(in: 0..<stage.underWay, using: &generator))
            case 17, 18: stage.world.clock.advance(milliseconds: Int.random(in: 1...30_000, using: &generator))
            default:
                guard Int.random(in: 0..<3, using: &generator) == 0 else { continue }
                // What is under way is lost half way: some of it the site has.
                while stage.underWay > 1, Bool.random(using: &generator) { stage.finish() }
                try stage.restart()
            }
        }
        mood.recover()
        for _ in 0..<100 where stage.listed()?["waiting"]?.integer != 0 {
            stage.world.clock.advance(milliseconds: 60_000)
            stage.deliver()
        }
        #expect(stage.listed()?["waiting"]?.integer == 0)
        #expect(mood.breaches == [])
        #expect(mood.effects.count == orders.count)
        let website = try stage.client("website", "WEB1")
        for order in orders {
            let history = website.request("ORDER_GET", #"{"order":"\#(order)"}"#).ok?["history"]?.elements?.count ?? 0
            #expect(mood.effects[order] == Array(1...history), "order \(order) with seed \(seed)")
        }
        // The history was worth having.
        #expect(site.sent.all.count > mood.effects.values.map(\.count).reduce(0, +))
    }

    @Test("a power cut between the site's taking a change and the gateway's noting it: again, and nothing is skipped")
    func powerCut() throws {
        let image = Mutex<TemporaryFolder?>(nil)
        let folder = Mutex("")
        let site = ScriptedSite { sent in
            // What the disk has at the moment at which the site takes the third message.
            if sent.step == "1/3", image.withLock({ $0 == nil }) {
                let path = folder.withLock { $0 }
                image.withLock { $0 = try? TemporaryFolder(copyOf: path) }
            }
            return ScriptedSite.ok
        }
        let stage = try WebhookStage(site)
        folder.withLock { $0 = stage.world.folderPath }
        try stage.hook()
        try stage.push("1")
        for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY"] { try stage.step(verb, "1") }
        stage.deliver()
        #expect(site.steps == ["1/1", "1/2", "1/3", "1/4"])
        let copy = try #require(image.withLock { $0 })
        let second = ScriptedSite()
        let revived = try WebhookStage(second, on: try TestWorld(folder: copy, clock: stage.world.clock))
        revived.deliver()
        #expect(second.steps == ["1/3", "1/4"])
        #expect(second.sent.all.first?.id == "WEB1/1/3")
    }
}
