import GRDB
import Loyalty
import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("The audit")
struct AuditTests {
    /// What it takes to plant a disagreement, the kind of finding, and where it is found.
    struct Damage: Sendable, CustomTestStringConvertible {
        var kind: String
        var key: String
        var sql: String
        var testDescription: String { "\(kind): \(sql)" }

        /// Makes a receipt a sale that the rules have judged and the till was given this answer to.
        static func answer(_ text: String, of number: String) -> String {
            "UPDATE receipt SET judgement = x'01', answer = CAST('\(text)' AS BLOB) WHERE number = '\(number)'"
        }
    }

    /// A journal with customers, their movements, receipts, orders and a queue; its folder after closing.
    private func books() throws -> TemporaryFolder {
        let world = try JournalWorld()
        try world.journal.perform { transaction in
            for number in 1...3 {
                let customer = try transaction.enrol(card: "card\(number)")
                for step in 1...3 {
                    let receipt = try transaction.storeReceipt("\(number)-\(step)", customer: customer)
                    try transaction.buy("\(number)-\(step)", sequence: receipt, customer, earning: Int64(step))
                }
            }
            var order = try transaction.insertOrder(
                OrderKey(source: "WEB1", order: "1001"), sourceStore: "S1", store: "S1", isPrepaid: false,
                body: Array("{}".utf8), pushed: Array("{}".utf8), at: JournalWorld.beginning)
            for state in [OrderState.new, .delivered, .accepted] {
                _ = try transaction.advance(
                    &order, by: "step", to: state, role: .register, device: "T01", person: nil,
                    at: JournalWorld.beginning)
            }
            try transaction.quarantine(outbox: 1, reason: "no", at: JournalWorld.beginning)
        }
        world.journal.close()
        return world.folder
    }

    @Test("of sound books counts everything and finds nothing")
    func sound() throws {
        let world = try JournalWorld(folder: books())
        let report = try world.journal.read { try $0.audit(at: JournalWorld.beginning) }
        #expect(report.findings == [])
        #expect(report.customers == 3)
        #expect(report.ledgerEntries == 9)
        #expect(report.receipts == 9)
        #expect(report.orders == 1)
        #expect(report.unsent == 8)
        #expect(report.quarantined == 1)
        #expect(report.pointsLiability == 18)
        #expect(report.pointsPending == 0)
        #expect(report.pointsDebt == 0)
        #expect(report.lots == 9)
        #expect(report.holds == 0)
    }

