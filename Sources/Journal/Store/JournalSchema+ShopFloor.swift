import GRDB
import Retail

extension JournalSchema {
    /// What sellers do on the shop floor: baskets on their way to tills, visits, notes; and whose purchases and orders are
    /// whose, which a customer's card asks.
    static func addShopFloor(to database: Database) throws {
        try database.execute(sql: cardIndexes + baskets + records)
        try noteOrderCustomers(in: database)
    }

    // Receipts and merges are looked up from the customer's side. Walk-ins, who are most, cost the index nothing.
    private static let cardIndexes = """
        CREATE INDEX receipt_by_customer ON receipt (customer) WHERE customer IS NOT NULL;
        CREATE INDEX customer_by_survivor ON customer (merged_into) WHERE merged_into IS NOT NULL;

        CREATE TABLE order_customer (
            pickup_order INTEGER PRIMARY KEY REFERENCES pickup_order (id), customer INTEGER, phone TEXT);
        CREATE INDEX order_customer_by_customer ON order_customer (customer) WHERE customer IS NOT NULL;
        CREATE INDEX order_customer_by_phone ON order_customer (phone) WHERE phone IS NOT NULL;

        """

    // Only baskets that somebody has still to deal with are in the indexes: there are few at any time.
    private static let baskets = """
        CREATE TABLE floor_basket (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            store TEXT NOT NULL, app TEXT NOT NULL, basket TEXT NOT NULL, till TEXT NOT NULL, state TEXT NOT NULL,
            customer INTEGER, sent BLOB NOT NULL, answer BLOB NOT NULL, sent_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL, withdraw_at INTEGER NOT NULL, reason TEXT, receipt_key TEXT,
            UNIQUE (store, app, basket));
        CREATE INDEX floor_basket_open_by_app ON floor_basket (store, app) WHERE state IN ('sent', 'opened');
        CREATE INDEX floor_basket_open_by_till ON floor_basket (store, till) WHERE state IN ('sent', 'opened');
        CREATE INDEX floor_basket_by_due ON floor_basket (withdraw_at) WHERE state IN ('sent', 'opened');

        """

    private static let records = """
        CREATE TABLE visit (
            store TEXT NOT NULL, app TEXT NOT NULL, visit TEXT NOT NULL, body BLOB NOT NULL,
            received_at INTEGER NOT NULL, PRIMARY KEY (store, app, visit)) WITHOUT ROWID;

        CREATE TABLE customer_note (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            store TEXT NOT NULL, app TEXT NOT NULL, note TEXT NOT NULL, customer INTEGER NOT NULL,
            body BLOB NOT NULL, received_at INTEGER NOT NULL, UNIQUE (store, app, note));
        CREATE INDEX customer_note_by_customer ON customer_note (customer, id);
        """

    /// Orders from before whose customers may still ask for them.
    private static func noteOrderCustomers(in database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT id, json_extract(CAST(body AS TEXT), '$.customer.customer_id') AS customer,
                       json_extract(CAST(body AS TEXT), '$.customer.phone') AS phone
                FROM pickup_order
                WHERE state NOT IN ('handed_over', 'rejected', 'expired', 'cancelled')
                  AND json_type(CAST(body AS TEXT), '$.customer') = 'object'
                """)
        for row in rows {
            let id: Int64 = row["id"]
            let customer: String? = row["customer"]
            let phone: String? = row["phone"]
            try database.execute(
                sql: "INSERT INTO order_customer (pickup_order, customer, phone) VALUES (?, ?, ?)",
                arguments: [id, customer.flatMap { CustomerID(text: $0)?.number }, phone.flatMap(normalised)])
        }
    }

    private static func normalised(phone: String) -> String? {
        (try? CustomerIdentifier.normalised(kind: .phone, phone))?.value
    }
}
