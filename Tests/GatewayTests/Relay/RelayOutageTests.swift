import Journal
import Locking
import TestSupport
import Testing

@testable import Gateway

@Suite("While upstream is away", .timeLimit(.minutes(2)))
struct RelayOutageTests {
    private static let minute: Int64 = 60_000
    private static let week = 7 * 24 * 60 * minute

    @Test(
        "for a week, in whatever way, tills sell on: everything arrives once and in order, and nothing is set aside",
        arguments: [ModelUpstream.Reaction.away(), .fails, .keepsAndFails])
    func week(reaction: ModelUpstream.Reaction) throws {
        let stage = try RelayStage { _, now in
            (Self.minute..<Self.minute + Self.week).contains(now) ? reaction : .takes
        }
        let tills = ["S1/T01", "S1/T02", "S2/T01"]
        var number = 0
        // A receipt of each till every ten minutes, a little before and behind the outage, too.
        for _ in 0..<(7 * 24 * 6 + 6) {
            number += 1
            for till in tills { try stage.record(till, number...number) }
            stage.pass(milliseconds: 10 * Self.minute)
        }
        stage.pass(seconds: 120)
        #expect(stage.unsent == 0)
        #expect(stage.quarantined.isEmpty)
        for till in tills { #expect(stage.kept(till) == Array(1...number)) }
        // A minute's pause, a quarter shorter at most; what one who hammers would have sent is far more.
        let during = stage.upstream.requests.filter { (Self.minute..<Self.minute + Self.week).contains($0.at) }
        #expect(during.count < Int(Self.week / 45_000) + 20)
        #expect(during.count > Int(Self.week / 75_000) - 20)
        #expect(stage.log.lines.count == 2, "\(stage.log.lines.prefix(5))")
        #expect(stage.driver.status.circuit == .closed)
        #expect(stage.driver.status.held.isEmpty)
    }

    @Test("one event tells whether it is back; then batches grow again: 1, 2, 4 and on to 200")
    func growth() throws {
        let stage = try RelayStage { _, now in now < 600_000 ? .away() : .takes }
        try stage.record("S1/T01", 1...1_000)
        stage.pass(seconds: 600)
        let status = stage.driver.status
        #expect(status.circuit == .open)
        #expect(status.failures == stage.upstream.requests.count)
        #expect(status.lastError == "no route")
        #expect(status.nextAttemptAt.map { $0 > stage.world.clock.now() } == true)
        let sizes = stage.upstream.requests.map(\.ids.count)
        #expect(sizes.prefix(3).allSatisfy { $0 == 200 })
        #expect(sizes.dropFirst(3).allSatisfy { $0 == 1 })
        stage.pass(seconds: 120)
        let behind = stage.upstream.requests.filter { $0.at >= 600_000 }.map(\.ids.count)
        #expect(behind == [1, 2, 4, 8, 16, 32, 64, 128, 200, 200, 200, 145])
        #expect(stage.kept("S1/T01") == Array(1...1_000))
    }

    @Test("the pause that it asks for is kept, and the next request comes soon behind it")
    func retryAfter() throws {
        let stage = try RelayStage { _, now in now < 100_000 ? .away(retryAfterMilliseconds: 200_000) : .takes }
        try stage.record("S1/T01", 1...3)
        stage.pass(seconds: 300)
        let times = stage.upstream.requests.map(\.at)
        #expect(times.count == 2)
        #expect((200_000...215_000).contains(times[1]))
    }

    @Test("what was handed over while the answer was lost is sent again and kept once", arguments: 1...5)
    func flapping(seed: UInt64) throws {
        let dice = Mutex(SeededGenerator(seed: seed))
        let stage = try RelayStage(seed: seed) { _, _ in
            switch dice.withLock({ $0.next() % 10 }) {
            case 0...2: .fails
            case 3: .keepsAndFails
            case 4: .away()
            default: .takes
            }
        }
        let tills = (1...6).map { "S1/T0\($0)" }
        for round in 1...300 {
            for till in tills { try stage.record(till, round...round) }
            stage.pass(seconds: 3)
        }
        stage.pass(seconds: 3_600)
        #expect(stage.unsent == 0)
        // Nothing is set aside for the bad luck of its requests.
        #expect(stage.quarantined.isEmpty)
        for till in tills { #expect(stage.kept(till) == Array(1...300)) }
    }

    @Test("an operator who cannot wait has it tried at once")
    func hurry() throws {
        let back = Atomic(false)
        let stage = try RelayStage { _, _ in back.load(ordering: .relaxed) ? .takes : .away() }
        try stage.record("S1/T01", 1...3)
        stage.pass(seconds: 600)
        back.store(true, ordering: .relaxed)
        let count = stage.upstream.requests.count
        stage.driver.hurry()
        #expect(stage.driver.step() == nil)
        #expect(stage.upstream.requests.count == count + 1)
        stage.pass(milliseconds: 10)
        #expect(stage.unsent == 0)
    }
}
