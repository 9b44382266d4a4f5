import GRDB
import Retail

extension JournalSchema {
    /// Everything that is known of a product, and what stores have of it.
    static func addCatalogue(to database: Database) throws {
        try database.execute(sql: products)
        try moveBarcodes(in: database)
        try database.execute(sql: stock)
    }

    private static let products = """
        ALTER TABLE product ADD COLUMN brand TEXT;
        ALTER TABLE product ADD COLUMN tags TEXT;
        ALTER TABLE product ADD COLUMN unit TEXT;
        ALTER TABLE product ADD COLUMN min_price INTEGER;
        ALTER TABLE product ADD COLUMN tax_rate INTEGER;
        ALTER TABLE product ADD COLUMN is_marked INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE product ADD COLUMN is_priority INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE product ADD COLUMN related TEXT;
        CREATE INDEX product_by_priority ON product (sku) WHERE is_priority = 1;

        ALTER TABLE product_barcode RENAME TO old_barcode;
        CREATE TABLE product_barcode (
            key TEXT PRIMARY KEY, sku TEXT NOT NULL REFERENCES product (sku), position INTEGER NOT NULL,
            text TEXT NOT NULL) WITHOUT ROWID;
        """

    /// Bar codes were kept as they were written; from now on all spellings of one number have one key. Of two products
    /// that had the same number in two spellings the later in the order of codes keeps it.
    private static func moveBarcodes(in database: Database) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT barcode, sku FROM old_barcode ORDER BY barcode")
        while let row = try rows.next() {
            let text: String = row[0]
            let sku: String = row[1]
            // A code that would not be taken any more is still found as it was written.
            let key = (try? Barcode(text))?.key ?? text
            try database.execute(
                sql: "INSERT OR REPLACE INTO product_barcode (key, sku, position, text) VALUES (?, ?, 0, ?)",
                arguments: [key, sku, text])
        }
    }

    // What receipts and orders moved is kept since the last count only: the next one, which may be of some hours ago,
    // needs to know what came after it. An order's goods stand here whether the store keeps the product or not.
    private static let stock = """
        DROP TABLE old_barcode;
        CREATE INDEX product_barcode_by_sku ON product_barcode (sku, position);

        CREATE TABLE stock (
            sku TEXT NOT NULL REFERENCES product (sku), store TEXT NOT NULL, counted INTEGER NOT NULL,
            counted_at INTEGER NOT NULL, on_hand INTEGER NOT NULL, reserved INTEGER NOT NULL,
            changed_at INTEGER NOT NULL, PRIMARY KEY (sku, store)) WITHOUT ROWID;

        CREATE TABLE stock_movement (
            sku TEXT NOT NULL, store TEXT NOT NULL, at INTEGER NOT NULL, quantity INTEGER NOT NULL,
            PRIMARY KEY (sku, store, at)) WITHOUT ROWID;

        CREATE TABLE order_reservation (
            pickup_order INTEGER NOT NULL REFERENCES pickup_order (id), sku TEXT NOT NULL, store TEXT NOT NULL,
            quantity INTEGER NOT NULL, PRIMARY KEY (pickup_order, sku)) WITHOUT ROWID;
        CREATE INDEX order_reservation_by_product ON order_reservation (store, sku, quantity);

        INSERT INTO order_reservation (pickup_order, sku, store, quantity)
        SELECT o.id, json_extract(l.value, '$.sku'), o.store,
               sum(CAST(round(json_extract(l.value, '$.quantity') * 1000) AS INTEGER))
        FROM pickup_order o,
             json_each(iif(json_valid(CAST(o.body AS TEXT)), CAST(o.body AS TEXT), '{}'), '$.lines') l
        WHERE o.state IN ('new', 'delivered', 'accepted', 'picking', 'ready', 'claimed', 'cancel_requested')
            AND json_extract(l.value, '$.sku') IS NOT NULL
        GROUP BY 1, 2, 3;
        """
}
