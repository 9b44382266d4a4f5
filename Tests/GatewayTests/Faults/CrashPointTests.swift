#if DEBUG
import FaultyDisk
import Journal
import Locking
import TestSupport
import Testing

@testable import Gateway

/// Takes the picture of a disk when a gateway passes a point.
private final class PointCamera: Sendable {
    private struct State {
        var point: CrashPoint?
        var picture: DiskSnapshot?
    }

    let disk: FaultyDisk
    let taken = Gate()
    /// What was passed, from the beginning.
    let passed = Gathered<CrashPoint>()
    private let state = Mutex(State())

    init(_ disk: FaultyDisk) { self.disk = disk }

    var hooks: JournalHooks {
        var hooks = JournalHooks()
        hooks.onPassing = { [self] point in
            defer { passed.add(point) }
            state.withLock { state in
                guard state.point == point else { return }
                state.point = nil
                state.picture = disk.snapshot()
                taken.open()
            }
        }
        return hooks
    }

    /// The next passing counts.
    func arm(_ point: CrashPoint) { state.withLock { $0.point = point } }

    /// Waits until the relay has noted everything that upstream has taken, and is past it.
    func isQuiet() -> Bool {
        passed.wait { passed in
            let confirmed = passed.count { $0 == .confirmed }
            return confirmed > 0 && confirmed == passed.count { $0 == .relayed }
        }
    }

    var picture: DiskSnapshot? { state.withLock { $0.picture } }
}

@Suite("A gateway that dies at a named point", .timeLimit(.minutes(5)))
struct CrashPointTests {
    /// What it dies of.
    enum Deed: CaseIterable, Sendable {
        case sale, `return`, void, hold, push

        /// A hold stays in the house.
        var isRelayed: Bool { self != .hold }

        static let cases = allCases.flatMap { deed in
            CrashPoint.allCases
                .filter { deed.isRelayed || ($0 != .relayed && $0 != .confirmed) }
                .flatMap { point in [PowerLoss.allUnsynced, .scattered].map { (deed, point, $0) } }
        }

        var verb: String {
            switch self {
            case .sale: "SALE"
            case .return: "RETURN"
            case .void: "VOID"
            case .hold: "HOLD"
            case .push: "ORDER_PUSH"
            }
        }

        var body: String {
            switch self {
            case .sale: ReceiptText(number: "9", customer: "c-1", lines: [Shop.line(50_000)]).json
            case .return:
                ReceiptText(
                    number: "9", lines: [.init(more: #","original_line":1"#)], more: #","original":"S1/T01/1/1""#
                ).json
            case .void: #"{"shift":1,"number":"9","at":"2026-11-22T09:30:00Z"}"#
            case .hold: #"{"shift":1,"number":"9","customer_id":"c-1","points":10}"#
            case .push: PushText().json
            }
        }

        /// Whether the gateway has it.
        func isStored(in shop: Shop) throws -> Bool {
            switch self {
            case .sale, .return, .void:
                try shop.till().request("STATUS", #"{"key":"S1/T01/1/9"}"#).ok?["state"]?.text == "stored"
            case .hold: try shop.points().held == 10
            case .push: try shop.till().request("ORDER_GET", PushText().reference).ok != nil
            }
        }

        func client(_ shop: Shop) throws -> TestClient { try self == .push ? shop.website() : shop.till() }
    }

    private func events(_ upstream: ScriptedUpstream) -> [String] {
        upstream.stored.all.map(\.id)
    }

    private func confirmed(_ world: TestWorld) -> Bool {
        eventually { (try? world.journal.read { try $0.backlog().unsent }) == 0 }
    }

    @Test("has what it acknowledged, once, and upstream has it once", arguments: Deed.cases)
    func dies(_ deed: Deed, _ point: CrashPoint, _ loss: PowerLoss) throws {
        let camera = PointCamera(try FaultyDisk())
        let upstream = ScriptedUpstream()
        let world = try TestWorld(folder: camera.disk.folder, hooks: camera.hooks, adapter: upstream)
        let shop = Shop(world)
        try shop.enrol()
        #expect(try shop.sell(100_000, number: "1").ok != nil)
        let client = try deed.client(shop)
        #expect(confirmed(world))
        #expect(camera.isQuiet())
        try world.settle()
        let before = Set(events(upstream))
        camera.arm(point)
        let answer = client.request(deed.verb, deed.body)
        #expect(answer.ok != nil)
        #expect(camera.taken.pass(), "it never came by")
        if deed.isRelayed { #expect(confirmed(world)) }
        let told = Set(events(upstream)).subtracting(before)

        let picture = try #require(camera.picture)
        let second = ScriptedUpstream()
        let revived = try TestWorld(folder: picture.image(loss, seed: 7), adapter: second, clock: world.clock)
        let again = Shop(revived)
        #expect(try deed.isStored(in: again) == (point != .received))
        // Whoever had no answer asks again, and is told the same.
        let repeated = try deed.client(again).request(deed.verb, deed.body)
        #expect(repeated.ok == answer.ok)
        #expect(try deed.isStored(in: again))
        if deed.isRelayed {
            #expect(!told.isEmpty)
            #expect(confirmed(revived))
            // What upstream had from the first life may come again under the same id, and must unless it was noted.
            let later = Set(events(second)).subtracting(before)
            switch point {
            case .received, .committed, .relayed: #expect(later == told)
            case .acknowledged: #expect(later.isSubset(of: told))
            case .confirmed: #expect(later.isEmpty)
            }
        }
        #expect(try again.points() == shop.points())
        try again.audit()
    }
}
#endif
