import GRDB
import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("Products and stock in the journal")
struct StockTests {
    private let world: JournalWorld

    init() throws {
        world = try JournalWorld()
        try world.journal.perform { transaction in
            for sku in ["A", "B"] { try transaction.put(ProductRecord(sku: sku, name: sku), replacing: nil) }
        }
    }

    private func at(_ minutes: Int64) -> Instant { JournalWorld.beginning.adding(milliseconds: minutes * 60_000) }

    private func count(_ quantity: Int64, minute: Int64, sku: String = "A", store: String = "S1") throws -> Bool {
        let count = StockCount(
            store: store, sku: sku, quantity: Quantity(thousandths: quantity), asOf: at(minute))
        return try world.journal.perform { try $0.take(count) }
    }

    private func move(_ quantity: Int64, minute: Int64, sku: String = "A") throws {
        let at = at(minute)
        try world.journal.perform { try $0.moveStock(of: sku, store: "S1", by: quantity, at: at) }
    }

    private func level(_ sku: String = "A") throws -> StockLevel? {
        try world.journal.read { try $0.stock(of: sku, store: "S1") }
    }

    private func findings() throws -> [AuditFinding] {
        try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings
    }

    @Test("a product is read back as it was put, and one bar code leads to one product")
    func products() throws {
        var full = ProductRecord(sku: "FULL 1", name: "Everything")
        full.price = Money(minorUnits: 100)
        full.minimumPrice = Money(minorUnits: 90)
        full.category = "a/b"
        full.brand = "B"
        full.tags = ["t1", "t2"]
        full.unit = "kg"
        full.taxRate = BasisPoints(value: 2_000)
        full.isMarked = true
        full.isPriority = true
        full.related = ["B 2", "A"]
        full.barcodes = [try Barcode("PALLET-7"), try Barcode("04252614"), try Barcode("4601234567893")]
        let product = full
        try world.journal.perform { try $0.put(product, replacing: nil) }
        #expect(try world.journal.read { try $0.product(sku: "FULL 1") } == product)
        #expect(try world.journal.read { try $0.sku(barcode: "00042100005264") } == "FULL 1")
        var other = ProductRecord(sku: "A", name: "A")
        other.barcodes = [try Barcode("042100005264")]
        let taker = other
        try world.journal.perform { try $0.put(taker, replacing: try $0.product(sku: "A")) }
        #expect(try world.journal.read { try $0.sku(barcode: "00042100005264") } == "A")
        #expect(try world.journal.read { try $0.product(sku: "FULL 1") }?.barcodes.count == 2)
        #expect(try findings() == [])
    }

    @Test("stock that nobody counted is not invented")
    func notKept() throws {
        try move(-1_000, minute: 1)
        #expect(try level() == nil)
    }

    @Test(
        "what moved after a count stays on top of it, what moved before is in it; the same count twice changes nothing")
    func counts() throws {
        #expect(try count(10_000, minute: 0))
        try move(-1_000, minute: 10)
        try move(-2_000, minute: 20)
        try move(-2_000, minute: 20)
        try move(500, minute: 30)
        #expect(try level()?.onHand == 5_500)
        let before = try level()
        #expect(try !count(10_000, minute: 0))
        #expect(try level() == before)
        #expect(try !count(8_000, minute: 15))
        #expect(try level()?.onHand == 4_500)
        #expect(try level()?.asOf == at(30))
        #expect(try !count(1_000_000, minute: 14))
        #expect(try level()?.onHand == 4_500)
        #expect(try !count(7_000, minute: 30))
        #expect(try level()?.onHand == 7_000)
        #expect(try findings() == [])
        try world.reopen()
        #expect(try level()?.onHand == 7_000)
    }

    @Test("more may go out than was known of; nothing is free then, and no less than nothing")
    func belowZero() throws {
        _ = try count(1_000, minute: 0)
        try move(-3_000, minute: 1)
        #expect(try level()?.onHand == -2_000)
        #expect(try level()?.available == 0)
        #expect(try findings() == [])
    }

