import Crew
import Foundation
import Journal
import Retail
import TestSupport
import Testing

@Suite("Many changes, one commit")
struct GroupCommitTests {
    @Test("what waits while a commit is under way goes into the next one together, and completes in its order")
    func together() throws {
        let probe = CommitProbe()
        let world = try JournalWorld(hooks: probe.hooks)
        let completed = Gathered<Int>()
        let gate = probe.hold()
        world.journal.submit {
            _ = try $0.enrol(card: "0")
        } completion: { _ in
            completed.add(0)
        }
        #expect(probe.begun.wait(count: 1))
        for number in 1...400 {
            world.journal.submit {
                _ = try $0.enrol(card: "\(number)")
            } completion: { _ in
                completed.add(number)
            }
        }
        #expect(world.journal.waitingChanges == 400)
        #expect(completed.all.isEmpty)
        probe.letGo()
        gate.open()
        #expect(completed.wait(count: 401))
        #expect(completed.all == Array(0...400))
        #expect(probe.begun.all.count == 2)
        #expect(try world.journal.read { try $0.customerCount() } == 401)
    }

    @Test("a commit takes 512 changes at most, and the rest at once after it")
    func largest() throws {
        let probe = CommitProbe()
        let world = try JournalWorld(hooks: probe.hooks)
        let completed = Gathered<Int>()
        let gate = probe.hold()
        world.journal.submit { _ in
        } completion: { _ in
            completed.add(0)
        }
        #expect(probe.begun.wait(count: 1))
        for number in 1...1_300 {
            world.journal.submit { _ in
            } completion: { _ in
                completed.add(number)
            }
        }
        probe.letGo()
        gate.open()
        #expect(completed.wait(count: 1_301))
        #expect(completed.all == Array(0...1_300))
        // 512, 512 and 276.
        #expect(probe.begun.all.count == 4)
    }

    @Test("nothing completes before its commit")
    func afterCommit() throws {
        let probe = CommitProbe()
        let world = try JournalWorld(hooks: probe.hooks)
        let commitsSeen = Gathered<Int>()
        for _ in 1...50 {
            world.journal.submit { _ in
            } completion: { _ in
                commitsSeen.add(probe.ended.all.count)
            }
            #expect(commitsSeen.wait(count: commitsSeen.all.count))
        }
        #expect(commitsSeen.wait(count: 50))
        #expect(commitsSeen.all.allSatisfy { $0 >= 1 })
        #expect(commitsSeen.all == commitsSeen.all.sorted())
    }

