import FaultyDisk
import Locking
import TestSupport
import Testing

@testable import Journal

@Suite("A disk that refuses", .timeLimit(.minutes(5)))
struct RefusingDiskTests {
    @Test(
        "what there is no room for loses nothing, and takes it once there is room again",
        arguments: [0, 3_000, 20_000, 90_000])
    func full(_ space: Int) throws {
        let shopping = Shopping(try Shopping.disk())
        let journal = try shopping.open()
        try shopping.run(journal, numbers: 1...3)
        shopping.disk.limit(space: space)
        // As many as find room, and one that does not.
        var refused: JournalError?
        var number = 3
        while refused == nil, number < 2_000 {
            number += 1
            let name = "\(number)"
            do {
                try journal.perform { transaction in _ = try transaction.storeReceipt(name, padding: 2_000) }
                shopping.acknowledged.add(name)
            } catch let error as JournalError {
                refused = error
            }
        }
        #expect(throws: JournalError.self) { try journal.perform { _ = try $0.storeReceipt("more") } }
        let image = try shopping.disk.image(.allUnsynced)
        #expect(Shopping.faults(of: image, acknowledged: shopping.acknowledged.all) == [])
        #expect(try journal.read { Int(try $0.receiptCount()) } == shopping.acknowledged.all.count)
        shopping.disk.limit(space: nil)
        #expect(eventually { journal.isAvailable })
        try shopping.run(journal, numbers: number...number + 2)
        #expect(shopping.resurrected.all == [])
        let later = try shopping.disk.image(.allUnsynced)
        #expect(Shopping.faults(of: later, acknowledged: shopping.acknowledged.all) == [])
        journal.close()
    }

    /// What one call is answered with.
    enum Refusal: CaseIterable, Sendable {
        case write, shortWrite, truncate, lock

        func fault(_ step: FaultyDisk.Step) -> FaultyDisk.Fault? {
            switch (self, step.call) {
            case (.write, .write): .error(Codes.writeFailed)
            case (.shortWrite, .write): .shortWrite(bytes: 700, Codes.full)
            case (.truncate, .truncate): .error(Codes.truncateFailed)
            case (.lock, .lock): .error(Codes.lockFailed)
            default: nil
            }
        }
    }

    @Test("any single call of a day loses nothing", arguments: Refusal.allCases)
    func single(_ refusal: Refusal) throws {
        var number = 1
        var calls = 0
        repeat {
            let shopping = Shopping(try Shopping.disk())
            let count = Mutex(0)
            shopping.disk.obey { [number] step in
                guard let fault = refusal.fault(step) else { return nil }
                let place = count.withLock { count in
                    count += 1
                    return count
                }
                return place == number ? fault : nil
            }
            let journal = try shopping.open()
            try shopping.run(journal, numbers: 1...4)
            journal.close()
            calls = count.withLock { $0 }
            let image = try shopping.disk.image(.allUnsynced)
            #expect(Shopping.faults(of: image, acknowledged: shopping.acknowledged.all) == [], "call \(number)")
            #expect(shopping.resurrected.all == [], "call \(number)")
            // Locks are many and alike.
            number += refusal == .lock ? 5 : 1
        } while number <= calls
        #expect(calls >= (refusal == .truncate ? 0 : 20))
    }

    @Test("because its file system is read-only: open, it refuses writes, answers reads and comes back by itself")
    func readOnlyMeanwhile() throws {
        let shopping = Shopping(try Shopping.disk())
        let journal = try shopping.open()
        try shopping.run(journal, numbers: 1...3)
        shopping.disk.beReadOnly()
        #expect(throws: JournalError.self) { try journal.perform { _ = try $0.storeReceipt("4") } }
        #expect(throws: JournalError.self) { try journal.perform { _ = try $0.storeReceipt("4") } }
        #expect(try journal.read { try $0.receiptCount() } == 3)
        #expect(try journal.lookUp { try $0.receiptCount() } == 3)
        shopping.disk.obey(nil)
        #expect(eventually { journal.isAvailable })
        try shopping.run(journal, numbers: 4...5)
        #expect(shopping.resurrected.all == [])
        journal.close()
    }

    @Test("because its file system is read-only: closed, it is not opened, and left as it is")
    func readOnlyAtStart() throws {
        let disk = try Shopping.disk()
        disk.beReadOnly()
        do {
            _ = try Journal.open(folder: disk.folder.path)
            Issue.record("it was opened")
        } catch {
            guard case .cannotOpen(let path, _) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(path.hasPrefix(disk.folder.path))
        }
        disk.obey(nil)
        let shopping = Shopping(disk)
        let journal = try shopping.open()
        try shopping.run(journal, numbers: 1...2)
        journal.close()
    }

    @Test("at a stop leaves no note that the stop was clean, and nothing acknowledged behind")
    func closing() throws {
        let shopping = Shopping(try Shopping.disk())
        let journal = try shopping.open()
        try shopping.run(journal, numbers: 1...5)
        shopping.disk.obey { $0.call == .sync ? .syncForgotten : nil }
        #expect(throws: JournalError.self) { try journal.perform { _ = try $0.storeReceipt("6") } }
        journal.close()
        shopping.disk.obey(nil)
        let image = try shopping.disk.image(.allUnsynced)
        let world = try JournalWorld(folder: image)
        #expect(!world.journal.startReport.stoppedCleanly)
        #expect(try world.journal.read { try $0.receiptCount() } == 5)
    }
}
