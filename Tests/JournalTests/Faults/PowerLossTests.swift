import FaultyDisk
import GRDB
import Locking
import TestSupport
import Testing

@testable import Journal

@Suite("A power cut", .timeLimit(.minutes(5)))
struct PowerLossTests {
    /// A moment of a workload, and what had been acknowledged by then.
    private struct Moment: Sendable {
        var step: Int
        var disk: DiskSnapshot
        var acknowledged: [String]
    }

    /// Remembers the disk before each step that changes it.
    private func film(_ disk: FaultyDisk, _ acknowledged: Gathered<String>) -> Gathered<Moment> {
        let moments = Gathered<Moment>()
        disk.obey { [weak disk] step in
            if step.call != .open, step.call != .lock, let disk {
                moments.add(Moment(step: step.number, disk: disk.snapshot(), acknowledged: acknowledged.all))
            }
            return nil
        }
        return moments
    }

    @Test(
        "at any step of a day, whatever the disk had not synced, loses nothing that was acknowledged",
        arguments: PowerLoss.allCases)
    func anyStep(_ loss: PowerLoss) throws {
        let shopping = Shopping(try Shopping.disk())
        let moments = film(shopping.disk, shopping.acknowledged)
        let journal = try shopping.open()
        try shopping.run(journal, numbers: 1...9, readingDuring: 3..<6)
        journal.close()
        shopping.disk.obey(nil)
        #expect(shopping.acknowledged.all.count == 9)
        #expect(moments.all.count > 60)
        for moment in moments.all {
            let image = try moment.disk.image(loss, seed: UInt64(moment.step))
            let faults = Shopping.faults(of: image, acknowledged: moment.acknowledged)
            #expect(faults == [], "before step \(moment.step)")
        }
    }

    @Test("while another one is being recovered from loses nothing either", arguments: [UInt64(1), 2, 3])
    func twice(_ seed: UInt64) throws {
        let shopping = Shopping(try Shopping.disk())
        let first = film(shopping.disk, shopping.acknowledged)
        let journal = try shopping.open()
        try shopping.run(journal, numbers: 1...6)
        journal.close()
        shopping.disk.obey(nil)
        var generator = SeededGenerator(seed: seed)
        let cut = try #require(first.all.suffix(first.all.count / 2).randomElement(using: &generator))
        let disk = try FaultyDisk(folder: cut.disk.image(.scattered, seed: seed))
        let known = Gathered<String>()
        for number in cut.acknowledged { known.add(number) }
        let second = film(disk, known)
        try Journal.open(folder: disk.folder.path).close()
        disk.obey(nil)
        for moment in second.all {
            let image = try moment.disk.image(.scattered, seed: seed &+ UInt64(moment.step))
            #expect(Shopping.faults(of: image, acknowledged: moment.acknowledged) == [], "before step \(moment.step)")
        }
    }

    @Test("while an older database is brought up to date leaves one that can be", arguments: [UInt64(1), 2])
    func migration(_ seed: UInt64) throws {
        let old = try OlderJournal.folder(upTo: JournalSchema.migrator().migrations[0])
        let disk = try FaultyDisk(folder: old)
        let acknowledged = Gathered<String>()
        for number in OlderJournal.receipts { acknowledged.add(number) }
        let moments = film(disk, acknowledged)
        try Journal.open(folder: disk.folder.path).close()
        disk.obey(nil)
        #expect(moments.all.count > 100)
        // Each seed looks at its own part of the steps.
        for moment in moments.all where moment.step % 8 == Int(seed) {
            let image = try moment.disk.image(.scattered, seed: seed &+ UInt64(moment.step))
            #expect(Shopping.faults(of: image, acknowledged: moment.acknowledged) == [], "before step \(moment.step)")
        }
    }
}