    @Test(
        "finds what was planted, and only that",
        arguments: [
            Damage(
                kind: "balance", key: "c-2",
                sql: """
                    UPDATE ledger_entry SET points = 7 WHERE customer = 2 AND number = 3;
                    UPDATE points_lot SET points = 7 WHERE customer = 2 AND points = 3
                    """),
            Damage(
                kind: "balance", key: "c-1",
                sql: "UPDATE ledger_entry SET purchases_after = 9 WHERE customer = 1 AND number = 2"),
            Damage(
                kind: "balance", key: "c-1",
                sql: "UPDATE ledger_entry SET debt_after = 1 WHERE customer = 1 AND number = 2"),
            Damage(kind: "lot", key: "c-2", sql: "UPDATE points_lot SET points = 9 WHERE customer = 2 AND points = 2"),
            Damage(kind: "lot", key: "c-1", sql: "DELETE FROM points_lot WHERE customer = 1 AND points = 2"),
            Damage(
                kind: "lot", key: "c-2", sql: "UPDATE points_lot SET is_empty = 1 WHERE customer = 2 AND points = 2"),
            Damage(
                kind: "points", key: "S1/T01/1/1-2",
                sql: Damage.answer(#"{"points":{"earned":3,"spent":0}}"#, of: "1-2")),
            Damage(
                kind: "points", key: "S1/T01/1/1-2",
                sql: Damage.answer(#"{"points":{"earned":2,"spent":1}}"#, of: "1-2")),
            Damage(kind: "points", key: "S1/T01/1/1-2", sql: Damage.answer(#"{"points":null}"#, of: "1-2")),
            Damage(kind: "answer", key: "S1/T01/1/1-2", sql: Damage.answer("", of: "1-2")),
            Damage(kind: "answer", key: "S1/T01/1/1-2", sql: Damage.answer(#"{"points":{"#, of: "1-2")),
            Damage(
                kind: "points", key: "S1/T01/1/1-2",
                sql: """
                    UPDATE ledger_entry SET reason = 'granted' WHERE customer = 1 AND number = 2;
                    \(Damage.answer(#"{"points":{"earned":2,"spent":0}}"#, of: "1-2"))
                    """),
            Damage(
                kind: "hold", key: "c-3",
                sql: "INSERT INTO points_hold SELECT 3, 'S1/T01/1/9', 0, number, 2, 0 FROM points_lot "
                    + "WHERE customer = 3 AND points = 1"),
            Damage(
                kind: "balance", key: "c-2",
                sql: "UPDATE ledger_entry SET turnover_after = 0 WHERE customer = 2 AND number = 2"),
            Damage(
                kind: "balance", key: "c-1",
                sql: "UPDATE ledger_entry SET points_after = 99 WHERE customer = 1 AND number = 3"),
            Damage(
                kind: "balance", key: "c-3",
                sql: """
                    DELETE FROM ledger_entry WHERE customer = 3 AND number = 2;
                    DELETE FROM points_lot WHERE customer = 3 AND points = 2
                    """),
            Damage(kind: "answer", key: "S1/T01/1/1-2", sql: "UPDATE receipt SET answer = x'' WHERE number = '1-2'"),
            Damage(
                kind: "outbox", key: "S1/T01/1/2-1",
                sql: """
                    DELETE FROM receipt WHERE number = '2-1';
                    UPDATE ledger_entry SET receipt = NULL WHERE customer = 2 AND number = 1
                    """),
            Damage(
                kind: "ledger", key: "c-3",
                sql: "UPDATE ledger_entry SET receipt = 77 WHERE customer = 3 AND number = 1"),
            Damage(kind: "order", key: "WEB1/1001", sql: "UPDATE pickup_order SET state = 'new'"),
            Damage(kind: "order", key: "WEB1/1001", sql: "DELETE FROM order_transition WHERE number = 3"),
            Damage(kind: "order", key: "WEB1/1001", sql: "DELETE FROM order_change WHERE number = 2"),
            Damage(
                kind: "order", key: "WEB1/1001", sql: "UPDATE order_change SET sequence = 9 WHERE number = 2"),
            Damage(kind: "webhook", key: "WEB1/1001", sql: "INSERT INTO webhook_delivery VALUES (1, 1, 1)"),
        ])
    func planted(_ damage: Damage) throws {
        let folder = try books()
        try DatabaseQueue(path: folder.path + "/journal.sqlite").inDatabase { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            try database.execute(sql: damage.sql)
        }
        let world = try JournalWorld(folder: folder)
        let findings = try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings
        #expect(!findings.isEmpty)
        #expect(findings.allSatisfy { $0.kind == damage.kind && $0.key == damage.key }, "\(findings)")
        #expect(findings.allSatisfy { !$0.message.isEmpty })
    }

    @Test("finds a database that contradicts itself")
    func database() throws {
        let folder = try books()
        let path = folder.path + "/journal.sqlite"
        // Rows that an index does not know: the index is set aside while they are written.
        func withoutIndex(_ sql: String) throws {
            let queue = try DatabaseQueue(path: path)
            try queue.inDatabase { database in
                try database.execute(sql: "PRAGMA foreign_keys = OFF")
                try database.execute(sql: "PRAGMA writable_schema = ON")
                try database.execute(sql: sql)
            }
            try queue.close()
        }
        let rows = try DatabaseQueue(path: path).inDatabase { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM sqlite_schema WHERE name = 'customer_identifier_by_customer'")
        }
        let index = try #require(rows)
        try withoutIndex("DELETE FROM sqlite_schema WHERE name = 'customer_identifier_by_customer'")
        try withoutIndex("INSERT INTO customer_identifier VALUES ('card', 'secret', 1)")
        let root: Int = index["rootpage"]
        let definition: String = index["sql"]
        try withoutIndex(
            """
            INSERT INTO sqlite_schema VALUES
            ('index', 'customer_identifier_by_customer', 'customer_identifier', \(root), '\(definition)')
            """)
        let world = try JournalWorld(folder: folder)
        let findings = try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings
        #expect(findings.map(\.kind).contains("database"))
        #expect(findings.allSatisfy { $0.kind == "database" && $0.key == "journal.sqlite" }, "\(findings)")
    }

    @Test("lists a hundred findings of a kind and counts the rest")
    func many() throws {
        let folder = try TemporaryFolder()
        let before = try JournalWorld(folder: folder)
        try before.journal.perform { transaction in
            for number in 1...250 { try transaction.storeReceipt("\(number)") }
        }
        before.journal.close()
        try DatabaseQueue(path: folder.path + "/journal.sqlite").inDatabase { database in
            try database.execute(sql: "UPDATE receipt SET answer = x''")
        }
        let world = try JournalWorld(folder: folder)
        let findings = try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings
        #expect(findings.count == 101)
        #expect(findings.last?.message.contains("150 more") == true)
    }
}
