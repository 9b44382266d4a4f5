extension JournalSchema {
    /// What an order waits for, so that no deadline is forgotten by a stop: what was due meanwhile happens when the gateway
    /// is back, once. Orders from before get the deadlines that they would have.
    static let orderTimers = """
        ALTER TABLE pickup_order ADD COLUMN pickup_until INTEGER;
        ALTER TABLE pickup_order ADD COLUMN escalated_at INTEGER;
        ALTER TABLE pickup_order ADD COLUMN picks BLOB;

        CREATE TABLE order_timer (
            pickup_order INTEGER NOT NULL REFERENCES pickup_order (id), kind TEXT NOT NULL, due_at INTEGER NOT NULL,
            PRIMARY KEY (pickup_order, kind)) WITHOUT ROWID;
        CREATE INDEX order_timer_by_due ON order_timer (due_at);

        UPDATE pickup_order SET pickup_until = CAST(round(
            (julianday(json_extract(CAST(body AS TEXT), '$.pickup_until')) - 2440587.5) * 86400000) AS INTEGER)
        WHERE json_extract(CAST(body AS TEXT), '$.pickup_until') IS NOT NULL;

        INSERT INTO order_timer
        SELECT id, 'deliver', created_at FROM pickup_order WHERE state = 'new'
        UNION ALL
        SELECT id, 'accept', created_at + 180000 FROM pickup_order WHERE state IN ('new', 'delivered')
        UNION ALL
        SELECT id, 'expire', pickup_until FROM pickup_order
        WHERE pickup_until IS NOT NULL AND state IN ('new', 'delivered', 'accepted', 'picking', 'ready', 'claimed');
        """

    /// Indexes for lists that must not grow with the years and for reports about what stores have promised; orders from
    /// before get the promises that they would have.
    static let orderPromises = """
        CREATE INDEX pickup_order_by_age ON pickup_order (created_at);

        CREATE INDEX pickup_order_by_source ON pickup_order (source, state);
        CREATE INDEX pickup_order_by_till ON pickup_order (store, coalesce(holder, offered_to))
        WHERE state IN ('new', 'delivered', 'accepted', 'picking', 'ready', 'claimed');
        CREATE INDEX pickup_order_escalated ON pickup_order (store)
        WHERE state IN ('new', 'delivered') AND escalated_at IS NOT NULL;
        CREATE INDEX pickup_order_claimed ON pickup_order (store, holder) WHERE state = 'claimed';

        CREATE VIEW stored_order AS
        SELECT id, source, number, source_store, store, state, state_number, offered_to, holder, prepaid, body,
               created_at, changed_at, pickup_until, escalated_at FROM pickup_order;
        CREATE VIEW escalated_order AS
        SELECT id, source, number, source_store, store, state, state_number, offered_to, holder, prepaid, body,
               created_at, changed_at, pickup_until, escalated_at FROM pickup_order INDEXED BY pickup_order_escalated
        WHERE state IN ('new', 'delivered') AND escalated_at IS NOT NULL;
        CREATE VIEW claimed_order AS
        SELECT id, source, number, source_store, store, state, state_number, offered_to, holder, prepaid, body,
               created_at, changed_at, pickup_until, escalated_at FROM pickup_order INDEXED BY pickup_order_claimed
        WHERE state = 'claimed';

        INSERT INTO order_timer
        SELECT id, 'ready', created_at + 2700000 FROM pickup_order
        WHERE state IN ('new', 'delivered', 'accepted', 'picking')
        UNION ALL
        SELECT id, 'confirm', changed_at + 180000 FROM pickup_order WHERE state = 'cancel_requested';
        """
}
