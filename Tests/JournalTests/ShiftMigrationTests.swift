import GRDB
import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("A journal from before shifts were closed")
struct ShiftMigrationTests {
    @Test("has its receipts in their shifts, and knows of no shift that was closed")
    func opened() throws {
        let folder = try TemporaryFolder()
        let pool = try DatabasePool(path: folder.path + "/journal.sqlite")
        try JournalSchema.migrator().migrate(pool, upTo: "0009-order-promises")
        try pool.write { database in
            for (number, kind, total) in [("1", "sale", 500), ("2", "return", 200), ("3", "void", 0)] {
                try database.execute(
                    sql: """
                        INSERT INTO receipt (sequence, store, till, shift, number, kind, total, received_at, body, answer)
                        VALUES (?, 'S1', 'T1', 7, ?, ?, ?, 0, x'7B7D', x'7B7D')
                        """, arguments: [Int(number), number, kind, total])
            }
        }
        try pool.close()
        let journal = try Journal.open(folder: folder.path)
        defer { journal.close() }
        let key = ShiftKey(store: "S1", till: "T1", shift: 7)
        #expect(try journal.read { try $0.shift(key) == nil })
        #expect(try journal.read { try $0.receiptNumbers(of: key) } == ["1", "2", "3"])
        let sums = try journal.read { try $0.sums(of: key) }
        #expect(
            sums.sorted { $0.kind.rawValue < $1.kind.rawValue } == [
                ShiftSum(kind: .return, receipts: 1, total: 200), ShiftSum(kind: .sale, receipts: 1, total: 500),
                ShiftSum(kind: .void, receipts: 1, total: 0),
            ])
    }

    @Test("a receipt that is stored and counts as missing is found by the audit")
    func audit() throws {
        let world = try JournalWorld()
        try world.journal.perform { _ = try $0.storeReceipt("1") }
        let key = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "1")
        try world.journal.perform { transaction in
            try transaction.closeShift(
                key.shiftKey, body: [], missing: [key.number, "77"], at: Instant(millisecondsSinceEpoch: 0))
        }
        let findings = try world.journal.read { try $0.audit(at: Instant(millisecondsSinceEpoch: 0)) }.findings
        #expect(findings.filter { $0.kind == "shift" }.map(\.key) == [key.text])
    }
}