    @Test("a store that begins to keep a product knows what is promised of it")
    func promised() throws {
        try world.journal.perform { transaction in
            let order = try transaction.insertOrder(
                OrderKey(source: "W", order: "1"), sourceStore: "S1", store: "S1", isPrepaid: false,
                body: Array(#"{"lines":[{"sku":"A","quantity":1.25},{"sku":"A","quantity":0.75}]}"#.utf8), pushed: [],
                at: JournalWorld.beginning)
            var advanced = order
            _ = try transaction.advance(
                &advanced, by: "push", to: .new, role: .website, device: "W", person: nil, at: JournalWorld.beginning)
            try transaction.reserve(["A": 2_000], for: order.id, store: "S1", at: JournalWorld.beginning)
        }
        _ = try count(5_000, minute: 0)
        #expect(try level()?.reserved == 2_000)
        #expect(try level()?.available == 3_000)
        #expect(try findings() == [])
    }

    @Test(
        "the audit finds stock that does not add up",
        arguments: [
            ("stock", "UPDATE stock SET reserved = reserved + 1"), ("stock", "UPDATE stock SET on_hand = 0"),
            ("stock", "DELETE FROM stock_movement"),
            ("reservation", "INSERT INTO order_reservation VALUES (1, 'B', 'S1', 5)"),
            ("reservation", "UPDATE pickup_order SET state = 'cancelled'"),
        ])
    func audit(_ kind: String, _ damage: String) throws {
        try promised()
        try move(-1_000, minute: 1)
        world.journal.close()
        let queue = try DatabaseQueue(path: world.folder.path + "/journal.sqlite")
        try queue.write { try $0.execute(sql: damage) }
        try queue.close()
        let damaged = try JournalWorld(folder: world.folder)
        let kinds = try damaged.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings.map(\.kind)
        #expect(kinds.contains(kind), "\(kinds)")
    }
}

/// A journal that a program wrote which knew bar codes as they were written and no stock, opened by this one.
@Suite("A journal from before there was stock")
struct CatalogueMigrationTests {
    @Test("has its bar codes under one key each, and the goods of its open orders set aside")
    func migrate() throws {
        let folder = try TemporaryFolder()
        let pool = try DatabasePool(path: folder.path + "/journal.sqlite")
        try JournalSchema.migrator().migrate(pool, upTo: "0004-programmes-in-force")
        try pool.write { database in
            try database.execute(sql: "INSERT INTO product VALUES ('A', 'Able', 5, 'a/b'), ('B', 'Baker', NULL, NULL)")
            try database.execute(
                sql: """
                    INSERT INTO product_barcode VALUES ('036000291452', 'A'), ('0036000291452', 'A'),
                        ('4601234567890', 'B'), ('HOUSE-1', 'B')
                    """)
            for (number, state) in ["accepted", "cancelled", "paid", "cancel_requested"].enumerated() {
                try database.execute(
                    sql: """
                        INSERT INTO pickup_order (id, source, number, source_store, store, state, state_number, prepaid,
                                                  body, pushed, created_at, changed_at)
                        VALUES (?, 'W', ?, 'S1', 'S2', ?, 1, 0, ?, x'', 0, 0)
                        """,
                    arguments: [
                        number + 1, "\(number)", state,
                        #"{"lines":[{"sku":"A","quantity":0.345},{"sku":"A","quantity":2},"#
                            + #"{"sku":"X 1","quantity":1}]}"#,
                    ])
                try database.execute(
                    sql: """
                        INSERT INTO order_transition (pickup_order, number, action, state, role, device, at)
                        VALUES (?, 1, 'x', ?, 'website', 'W', 0)
                        """, arguments: [number + 1, state])
            }
        }
        try pool.close()
        let world = try JournalWorld(folder: folder)
        let view = try world.journal.read { view in
            (
                a: try view.product(sku: "A"), upc: try view.sku(barcode: "00036000291452"),
                wrong: try view.sku(barcode: "4601234567890"), house: try view.sku(barcode: "HOUSE-1"),
                reserved: try [1, 2, 3, 4].map { try view.reservation(of: $0) }
            )
        }
        #expect(view.a?.price == Money(minorUnits: 5))
        #expect(view.a?.barcodes.count == 1)
        #expect(view.upc == "A")
        #expect(view.wrong == "B")
        #expect(view.house == "B")
        let goods: [String: Int64] = ["A": 2_345, "X 1": 1_000]
        #expect(view.reserved == [goods, [:], [:], goods])
        #expect(try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings == [])
    }
}
