import FaultyDisk
import Foundation
import Journal
import Locking
import Retail
import TestSupport
import Testing

@testable import Journal

/// Receipts that are stored on a disk which may fail, one after the other, each again and again until it is acknowledged.
final class Shopping: Sendable {
    /// So few pages of log that a short workload carries it over many times.
    static let checkpointPages = 12
    private static let attemptsMaximum = 50
    /// So long that each receipt has pages of its own, which nothing writes a second time.
    private static let padding = 9_000

    let disk: FaultyDisk
    /// The receipts that were acknowledged, in their order.
    let acknowledged = Gathered<String>()
    /// Those that were refused at least once.
    let refused = Gathered<String>()
    /// Those that were refused and had happened all the same.
    let resurrected = Gathered<String>()

    init(_ disk: FaultyDisk) { self.disk = disk }

    /// A disk with an empty journal that was closed properly.
    static func disk() throws -> FaultyDisk {
        try FaultyDisk(folder: TemporaryFolder(copyOf: emptyJournal.get().path))
    }

    private static let emptyJournal = Result {
        let folder = try TemporaryFolder()
        try Journal.open(folder: folder.path).close()
        return folder
    }

    /// Opens the journal; again when the disk refuses.
    func open() throws -> Journal {
        for _ in 0..<Self.attemptsMaximum {
            if let journal = try? Journal.open(folder: disk.folder.path, checkpointPages: Self.checkpointPages) {
                return journal
            }
        }
        return try Journal.open(folder: disk.folder.path, checkpointPages: Self.checkpointPages)
    }

    /// Stores receipts; one reader is at work all through some of them, so that the log is carried over in parts.
    func run(_ journal: Journal, numbers: ClosedRange<Int>, readingDuring: Range<Int>? = nil) throws {
        var reader: Reader?
        for number in numbers {
            if number == readingDuring?.lowerBound { reader = try Reader(journal) }
            if number == readingDuring?.upperBound { reader?.end() }
            try store("\(number)", in: journal)
        }
        reader?.end()
    }

    private func store(_ number: String, in journal: Journal) throws {
        for _ in 0..<Self.attemptsMaximum {
            do {
                try journal.perform { transaction in
                    guard try transaction.receipt(Self.key(number)) == nil else { throw Resurrected() }
                    try transaction.storeReceipt(number, padding: Self.padding)
                }
                acknowledged.add(number)
                return
            } catch is JournalError {
                refused.add(number)
                _ = eventually { journal.isAvailable }
            } catch is Resurrected {
                resurrected.add(number)
                acknowledged.add(number)
                return
            }
        }
        Issue.record("receipt \(number) was never stored")
    }

    private struct Resurrected: Error {}

    private static func key(_ number: String) -> ReceiptKey {
        ReceiptKey(store: "S1", till: "T01", shift: 1, number: number)
    }

    /// Opens what is left of a journal and returns what is wrong with it, having had `acknowledged` receipts.
    static func faults(of image: TemporaryFolder, acknowledged: [String]) -> [String] {
        do {
            let journal = try Journal.open(folder: image.path)
            defer { journal.close() }
            return try journal.read { view in
                var faults = try acknowledged.filter { try view.receipt(key($0)) == nil }.map {
                    "receipt \($0) is lost"
                }
                let (stored, queued) = (try view.receiptCount(), try view.outbox(limit: 100_000).count)
                if Int(stored) != queued { faults.append("\(stored) receipts, \(queued) queued") }
                // What was under way may be there, nothing else.
                if Int(stored) > acknowledged.count + 1 {
                    faults.append("\(stored) receipts, \(acknowledged.count) told")
                }
                faults += try view.audit(at: JournalWorld.beginning).findings.map { "\($0)" }
                return faults
            }
        } catch {
            return ["cannot be opened: \(error)"]
        }
    }
}

/// A reader that stays with what it saw first.
private final class Reader: Sendable {
    private let begun = Gate()
    private let mayEnd = Gate()
    private let ended = Gate()

    init(_ journal: Journal) throws {
        Thread { [self] in
            try? journal.read { view in
                _ = try view.receiptCount()
                begun.open()
                mayEnd.pass(seconds: 120)
            }
            ended.open()
        }.start()
        #expect(begun.pass())
    }

    func end() {
        mayEnd.open()
        ended.pass()
    }
}