    @Test("a receipt that was taken back leaves its number to the next one")
    func numbersTakenBack() throws {
        struct Refused: Error {}
        let world = try JournalWorld()
        let first = try world.journal.perform { try $0.storeReceipt("1") }
        #expect(throws: Refused.self) {
            try world.journal.perform { transaction in
                try transaction.storeReceipt("2")
                throw Refused()
            }
        }
        let numbers = try world.journal.perform { transaction in
            [try transaction.storeReceipt("3"), try transaction.storeReceipt("4")]
        }
        #expect(numbers == [first + 1, first + 2])
    }

    @Test("in the middle of many changes others get the writer's processor")
    func givesWay() throws {
        let crew = PoliteCrew()
        let world = try JournalWorld(crew: crew)
        try world.journal.perform { transaction in
            for _ in 1...3 * JournalLimits.stepsBeforeOthers { transaction.giveWay() }
        }
        #expect(crew.turnsGiven.all.count == 3)
    }

    @Test("a change that throws undoes itself, and its neighbours in the commit keep what they wrote")
    func undone() throws {
        struct Refused: Error {}
        let probe = CommitProbe()
        let world = try JournalWorld(hooks: probe.hooks)
        let failures = Gathered<Int>()
        let completed = Gathered<Int>()
        let gate = probe.hold()
        world.journal.submit { _ in
        } completion: { _ in
        }
        #expect(probe.begun.wait(count: 1))
        for number in 1...30 {
            world.journal.submit { transaction in
                _ = try transaction.enrol(card: "\(number)")
                if number % 3 == 0 { throw Refused() }
                // A card that is taken: the schema refuses it, which is the change's own fault as well.
                if number % 5 == 0 { _ = try transaction.enrol(card: "1") }
            } completion: { result in
                if case .failure = result { failures.add(number) }
                completed.add(number)
            }
        }
        probe.letGo()
        gate.open()
        #expect(completed.wait(count: 30))
        #expect(failures.all == (1...30).filter { $0 % 3 == 0 || $0 % 5 == 0 })
        #expect(probe.begun.all.count == 2)
        let cards = try world.journal.read { view in
            try (1...30).filter { try view.customerID(with: .card("\($0)")) != nil }
        }
        #expect(cards == (1...30).filter { $0 % 3 != 0 && $0 % 5 != 0 })
        #expect(world.journal.isAvailable)
        #expect(try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings == [])
    }

    @Test("more changes than may wait are refused at once, and those that wait are kept")
    func busy() throws {
        let probe = CommitProbe()
        let world = try JournalWorld(hooks: probe.hooks)
        let done = Gathered<Bool>()
        let gate = probe.hold()
        world.journal.submit { _ in
        } completion: { _ in
        }
        #expect(probe.begun.wait(count: 1))
        let limit = JournalLimits.waitingChangesMaximum
        for number in 1...limit {
            world.journal.submit { _ in
            } completion: { result in
                if number == limit, case .success = result { done.add(true) }
            }
        }
        let refusal = Gathered<JournalError?>()
        world.journal.submit { _ in
        } completion: { result in
            if case .failure(let error) = result { refusal.add(error as? JournalError) }
        }
        #expect(refusal.all == [.busy(limit: limit)])
        probe.letGo()
        gate.open()
        #expect(done.wait(count: 1, seconds: 60))
        try world.journal.perform { _ in }
    }

    @Test("a failing commit loses its changes whole, tells each, and the next ones succeed")
    func failing() throws {
        let probe = CommitProbe()
        let world = try JournalWorld(hooks: probe.hooks)
        let kept = try world.journal.perform { try $0.enrol(card: "kept") }
        let gate = probe.hold()
        let refused = Gathered<JournalError?>()
        for card in ["a", "b", "c"] {
            world.journal.submit {
                _ = try $0.enrol(card: card)
            } completion: { result in
                if case .failure(let error) = result { refused.add(error as? JournalError) }
            }
        }
        probe.fail(times: 1)
        probe.letGo()
        gate.open()
        #expect(refused.wait(count: 3))
        #expect(refused.all.allSatisfy { if case .unavailable = $0 { true } else { false } })
        #expect(eventually { world.journal.isAvailable })
        let card = try world.journal.perform { transaction in
            _ = try transaction.enrol(card: "a")
            return try transaction.customerID(with: .card("kept"))
        }
        #expect(card == kept)
        #expect(try world.journal.read { try $0.customerCount() } == 2)
    }

    @Test("a journal whose disk is broken can be closed")
    func closingBroken() throws {
        let probe = CommitProbe()
        let folder = try TemporaryFolder()
        let journal = try Journal.open(folder: folder.path, hooks: probe.hooks)
        probe.fail(times: .max)
        #expect(throws: JournalError.self) { try journal.perform { _ in } }
        // The first attempt to bring the store back has failed, too: the writer waits for the next one.
        #expect(probe.begun.wait(count: 2))
        let closed = Gate()
        Thread {
            journal.close(); closed.open()
        }.start()
        #expect(closed.pass(seconds: 10))
        #expect(throws: JournalError.closed) { try journal.perform { _ in } }
    }
}

/// The machine's crew, which notes whenever the processor was left to others.
private struct PoliteCrew: Crew {
    let turnsGiven = Gathered<Bool>()
    private let machine = MachineCrew()

    func queue(_ name: String, isConcurrent: Bool) -> any WorkQueue { machine.queue(name, isConcurrent: isConcurrent) }
    func begin(_ name: String, _ work: @escaping @Sendable () -> Void) { machine.begin(name, work) }
    func waker() -> Waker { machine.waker() }
    func employ(_ name: String, waker: Waker, step: @escaping @Sendable () -> Rest) -> Employment {
        machine.employ(name, waker: waker, step: step)
    }
    func latch() -> Latch { machine.latch() }
    func timeKeeper() -> any TimeKeeper { machine.timeKeeper() }
    func giveWay() { turnsGiven.add(true) }
    func milliseconds() -> Int64 { machine.milliseconds() }
    func random() -> UInt64 { machine.random() }
}
