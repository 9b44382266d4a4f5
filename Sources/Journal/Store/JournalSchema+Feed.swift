extension JournalSchema {
    /// What upstream sends down: how far it was taken in, what was refused, and what makes taking it in twice harmless.
    static let upstreamFeed = feedProgress + corrections + customersFromUpstream + productsFromUpstream

    // `feed_seen` lives only while a snapshot is taken in: what it does not name at its end is no longer there.
    private static let feedProgress = """
        CREATE TABLE feed_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE feed_seen (kind TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;

        CREATE TABLE feed_version (
            kind TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;

        CREATE TABLE refused_change (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, body BLOB,
            code TEXT NOT NULL, field TEXT, reason TEXT NOT NULL, waits_for TEXT, refused_at INTEGER NOT NULL);
        CREATE INDEX refused_change_by_need ON refused_change (waits_for) WHERE waits_for IS NOT NULL;

        """

    // The ids of corrections stay for good: one that comes again after years must not count again.
    private static let corrections = """
        CREATE TABLE points_correction (
            id TEXT PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer (id), points INTEGER NOT NULL,
            turnover INTEGER NOT NULL, reason TEXT NOT NULL, receipt_key TEXT, at INTEGER NOT NULL,
            is_contained INTEGER NOT NULL, applied_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX points_correction_by_receipt ON points_correction (receipt_key) WHERE receipt_key IS NOT NULL;

        CREATE TABLE customer_rating (
            customer INTEGER PRIMARY KEY REFERENCES customer (id), value INTEGER NOT NULL, at INTEGER NOT NULL,
            text TEXT, store TEXT, seller TEXT);

        """

    // `known_at`: as of when upstream last spoke of the person; `told_at`: when a shop was last told something.
    // `opened_at`: up to when the balance that the customer came with has everything in it.
    private static let customersFromUpstream = """
        ALTER TABLE customer ADD COLUMN known_at INTEGER;
        ALTER TABLE customer ADD COLUMN told_at INTEGER;
        ALTER TABLE customer ADD COLUMN opened_at INTEGER;

        """

    // `price_at`: from when on the price counts; an older one does not come back.
    private static let productsFromUpstream = """
        ALTER TABLE product ADD COLUMN withdrawn_at INTEGER;
        ALTER TABLE product ADD COLUMN known_at INTEGER;
        ALTER TABLE product ADD COLUMN price_at INTEGER;

        CREATE TABLE coming_price (
            sku TEXT NOT NULL REFERENCES product (sku), from_at INTEGER NOT NULL, price INTEGER NOT NULL,
            said_at INTEGER NOT NULL, PRIMARY KEY (sku, from_at)) WITHOUT ROWID;
        CREATE INDEX coming_price_by_time ON coming_price (from_at);
        """
}
