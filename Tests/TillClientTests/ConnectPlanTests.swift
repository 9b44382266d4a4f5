import TestSupport
import Testing

@testable import TillClient

@Suite("Connect plan")
struct ConnectPlanTests {
    private var generator = SeededGenerator(seed: 7)

    @Test("pauses double from the first to the longest, each within a quarter of its length")
    mutating func growth() {
        var plan = ConnectPlan(addressCount: 1, pauses: ReconnectPauses())
        for expected in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
            let pause = plan.pauseAfterFailure(using: &generator)
            #expect((expected * 3 / 4...expected * 5 / 4).contains(pause))
        }
    }

    @Test("pauses differ from client to client")
    mutating func jitter() {
        var pauses: Set<Int> = []
        for _ in 0..<50 {
            var plan = ConnectPlan(addressCount: 1, pauses: ReconnectPauses())
            pauses.insert(plan.pauseAfterFailure(using: &generator))
        }
        #expect(pauses.count > 20)
    }

    @Test("all addresses are tried without a pause before the round begins again")
    mutating func addresses() {
        var plan = ConnectPlan(addressCount: 3, pauses: ReconnectPauses())
        #expect(plan.addressIndex == 0)
        #expect(plan.pauseAfterFailure(using: &generator) == 0)
        #expect(plan.addressIndex == 1)
        #expect(plan.pauseAfterFailure(using: &generator) == 0)
        #expect(plan.addressIndex == 2)
        #expect(plan.pauseAfterFailure(using: &generator) >= 750)
        #expect(plan.addressIndex == 0)
    }

    @Test("a lost connection is made again to the address that worked, with a pause")
    mutating func loss() {
        var plan = ConnectPlan(addressCount: 2, pauses: ReconnectPauses())
        _ = plan.pauseAfterFailure(using: &generator)
        #expect(plan.pauseAfterLoss(lastedMilliseconds: 10, using: &generator) >= 750)
        #expect(plan.addressIndex == 1)
    }

    @Test("a connection that lasted begins again at the first pause; one that did not goes on growing")
    mutating func steady() {
        var plan = ConnectPlan(addressCount: 1, pauses: ReconnectPauses())
        for _ in 0..<4 { _ = plan.pauseAfterFailure(using: &generator) }
        #expect(plan.pauseAfterLoss(lastedMilliseconds: 60_000, using: &generator) >= 12_000)
        #expect(plan.pauseAfterLoss(lastedMilliseconds: 60_001, using: &generator) <= 1_250)
    }

    @Test("after a drain clients come back within one to two first pauses")
    mutating func drain() {
        var plan = ConnectPlan(addressCount: 1, pauses: ReconnectPauses())
        for _ in 0..<50 {
            #expect((1_000...2_000).contains(plan.pauseAfterDrain(using: &generator)))
        }
    }
}
