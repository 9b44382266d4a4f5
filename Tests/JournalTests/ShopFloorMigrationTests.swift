import GRDB
import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("A journal from before there was a shop floor")
struct ShopFloorMigrationTests {
    private func order(_ database: Database, _ number: String, _ state: String, _ customer: String) throws {
        try database.execute(
            sql: """
                INSERT INTO pickup_order (source, number, source_store, store, state, state_number, prepaid, body, pushed,
                                          created_at, changed_at)
                VALUES ('WEB1', ?, 'S1', 'S1', ?, 1, 0, CAST(? AS BLOB), x'', 0, 0)
                """, arguments: [number, state, #"{"order":"\#(number)"\#(customer)}"#])
    }

    @Test("finds whose its open orders are, by customer and by any form of the phone")
    func orders() throws {
        let folder = try TemporaryFolder()
        let pool = try DatabasePool(path: folder.path + "/journal.sqlite")
        try JournalSchema.migrator().migrate(pool, upTo: "0004-programmes-in-force")
        try pool.write { database in
            try order(database, "1", "ready", #","customer":{"customer_id":"c-5","phone":"8 (916) 123-45-67"}"#)
            try order(database, "2", "new", #","customer":{"phone":"+7 916 123 45 67"}"#)
            try order(database, "3", "handed_over", #","customer":{"customer_id":"c-5"}"#)
            try order(database, "4", "accepted", #","customer":{"name":"Anna","phone":"the office"}"#)
            try order(database, "5", "accepted", "")
        }
        try pool.close()
        let journal = try Journal.open(folder: folder.path)
        try journal.read { view in
            let own = try view.openOrders(of: CustomerID(number: 5), store: "S1", limit: 10)
            #expect(own.map(\.key.order) == ["1"])
            let called = try view.openOrders(calledAt: "+79161234567", store: "S1", limit: 10)
            #expect(called.map(\.key.order) == ["1", "2"])
            #expect(try view.openOrders(calledAt: "+79161234567", store: "S2", limit: 10).isEmpty)
        }
        journal.close()
    }

    @Test("a basket that says it was sold and whose receipt is not there is found by the audit")
    func audit() throws {
        let world = try JournalWorld()
        let key = BasketKey(store: "S1", app: "APP1", basket: "b1")
        let now = Instant(millisecondsSinceEpoch: 0)
        try world.journal.perform { transaction in
            try transaction.insert(
                NewBasket(
                    key: key, till: "T01", customer: nil, sent: Array("{}".utf8), answer: [], sentAt: now,
                    withdrawAt: .distantFuture))
        }
        func findings() throws -> [String] { try world.journal.read { try $0.audit(at: now) }.findings.map(\.message) }
        #expect(try findings() == [])
        try world.journal.perform { transaction in
            var basket = try #require(try transaction.basket(key))
            basket.state = .sold
            try transaction.update(basket)
        }
        #expect(try findings() == ["is sold, its receipt is none"])
        try world.journal.perform { transaction in
            var basket = try #require(try transaction.basket(key))
            basket.receipt = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "9")
            try transaction.update(basket)
        }
        #expect(try findings() == ["its receipt S1/T01/1/9 is absent"])
    }
}
