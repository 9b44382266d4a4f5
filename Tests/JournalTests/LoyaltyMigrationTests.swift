import GRDB
import Loyalty
import Retail
import TestSupport
import Testing

@testable import Journal

/// A store that a program wrote which knew one balance for each customer, and is opened by this one.
@Suite("A journal from before there were lots")
struct LoyaltyMigrationTests {
    /// An entry as it was written then: points, turnover, and whether it is a sale or a return.
    private struct Entry {
        var points: Int64
        var turnover: Int64 = 0
        var reason = "sale"
    }

    private static let histories: [[Entry]] = [
        [
            .init(points: 30, turnover: 100_000), .init(points: 60, turnover: 200_000),
            .init(points: -20, turnover: 50_000),
        ],
        [.init(points: 30, turnover: 100_000), .init(points: -30, turnover: -100_000, reason: "return")],
        [.init(points: 10, turnover: 40_000), .init(points: -50, turnover: 10_000)],
        [],
        [.init(points: 0, turnover: 500)],
        [.init(points: -40, turnover: 7_000), .init(points: 100, turnover: 300_000)],
        [.init(points: 500, reason: "import")],
    ]

    /// Writes a store of the first schema, each entry a day after the one before.
    private func oldStore() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let pool = try DatabasePool(path: folder.path + "/journal.sqlite")
        try JournalSchema.migrator().migrate(pool, upTo: "0001-spine")
        try pool.write { database in
            var sequence: Int64 = 0
            for (index, history) in Self.histories.enumerated() {
                let customer = index + 1
                try database.execute(
                    sql: "INSERT INTO customer (id, name, created_at) VALUES (?, 'Anna', 0)", arguments: [customer])
                var points: Int64 = 0
                var turnover: Int64 = 0
                for (number, entry) in history.enumerated() {
                    points += entry.points
                    turnover += entry.turnover
                    sequence += 1
                    let at = Self.moment(number + 1).millisecondsSinceEpoch
                    try insertReceipt(database, sequence, entry, customer: customer, at: at)
                    try database.execute(
                        sql: "INSERT INTO ledger_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        arguments: [
                            customer, number + 1, entry.points, entry.turnover, points, turnover, entry.reason,
                            entry.reason == "import" ? nil : sequence, at,
                        ])
                }
            }
        }
        try pool.close()
        return folder
    }

    private func insertReceipt(
        _ database: Database, _ sequence: Int64, _ entry: Entry, customer: Int, at: Int64
    ) throws {
        guard entry.reason != "import" else { return }
        try database.execute(
            sql: """
                INSERT INTO receipt (sequence, store, till, shift, number, kind, customer, total, received_at, body, answer)
                VALUES (?, 'S1', 'T01', 1, ?, ?, ?, 0, ?, x'7B7D', x'7B7D')
                """,
            arguments: [sequence, "\(sequence)", entry.reason, customer, at])
    }

    private static func moment(_ day: Int) -> Instant {
        JournalWorld.beginning.adding(milliseconds: Int64(day) * 86_400_000)
    }

    private func accounts(_ world: JournalWorld) throws -> [LoyaltyAccount] {
        try world.journal.read { view in
            try Self.histories.indices.map { try view.account(of: CustomerID(number: Int64($0) + 1)) }
        }
    }

    @Test("a balance becomes one lot that never burns, what is owed a debt, and the books add up")
    func balances() throws {
        let world = try JournalWorld(folder: try oldStore())
        let accounts = try accounts(world)
        for (index, account) in accounts.enumerated() {
            let history = Self.histories[index]
            let balance = history.reduce(0) { $0 + $1.points }
            #expect(account.points.balance == balance, "customer \(index + 1)")
            #expect(account.points.available(at: Self.moment(9)) == max(0, balance), "customer \(index + 1)")
            #expect(account.points.debt == max(0, -balance), "customer \(index + 1)")
            #expect(account.points.lots.count == (balance > 0 ? 1 : 0), "customer \(index + 1)")
            #expect(account.points.lots.allSatisfy { $0.origin == .granted && $0.expiresAt == nil })
            #expect(account.turnover == Money(minorUnits: history.reduce(0) { $0 + $1.turnover }))
            #expect(account.purchases == Int64(history.count { $0.reason == "sale" }), "customer \(index + 1)")
        }
        let report = try world.journal.read { try $0.audit(at: Self.moment(9)) }
        #expect(report.findings == [])
        #expect(report.pointsLiability == 70 + 60 + 500)
        #expect(report.pointsDebt == 40)
        #expect(report.pointsPending == 0)
        #expect(report.lots == 3)
    }

    @Test("opening it again changes nothing")
    func again() throws {
        let world = try JournalWorld(folder: try oldStore())
        let first = try accounts(world)
        for _ in 0..<2 {
            try world.reopen()
            #expect(try accounts(world) == first)
            #expect(try world.journal.read { try $0.audit(at: Self.moment(9)) }.findings == [])
        }
    }

    @Test("what comes in and goes out afterwards adds up with what was there")
    func goesOn() throws {
        let world = try JournalWorld(folder: try oldStore())
        let now = Self.moment(9)
        let report = try world.journal.perform { transaction in
            for (index, history) in Self.histories.enumerated() {
                let customer = CustomerID(number: Int64(index) + 1)
                let sequence = try transaction.storeReceipt("new\(index)", customer: customer)
                let key = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "new\(index)")
                var posting = try transaction.open(customer)
                posting.entries += try posting.account.points.commit(65, of: key, at: now).entries
                posting.entries += try posting.account.points.earn(
                    Grant(points: 45, origin: .receipt, receipt: key, activeFrom: now), at: now)
                let cause = PostingCause(
                    "sale", receipt: sequence, original: .init(sequence: sequence, key: key), at: now)
                let balance = try transaction.post(posting, cause).points.balance
                #expect(balance == history.reduce(0) { $0 + $1.points } - 65 + 45, "customer \(index + 1)")
            }
            return try transaction.audit(at: now)
        }
        #expect(report.findings == [])
        let merged = try world.journal.perform { transaction in
            _ = try transaction.merge(CustomerID(number: 3), into: CustomerID(number: 1), at: now)
            return try transaction.account(of: CustomerID(number: 1))
        }
        #expect(merged.points.balance == 70 - 40 - 40)
        #expect(merged.turnover == Money(minorUnits: 400_000))
        #expect(merged.purchases == 5)
        #expect(try world.journal.read { try $0.audit(at: now) }.findings == [])
    }

    @Test("a sale from before is known by the lot that its points are in, and only for its customer")
    func oldSales() throws {
        let world = try JournalWorld(folder: try oldStore())
        let key = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "2")
        let (history, account) = try world.journal.read { view in
            let customer = CustomerID(number: 1)
            return (try view.movements(ofSale: 2, key: key, customers: [customer]), try view.account(of: customer))
        }
        #expect(history.map(\.points) == [60])
        #expect(history.map(\.lot) == [account.points.lots[0].id])
        var points = account.points
        let entries = try points.takeBack(
            earned: 60, spent: 0, of: key, history: history, at: Self.moment(9), zone: .fixed(10_800))
        #expect(entries.map(\.points) == [-60])
        #expect(points.balance == 10)
    }

    @Test("what a sale from before spent goes back to where the balance is, and does not begin to burn")
    func oldSpending() throws {
        let world = try JournalWorld(folder: try oldStore())
        let now = Self.moment(9)
        let report = try world.journal.perform { transaction in
            let customer = CustomerID(number: 1)
            // It earned 10 points and spent 30; half of it comes back, then the rest.
            let key = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "3")
            for number in ["back1", "back2"] {
                let sequence = try transaction.storeReceipt(number, customer: customer)
                let history = try transaction.movements(ofSale: 3, key: key, customers: [customer])
                var posting = try transaction.open(customer, withLots: Set(history.compactMap(\.lot)))
                posting.entries = try posting.account.points.takeBack(
                    earned: 5, spent: 15, of: key, history: history, at: now, zone: .fixed(10_800))
                let cause = PostingCause("return", receipt: sequence, original: .init(sequence: 3, key: key), at: now)
                let points = try transaction.post(posting, cause).points
                #expect(points.lots.count == 1)
                #expect(points.nextToExpire(at: now) == nil)
            }
            #expect(try transaction.account(of: customer).points.available(at: now) == 90)
            return try transaction.audit(at: now)
        }
        #expect(report.findings == [])
    }
}
