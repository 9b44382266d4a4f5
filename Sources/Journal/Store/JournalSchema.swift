import GRDB

/// The journal's tables, as numbered migrations. A migration that has shipped is never edited: a change is a new one.
///
/// Instants are milliseconds since 1970 in UTC, money is minor units, quantities are thousandths.
enum JournalSchema {
    /// The newest schema this program knows; a database from a newer program is refused rather than guessed at.
    static let newestMigration = "0013-retention"

    static func migrator() -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001-spine") { database in
            try database.execute(sql: facts)
            try database.execute(sql: customers)
            try database.execute(sql: receipts)
            try database.execute(sql: orders)
            try database.execute(sql: relay)
            try database.execute(sql: catalogue)
        }
        migrator.registerMigration("0002-loyalty") { database in try database.execute(sql: loyalty) }
        migrator.registerMigration("0003-order-timers") { database in try database.execute(sql: orderTimers) }
        migrator.registerMigration("0004-programmes-in-force") { database in
            try database.execute(sql: programmesInForce)
        }
        migrator.registerMigration("0005-catalogue") { database in try addCatalogue(to: database) }
        migrator.registerMigration("0006-shop-floor") { database in try addShopFloor(to: database) }
        migrator.registerMigration("0007-webhooks") { database in try database.execute(sql: webhooks) }
        migrator.registerMigration("0008-idempotency") { database in try database.execute(sql: idempotency) }
        migrator.registerMigration("0009-order-promises") { database in try database.execute(sql: orderPromises) }
        migrator.registerMigration("0010-shifts") { database in try database.execute(sql: shifts) }
        migrator.registerMigration("0011-relay") { database in try database.execute(sql: relayStreams) }
        migrator.registerMigration("0012-feed") { database in try database.execute(sql: upstreamFeed) }
        migrator.registerMigration("0013-retention") { database in try database.execute(sql: retention) }
        return migrator
    }

    private static let facts = """
        CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE device (
            store TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
            fingerprint TEXT UNIQUE, token_hash BLOB UNIQUE,
            created_at INTEGER NOT NULL, revoked_at INTEGER,
            PRIMARY KEY (store, name)) WITHOUT ROWID;
        """

    // Each entry carries the balance after it: the last one is the balance, and the audit adds the others up. Entries lie
    // together by customer, so a receipt touches one page of the ledger and none of the customers.
    private static let customers = """
        CREATE TABLE customer (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, segment TEXT, birthday TEXT, consents TEXT,
            created_at INTEGER NOT NULL, merged_into INTEGER REFERENCES customer (id));

        CREATE TABLE customer_identifier (
            kind TEXT NOT NULL, value TEXT NOT NULL, customer INTEGER NOT NULL REFERENCES customer (id),
            PRIMARY KEY (kind, value)) WITHOUT ROWID;
        CREATE INDEX customer_identifier_by_customer ON customer_identifier (customer);

        CREATE TABLE ledger_entry (
            customer INTEGER NOT NULL REFERENCES customer (id), number INTEGER NOT NULL,
            points INTEGER NOT NULL, turnover INTEGER NOT NULL,
            points_after INTEGER NOT NULL, turnover_after INTEGER NOT NULL,
            reason TEXT NOT NULL, receipt INTEGER, at INTEGER NOT NULL,
            PRIMARY KEY (customer, number)) WITHOUT ROWID;
        """

    private static let receipts = """
        CREATE TABLE receipt (
            sequence INTEGER PRIMARY KEY,
            store TEXT NOT NULL, till TEXT NOT NULL, shift INTEGER NOT NULL, number TEXT NOT NULL,
            kind TEXT NOT NULL, customer INTEGER, total INTEGER NOT NULL,
            received_at INTEGER NOT NULL, body BLOB NOT NULL, answer BLOB NOT NULL, effects BLOB,
            UNIQUE (store, till, shift, number));

        CREATE TABLE receipt_conflict (
            id INTEGER PRIMARY KEY AUTOINCREMENT, receipt INTEGER NOT NULL REFERENCES receipt (sequence),
            kind TEXT NOT NULL, body BLOB NOT NULL, received_at INTEGER NOT NULL);
        CREATE INDEX receipt_conflict_by_receipt ON receipt_conflict (receipt);

        CREATE TABLE returned_line (
            receipt INTEGER NOT NULL REFERENCES receipt (sequence), line INTEGER NOT NULL,
            quantity INTEGER NOT NULL, PRIMARY KEY (receipt, line)) WITHOUT ROWID;
        """

    private static let orders = """
        CREATE TABLE pickup_order (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL, number TEXT NOT NULL, source_store TEXT NOT NULL, store TEXT NOT NULL,
            state TEXT NOT NULL,
            state_number INTEGER NOT NULL, offered_to TEXT, holder TEXT, prepaid INTEGER NOT NULL,
            body BLOB NOT NULL, pushed BLOB NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            UNIQUE (source, number));
        CREATE INDEX pickup_order_by_store ON pickup_order (store, state);

        CREATE TABLE order_transition (
            pickup_order INTEGER NOT NULL REFERENCES pickup_order (id), number INTEGER NOT NULL,
            action TEXT NOT NULL, state TEXT NOT NULL, role TEXT NOT NULL, device TEXT NOT NULL, person TEXT,
            reason TEXT, at INTEGER NOT NULL, PRIMARY KEY (pickup_order, number)) WITHOUT ROWID;

        CREATE TABLE device_event (
            store TEXT NOT NULL, device TEXT NOT NULL, number INTEGER NOT NULL,
            name TEXT NOT NULL, body BLOB NOT NULL, created_at INTEGER NOT NULL,
            PRIMARY KEY (store, device, number)) WITHOUT ROWID;

        CREATE TABLE device_event_counter (
            store TEXT NOT NULL, device TEXT NOT NULL, last_number INTEGER NOT NULL,
            PRIMARY KEY (store, device)) WITHOUT ROWID;
        """

    // A receipt is relayed from its own row: its outbox row holds no second copy of the body.
    private static let relay = """
        CREATE TABLE outbox (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
            receipt INTEGER, body BLOB, created_at INTEGER NOT NULL);

        CREATE TABLE quarantine (
            sequence INTEGER PRIMARY KEY, stream TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
            receipt INTEGER, body BLOB, created_at INTEGER NOT NULL, reason TEXT NOT NULL,
            refused_at INTEGER NOT NULL);
        """

    private static let catalogue = """
        CREATE TABLE product (
            sku TEXT PRIMARY KEY, name TEXT NOT NULL, price INTEGER, category TEXT) WITHOUT ROWID;

        CREATE TABLE product_barcode (
            barcode TEXT PRIMARY KEY, sku TEXT NOT NULL REFERENCES product (sku)) WITHOUT ROWID;
        """
}
