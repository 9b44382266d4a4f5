extension JournalSchema {
    /// Lots, holds, and what promotions and mechanics ask about a customer. What stands in one row per customer before
    /// becomes one lot that never expires, or a debt.
    static let loyalty = lots + openingLots + promotions + programmes

    // Lots and holds lie together by customer, as ledger entries do: a receipt touches one page of each. A lot that is
    // empty stays, because a return gives its points back to it, but aside from those with points: a card that is shown
    // at every sale must not become slower with every sale.
    private static let lots = """
        CREATE TABLE counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE points_lot (
            customer INTEGER NOT NULL REFERENCES customer (id), is_empty INTEGER NOT NULL, number INTEGER NOT NULL,
            origin TEXT NOT NULL, receipt_key TEXT, active_from INTEGER NOT NULL, expires_at INTEGER,
            points INTEGER NOT NULL, PRIMARY KEY (customer, is_empty, number)) WITHOUT ROWID;
        CREATE INDEX points_lot_by_expiry ON points_lot (expires_at) WHERE is_empty = 0 AND expires_at IS NOT NULL;

        CREATE TABLE points_hold (
            customer INTEGER NOT NULL REFERENCES customer (id), receipt_key TEXT NOT NULL, position INTEGER NOT NULL,
            lot INTEGER NOT NULL, points INTEGER NOT NULL, expires_at INTEGER NOT NULL,
            PRIMARY KEY (customer, receipt_key, position)) WITHOUT ROWID;
        CREATE INDEX points_hold_by_receipt ON points_hold (receipt_key);
        CREATE INDEX points_hold_by_expiry ON points_hold (expires_at);

        ALTER TABLE ledger_entry ADD COLUMN lot INTEGER;
        ALTER TABLE ledger_entry ADD COLUMN original INTEGER;
        ALTER TABLE ledger_entry ADD COLUMN purchases INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ledger_entry ADD COLUMN purchases_after INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE ledger_entry ADD COLUMN debt_after INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX ledger_entry_by_original ON ledger_entry (original) WHERE original IS NOT NULL;

        """

    private static let openingLots = """
        UPDATE ledger_entry SET purchases = 1, original = receipt WHERE reason = 'sale';
        UPDATE ledger_entry SET purchases_after = sums.purchases
        FROM (SELECT customer, number, sum(purchases) OVER (PARTITION BY customer ORDER BY number) AS purchases
              FROM ledger_entry) AS sums
        WHERE sums.customer = ledger_entry.customer AND sums.number = ledger_entry.number;

        INSERT INTO points_lot (customer, is_empty, number, origin, active_from, points)
        SELECT customer, 0, row_number() OVER (ORDER BY customer), 'granted', min(at), sum(points)
        FROM ledger_entry GROUP BY customer HAVING sum(points) > 0;
        UPDATE ledger_entry SET lot = (SELECT number FROM points_lot l WHERE l.customer = ledger_entry.customer);
        UPDATE ledger_entry SET debt_after = -points_after WHERE lot IS NULL;
        INSERT INTO counter SELECT 'lot', coalesce(max(number), 0) + 1 FROM points_lot;

        """

    private static let promotions = """
        CREATE TABLE promotion_use (
            customer INTEGER NOT NULL REFERENCES customer (id), promotion TEXT NOT NULL, receipts INTEGER NOT NULL,
            PRIMARY KEY (customer, promotion)) WITHOUT ROWID;
        CREATE TABLE promotion_total (promotion TEXT PRIMARY KEY, receipts INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE birthday_gift (
            customer INTEGER PRIMARY KEY REFERENCES customer (id), year INTEGER NOT NULL);

        """

    // Every programme that was ever in force stays, so that an old receipt can be explained by the rules of its day.
    private static let programmes = """
        CREATE TABLE programme (
            hash TEXT PRIMARY KEY, id TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL,
            first_in_force_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE programme_sent (position INTEGER PRIMARY KEY, hash TEXT NOT NULL REFERENCES programme (hash));

        ALTER TABLE receipt ADD COLUMN judgement BLOB;
        """

    /// Which programmes are in force, wherever they came from: not only those that were sent.
    static let programmesInForce = """
        CREATE TABLE programme_in_force (
            source TEXT NOT NULL, position INTEGER NOT NULL, hash TEXT NOT NULL REFERENCES programme (hash),
            PRIMARY KEY (source, position)) WITHOUT ROWID;
        INSERT INTO programme_in_force SELECT 'sent', position, hash FROM programme_sent;
        DROP TABLE programme_sent;
        """
}
