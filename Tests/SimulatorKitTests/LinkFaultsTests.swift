import Testing

@testable import SimulatorKit

@Suite("Faults of a link")
struct LinkFaultsTests {
    private func faults(_ adjust: (inout FaultPlan) -> Void) -> LinkFaults {
        var plan = FaultPlan()
        adjust(&plan)
        return LinkFaults(plan: plan, link: 1)
    }

    @Test("without faults everything passes")
    func none() {
        var faults = faults { _ in }
        let verdict = faults.judge(1_000, .toServer)
        #expect(verdict == LinkFaults.Verdict(passing: 1_000, then: .nothing))
        #expect(faults.pieceBytesMaximum == .max)
    }

    @Test("the connection is reset after exactly so many bytes of both directions")
    func cut() {
        var faults = faults { $0.cutAfterBytes = 10 }
        let verdicts = [faults.judge(6, .toServer), faults.judge(3, .toClient), faults.judge(5, .toServer)]
        #expect(verdicts.map(\.passing) == [6, 3, 1])
        #expect(verdicts.map(\.then) == [.nothing, .nothing, .reset])
    }

    @Test("only what the client sends counts for the half-close, which happens once")
    func halfClose() {
        var faults = faults { $0.halfCloseAfterBytes = 4 }
        let verdicts = [faults.judge(100, .toClient), faults.judge(6, .toServer), faults.judge(100, .toClient)]
        #expect(verdicts.map(\.passing) == [100, 4, 100])
        #expect(verdicts.map(\.then) == [.nothing, .endTowardsServer, .nothing])
    }

    @Test("of several limits the one that comes first counts")
    func several() {
        var faults = faults {
            $0.stallAfterBytes = 8
            $0.cutAfterBytes = 5
        }
        let verdict = faults.judge(20, .toServer)
        #expect(verdict == LinkFaults.Verdict(passing: 5, then: .reset))
    }

    @Test(
        "chance cuts about as often as it is told to, and the same for the same seed",
        arguments: [3, 4, 5] as [UInt64])
    func chance(seed: UInt64) {
        func cuts() -> [Bool] {
            var faults = faults {
                $0.cutOneIn = 10
                $0.seed = seed
            }
            return (0..<1_000).map { _ in faults.judge(50, .toClient).then == .reset }
        }
        let first = cuts()
        #expect(first == cuts(), "seed \(seed)")
        #expect((60...150).contains(first.filter { $0 }.count), "seed \(seed)")
    }
}
