import FaultyDisk
import Journal
import Locking
import TestSupport
import Testing

@Suite("A sync that fails", .timeLimit(.minutes(5)))
struct SyncFailureTests {
    /// What the kernel does with what it could not write.
    enum Kernel: CaseIterable, Sendable {
        /// It goes on showing it.
        case keeps
        /// It forgets it.
        case reverts

        var fault: FaultyDisk.Fault { self == .keeps ? .syncForgotten : .syncReverted }
    }

    /// Runs a workload in which one sync fails, and returns it after a power cut would have left `image`.
    private func run(failing: Int, _ kernel: Kernel) throws -> (shopping: Shopping, syncs: Int) {
        let shopping = Shopping(try Shopping.disk())
        let syncs = Mutex(0)
        shopping.disk.obey { step in
            guard step.call == .sync else { return nil }
            let number = syncs.withLock { syncs in
                syncs += 1
                return syncs
            }
            return number == failing ? kernel.fault : nil
        }
        let journal = try shopping.open()
        defer { journal.close() }
        try shopping.run(journal, numbers: 1...14, readingDuring: 4..<8)
        return (shopping, syncs.withLock { $0 })
    }

    @Test(
        "whichever of a day it is, loses nothing that was acknowledged when the power goes afterwards",
        arguments: Kernel.allCases)
    func each(_ kernel: Kernel) throws {
        var number = 1
        var refusals = 0
        while true {
            let (shopping, syncs) = try run(failing: number, kernel)
            guard number <= syncs else { break }
            // Closing is a workload, too: the image is that of the disk as the closed journal left it.
            let image = try shopping.disk.image(.allUnsynced)
            let faults = Shopping.faults(of: image, acknowledged: shopping.acknowledged.all)
            #expect(faults == [], "sync \(number)")
            #expect(shopping.resurrected.all == [], "sync \(number)")
            refusals += shopping.refused.all.count
            number += 1
        }
        #expect(number > 20)
        #expect(refusals > 10)
    }

    @Test("of the database, after parts of the log were copied for a reader's sake, is repaired from the log")
    func partOfLog() throws {
        let shopping = Shopping(try Shopping.disk())
        let mustFail = Mutex(false)
        shopping.disk.obey { step in
            guard step.call == .sync, !step.isLog else { return nil }
            return mustFail.withLock { fails in
                defer { fails = false }
                return fails ? .syncForgotten : nil
            }
        }
        let journal = try shopping.open()
        // Some of the log is copied without a sync while the reader is there; the sync that follows its end fails.
        try shopping.run(journal, numbers: 1...11, readingDuring: 4..<12)
        mustFail.withLock { $0 = true }
        try shopping.run(journal, numbers: 12...24)
        #expect(!mustFail.withLock { $0 }, "no sync of the database has failed")
        let image = try shopping.disk.image(.allUnsynced)
        #expect(Shopping.faults(of: image, acknowledged: shopping.acknowledged.all) == [])
        journal.close()
    }

    @Test("and after which the gateway is killed, leaves a log behind which new receipts are safe")
    func killed() throws {
        let shopping = Shopping(try Shopping.disk())
        let journal = try shopping.open()
        try shopping.run(journal, numbers: 1...3)
        // From here on every sync fails: the journal cannot come back.
        shopping.disk.obey { $0.call == .sync ? .syncForgotten : nil }
        #expect(throws: JournalError.self) { try journal.perform { _ = try $0.storeReceipt("refused") } }
        let disk = try shopping.disk.afterKill()
        let next = Shopping(disk)
        for number in shopping.acknowledged.all { next.acknowledged.add(number) }
        let starting = Gathered<DiskSnapshot>()
        disk.obey { [weak disk] step in
            if step.call != .open, step.call != .lock, let disk { starting.add(disk.snapshot()) }
            return nil
        }
        let revived = try next.open()
        disk.obey(nil)
        for (number, moment) in starting.all.enumerated() {
            for loss in PowerLoss.allCases {
                let image = try moment.image(loss, seed: UInt64(number))
                let faults = Shopping.faults(of: image, acknowledged: next.acknowledged.all)
                #expect(faults == [], "step \(number) of the start, \(loss)")
            }
        }
        try next.run(revived, numbers: 4...6)
        let image = try disk.image(.allUnsynced)
        #expect(Shopping.faults(of: image, acknowledged: next.acknowledged.all) == [])
        revived.close()
        shopping.disk.obey(nil)
        journal.close()
    }

    @Test("refuses what was to be synced, shows it to nobody, and takes it when it comes again")
    func invisible() throws {
        let shopping = Shopping(try Shopping.disk())
        let journal = try shopping.open()
        try shopping.run(journal, numbers: 1...3)
        shopping.disk.obey { $0.call == .sync ? .syncForgotten : nil }
        #expect(throws: JournalError.self) { try journal.perform { _ = try $0.storeReceipt("4") } }
        #expect(!journal.isAvailable)
        #expect(try journal.read { try $0.receiptCount() } == 3)
        #expect(try journal.lookUp { try $0.receiptCount() } == 3)
        shopping.disk.obey(nil)
        #expect(eventually { journal.isAvailable })
        #expect(try journal.read { try $0.receiptCount() } == 3)
        try shopping.run(journal, numbers: 4...4)
        #expect(shopping.resurrected.all == [])
        #expect(try journal.lookUp { try $0.receiptCount() } == 4)
        journal.close()
    }
}
