import Journal
import Locking
import Retail
import TestSupport
import Upstream

@testable import Gateway

/// A relay whose time is the test's: it takes a step when it is told to, and pauses pass at once.
final class RelayStage {
    let world: TestWorld
    let driver: RelayDriver
    let upstream: ModelUpstream
    let log = LogKeeper()
    private let began: Int64

    init(seed: UInt64 = 1, _ behave: @escaping ModelUpstream.Behaviour = { _, _ in .takes }) throws {
        let world = try TestWorld()
        let clock = world.clock
        let began = clock.now().millisecondsSinceEpoch
        self.world = world
        self.began = began
        let milliseconds: @Sendable () -> Int64 = { clock.now().millisecondsSinceEpoch - began }
        let upstream = ModelUpstream(milliseconds: milliseconds, behave)
        self.upstream = upstream
        driver = RelayDriver(
            journal: world.journal, adapter: upstream, clock: clock, milliseconds: milliseconds,
            generator: SeededGenerator(seed: seed), log: log.logger)
    }

    /// Milliseconds since the stage was set.
    var now: Int64 { world.clock.now().millisecondsSinceEpoch - began }

    /// Records the next events of a stream, numbered on from `first`.
    func record(_ stream: String, _ numbers: ClosedRange<Int>) throws {
        let now = world.clock.now()
        try world.journal.perform { transaction in
            for number in numbers {
                try transaction.enqueue(
                    type: "visit", id: "\(stream)#\(number)", stream: stream, body: Array("{}".utf8), at: now)
            }
        }
        driver.lookAgain()
    }

    /// Lets time pass; the relay does what falls due.
    func pass(milliseconds: Int64) {
        let end = now + milliseconds
        while now < end {
            let pause = driver.step() ?? 0
            if pause == 0 { continue }
            world.clock.advance(milliseconds: Int(min(pause, end - now)))
            // What a running gateway does each second.
            driver.lookAgain()
        }
    }

    func pass(seconds: Int64) { pass(milliseconds: seconds * 1_000) }

    var unsent: Int64 { (try? world.journal.read { try $0.backlog().unsent }) ?? -1 }
    var quarantined: [QuarantinedEntry] {
        (try? world.journal.read { try $0.quarantine(after: 0, limit: 1_000) }) ?? []
    }

    /// What upstream has of a stream: the number of each event, in the order in which it first came.
    func kept(_ stream: String) -> [Int] {
        upstream.kept.filter { $0.hasPrefix(stream + "#") }.compactMap { Int($0.drop { $0 != "#" }.dropFirst()) }
    }
}

/// An upstream that behaves as the test says, request by request, and keeps an event once.
final class ModelUpstream: UpstreamAdapter {
    /// What becomes of a request.
    enum Reaction: Sendable {
        case takes
        /// Takes the first events only, and says later of the others.
        case takesFirst(Int)
        /// Nothing of it reached upstream.
        case away(retryAfterMilliseconds: Int? = nil)
        /// Upstream had it, did not keep it, and failed.
        case fails
        /// Upstream kept it, and the answer did not come.
        case keepsAndFails
        /// These events are refused, the others taken.
        case refuses(Set<String>)
        /// These events are to come later, the others are taken.
        case later(Set<String>)
    }

    struct Request: Sendable {
        var at: Int64
        var ids: [String]
    }

    typealias Behaviour = @Sendable (_ ids: [String], _ milliseconds: Int64) -> Reaction

    let description = "model"
    private let milliseconds: @Sendable () -> Int64
    private let behave: Behaviour
    private let state = Mutex<(requests: [Request], kept: [String], known: Set<String>)>(([], [], []))

    init(milliseconds: @escaping @Sendable () -> Int64, _ behave: @escaping Behaviour) {
        self.milliseconds = milliseconds
        self.behave = behave
    }

    var requests: [Request] { state.withLock { $0.requests } }
    var kept: [String] { state.withLock { $0.kept } }

    func deliver(_ events: [UpstreamEvent]) -> DeliveryOutcome {
        let ids = events.map(\.id)
        let now = milliseconds()
        state.withLock { $0.requests.append(Request(at: now, ids: ids)) }
        switch behave(ids, now) {
        case .takes:
            keep(ids)
            return .answered(ids.map { _ in .stored })
        case .takesFirst(let count):
            keep(Array(ids.prefix(count)))
            return .answered(ids.indices.map { $0 < count ? .stored : .retry(reason: "later") })
        case .away(let pause):
            return .failed(DeliveryFailure("no route", cause: .away, retryAfterMilliseconds: pause))
        case .fails: return .failed(DeliveryFailure("HTTP 500", cause: .unclear))
        case .keepsAndFails:
            keep(ids)
            return .failed(DeliveryFailure("timed out", cause: .unclear))
        case .refuses(let refused):
            keep(ids.filter { !refused.contains($0) })
            return .answered(ids.map { refused.contains($0) ? .refused(reason: "no such product") : .stored })
        case .later(let later):
            keep(ids.filter { !later.contains($0) })
            return .answered(ids.map { later.contains($0) ? .retry(reason: "locked") : .stored })
        }
    }

    func stop() {}

    private func keep(_ ids: [String]) {
        state.withLock { state in
            for id in ids where state.known.insert(id).inserted { state.kept.append(id) }
        }
    }
}
