import Journal
import Testing
import Upstream

@testable import Gateway

@Suite("An event that upstream cannot take", .timeLimit(.minutes(1)))
struct RelayPoisonTests {
    private static let poison = "S1/T02#7"

    private static func falls(_ ids: [String]) -> ModelUpstream.Reaction {
        ids.contains(poison) ? .fails : .takes
    }

    @Test(
        "is found among 200 and set aside after five failures amid the successes of others; its till goes on behind it")
    func poison() throws {
        let stage = try RelayStage { ids, _ in Self.falls(ids) }
        for till in 1...4 { try stage.record("S1/T0\(till)", 1...50) }
        stage.pass(seconds: 30)
        // The others are through, the till waits behind its seventh receipt.
        for till in [1, 3, 4] { #expect(stage.kept("S1/T0\(till)") == Array(1...50)) }
        #expect(stage.kept("S1/T02") == Array(1...6))
        #expect(stage.driver.status.held.map(\.id) == [Self.poison])
        for number in 51...200 {
            for till in 1...4 { try stage.record("S1/T0\(till)", number...number) }
            stage.pass(seconds: 2)
        }
        stage.pass(seconds: 120)
        #expect(stage.quarantined.map(\.id) == [Self.poison])
        #expect(stage.quarantined.map(\.reason) == ["HTTP 500"])
        #expect(stage.kept("S1/T02") == Array(1...6) + Array(8...200))
        for till in [1, 3, 4] { #expect(stage.kept("S1/T0\(till)") == Array(1...200)) }
        #expect(stage.unsent == 0)
        let alone = stage.upstream.requests.filter { $0.ids == [Self.poison] }
        #expect(alone.count >= HeldStream.failuresMaximum && alone.count < 12)
        #expect(stage.driver.status.held.isEmpty)
    }

    @Test("delays nobody else: receipts of other tills are upstream as soon as they are recorded")
    func othersGoOn() throws {
        let stage = try RelayStage { ids, _ in Self.falls(ids) }
        try stage.record("S1/T02", 7...7)
        stage.pass(seconds: 5)
        for number in 1...40 {
            try stage.record("S1/T01", number...number)
            stage.pass(milliseconds: 1_000)
            #expect(stage.kept("S1/T01") == Array(1...number))
        }
    }

    @Test("is not told from an outage while nothing else goes through, for a week and longer")
    func alone() throws {
        let stage = try RelayStage { ids, _ in Self.falls(ids) }
        try stage.record("S1/T02", 7...9)
        stage.pass(seconds: 8 * 86_400)
        #expect(stage.quarantined.isEmpty)
        #expect(stage.unsent == 3)
        #expect(stage.kept("S1/T02").isEmpty)
    }

    @Test("an outage in between is no proof against it")
    func outageBetween() throws {
        let stage = try RelayStage { ids, now in
            (10_000..<5_000_000).contains(now) ? .fails : Self.falls(ids)
        }
        try stage.record("S1/T02", 1...9)
        for till in [1, 3] { try stage.record("S1/T0\(till)", 1...9) }
        stage.pass(seconds: 5_000)
        #expect(stage.quarantined.isEmpty)
        for number in 10...200 {
            for till in [1, 3] { try stage.record("S1/T0\(till)", number...number) }
            stage.pass(seconds: 20)
        }
        #expect(stage.quarantined.map(\.id) == [Self.poison])
        #expect(stage.kept("S1/T02") == [1, 2, 3, 4, 5, 6, 8, 9])
    }

    @Test("many of them at once hold up their own tills alone")
    func many() throws {
        let bad = Set((1...5).map { "S1/T0\($0)#3" })
        let stage = try RelayStage { ids, _ in bad.isDisjoint(with: ids) ? .takes : .fails }
        for till in 1...8 { try stage.record("S1/T0\(till)", 1...5) }
        for number in 6...300 {
            for till in 1...8 { try stage.record("S1/T0\(till)", number...number) }
            stage.pass(seconds: 2)
        }
        stage.pass(seconds: 600)
        #expect(Set(stage.quarantined.map(\.id)) == bad)
        for till in 1...8 {
            let expected = Array(1...300).filter { till > 5 || $0 != 3 }
            #expect(stage.kept("S1/T0\(till)") == expected)
        }
    }

    @Test("a batch that is too much for upstream goes in pieces, and nothing is held or set aside")
    func tooSlow() throws {
        let stage = try RelayStage { ids, _ in ids.count > 30 ? .fails : .takes }
        try stage.record("S1/T01", 1...500)
        stage.pass(seconds: 300)
        #expect(stage.kept("S1/T01") == Array(1...500))
        #expect(stage.quarantined.isEmpty)
    }
}

@Suite("What upstream says of single events")
struct RelayVerdictTests {
    @Test("later: nothing of its till goes before it, and the others go on")
    func later() throws {
        let stage = try RelayStage { ids, now in
            now < 20_000 && ids.contains("S1/T01#3") ? .later(["S1/T01#3", "S1/T01#4", "S1/T01#5"]) : .takes
        }
        try stage.record("S1/T01", 1...5)
        try stage.record("S1/T02", 1...5)
        stage.pass(seconds: 10)
        try stage.record("S1/T01", 6...9)
        try stage.record("S1/T02", 6...9)
        stage.pass(seconds: 9)
        #expect(stage.kept("S1/T01") == [1, 2])
        #expect(stage.kept("S1/T02") == Array(1...9))
        #expect(stage.driver.status.held.map(\.lastError) == ["locked"])
        #expect(stage.driver.status.circuit == .closed)
        let early = stage.upstream.requests.filter { $0.at > 0 }.flatMap(\.ids)
        #expect(!early.contains("S1/T01#4"))
        stage.pass(seconds: 120)
        #expect(stage.kept("S1/T01") == Array(1...9))
        #expect(stage.quarantined.isEmpty)
    }

    @Test("refused: it goes to quarantine at once, and its till goes on; a flood of refusals is a few lines in the log")
    func refused() throws {
        let stage = try RelayStage { ids, _ in .refuses(Set(ids.filter { $0.hasSuffix("0") })) }
        try stage.record("S1/T01", 1...2_000)
        stage.pass(seconds: 5)
        #expect(stage.quarantined.count == 200)
        #expect(stage.unsent == 0)
        #expect(stage.kept("S1/T01") == (1...2_000).filter { $0 % 10 != 0 })
        #expect(stage.log.lines.count == 1)
    }

    @Test("an adapter that says too little or too much is not believed")
    func checked() {
        let few = DeliveryOutcome.answered([.stored]).checked(of: 3)
        #expect(few == .failed(DeliveryFailure("1 verdicts for 3 events", cause: .unclear), after: [.stored]))
        let many = DeliveryOutcome.answered([.stored, .stored]).checked(of: 1)
        #expect(many == .failed(DeliveryFailure("2 verdicts for 1 events", cause: .unclear), after: [.stored]))
        #expect(DeliveryOutcome.answered([.stored]).checked(of: 1) == .answered([.stored]))
    }
}
