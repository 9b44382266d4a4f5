import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("Removing old receipts")
struct RetentionTests {
    private let later = Instant(millisecondsSinceEpoch: JournalWorld.beginning.millisecondsSinceEpoch + 1)

    private func confirmAll(_ transaction: JournalTransaction) throws {
        for entry in try transaction.outbox(limit: 10_000) { try transaction.confirm(outbox: entry.sequence) }
    }

    @Test("keeps the database as large as what is in it, however many come and go")
    func compact() throws {
        let world = try JournalWorld()
        var sizes: [Int64] = []
        for round in 1...8 {
            try world.journal.perform { [later] transaction in
                for number in 1...300 { try transaction.storeReceipt("\(round)-\(number)") }
                try confirmAll(transaction)
                _ = try transaction.removeReceipts(after: 0, receivedBefore: later, at: later, limit: 1_000)
            }
            sizes.append(try world.journal.perform { try $0.pagesOfFile() })
        }
        #expect(Set(sizes.dropFirst(2)).count == 1, "\(sizes)")
        #expect(try world.journal.read { try $0.receiptCount() } == 1)
    }

    @Test("takes with a receipt what hangs on it, and leaves what waits for upstream or for a person")
    func attachments() throws {
        let world = try JournalWorld()
        let step = try world.journal.perform { [later] transaction in
            for number in 1...5 { try transaction.storeReceipt("\(number)") }
            for sequence in [Int64(1), 2] { try transaction.addReturned(.one, line: 1, receipt: sequence) }
            try transaction.insertConflict(receipt: 3, kind: .sale, body: [1], at: JournalWorld.beginning)
            let second = try transaction.outbox(limit: 5).first { $0.id.hasSuffix("/2") }
            for entry in try transaction.outbox(limit: 5) where entry.sequence != second?.sequence {
                try transaction.confirm(outbox: entry.sequence)
            }
            return try transaction.removeReceipts(after: 0, receivedBefore: later, at: later, limit: 100)
        }
        #expect(step == RetentionStep(removed: 2, kept: 2, last: 4))
        let journal = world.journal
        #expect(try journal.read { try $0.receiptsRemovedUntil() } == JournalWorld.beginning)
        #expect(try journal.read { try $0.returnedQuantities(receipt: 1) }.isEmpty)
        #expect(try journal.read { try $0.returnedQuantities(receipt: 2) } == [1: .one])
        #expect(try journal.read { try $0.conflicts(receipt: 3) }.count == 1)
        #expect(try journal.read { try $0.outbox(limit: 10) }.first?.receipt?.key.number == "2")
        #expect(try journal.read { try $0.receiptsRemovedBelow() } == 5)
        #expect(try journal.read { try $0.audit(at: later) }.findings.isEmpty)
    }

    @Test("passes over what has its time from a clock that was not set")
    func clockNotSet() throws {
        let world = try JournalWorld()
        let step = try world.journal.perform { [later] transaction in
            for number in 1...3 { try transaction.storeReceipt("\(number)") }
            try transaction.move(receipt: 1, to: 1_000)
            try confirmAll(transaction)
            return try transaction.removeReceipts(after: 0, receivedBefore: later, at: later, limit: 100)
        }
        #expect(step.removed == 1)
        #expect(try world.journal.read { try $0.receiptCount() } == 2)
    }

    @Test("waits while so much is on its way upstream that each look would take long")
    func longOutbox() throws {
        let world = try JournalWorld()
        let step = try world.journal.perform { [later] transaction in
            for number in 1...2 { try transaction.storeReceipt("\(number)") }
            try confirmAll(transaction)
            for number in 0...JournalLimits.outboxForRetentionMaximum {
                try transaction.enqueue(
                    type: "visit", id: "v\(number)", stream: "S1", body: [], at: JournalWorld.beginning)
            }
            return try transaction.removeReceipts(after: 0, receivedBefore: later, at: later, limit: 100)
        }
        #expect(step == RetentionStep(removed: 0, kept: 0, last: nil))
    }

    @Test("steps over whole pages that a wrong clock has dated, and ends where everything is new")
    func wrongClockForLong() throws {
        let world = try JournalWorld()
        let journal = world.journal
        try journal.perform { transaction in
            for number in 1...401 { try transaction.storeReceipt("\(number)") }
            for sequence in 1...100 { try transaction.move(receipt: Int64(sequence), to: 1_000) }
            for sequence in 101...200 { try transaction.move(receipt: Int64(sequence), to: 9_000_000_000_000) }
            try confirmAll(transaction)
        }
        func look(after: Int64, before: Instant) throws -> RetentionLook {
            try journal.read { [later] view in
                try view.lookForReceipts(after: after, receivedBefore: before, at: later, among: 100)
            }
        }
        #expect(try look(after: 0, before: later) == .saysNothing(through: 100))
        #expect(try look(after: 100, before: later) == .saysNothing(through: 200))
        #expect(try look(after: 200, before: later) == .hasOld)
        #expect(try look(after: 200, before: JournalWorld.beginning) == .isOver)
        #expect(try look(after: 401, before: later) == .isOver)
        let steps = try [Int64(0), 100, 200].map { after in
            try journal.perform { [later] in
                try $0.removeReceipts(after: after, receivedBefore: later, at: later, limit: 100)
            }
        }
        #expect(steps.map(\.removed) == [0, 0, 100])
        #expect(steps.map(\.last) == [100, 200, 300])
    }

    @Test("is not held up by one receipt whose time of receipt lies in the future")
    func clockAhead() throws {
        let world = try JournalWorld()
        let step = try world.journal.perform { [later] transaction in
            for number in 1...4 { try transaction.storeReceipt("\(number)") }
            try transaction.move(receipt: 1, to: 9_000_000_000_000)
            try confirmAll(transaction)
            return try transaction.removeReceipts(after: 0, receivedBefore: later, at: later, limit: 100)
        }
        #expect(step == RetentionStep(removed: 2, kept: 0, last: 3))
    }
}

extension JournalTransaction {
    /// Pages of the database file, those that are free included.
    fileprivate func pagesOfFile() throws -> Int64 {
        try statement("PRAGMA page_count").first { $0.integer(0) } ?? 0
    }

    fileprivate func move(receipt sequence: Int64, to milliseconds: Int64) throws {
        try statement("UPDATE receipt SET received_at = ? WHERE sequence = ?").bind(milliseconds).bind(sequence).run()
    }
}
