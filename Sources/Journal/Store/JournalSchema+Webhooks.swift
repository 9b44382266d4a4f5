extension JournalSchema {
    /// A place in one growing sequence for every change of an order, and what websites are told of them by webhook.
    static let webhooks = feed + hooks

    // Changes from before get their places by their times. Within an order its own numbers decide: a clock that was put
    // back must not turn an order's history round.
    private static let feed = """
        CREATE TABLE order_change (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, source_store TEXT NOT NULL, source TEXT NOT NULL,
            pickup_order INTEGER NOT NULL REFERENCES pickup_order (id), number INTEGER NOT NULL);
        CREATE INDEX order_change_by_source ON order_change (source_store, source, sequence);
        CREATE UNIQUE INDEX order_change_by_transition ON order_change (pickup_order, number);

        INSERT INTO order_change (source_store, source, pickup_order, number)
        SELECT o.source_store, o.source, t.pickup_order, t.number
        FROM (SELECT pickup_order, number,
                     max(at) OVER (PARTITION BY pickup_order ORDER BY number) AS latest FROM order_transition) t
        JOIN pickup_order o ON o.id = t.pickup_order
        ORDER BY t.latest, t.pickup_order, t.number;

        """

    // A delivery is a change that a website has not acknowledged. The lane of an order holds what is known of its oldest
    // one, so that what is due is found without reading all that wait behind it.
    private static let hooks = """
        CREATE TABLE webhook (
            id INTEGER PRIMARY KEY AUTOINCREMENT, store TEXT NOT NULL, site TEXT NOT NULL, url TEXT NOT NULL,
            secret TEXT NOT NULL, previous_secret TEXT, previous_until INTEGER, states TEXT,
            added_at INTEGER NOT NULL, acknowledged_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
            paused_until INTEGER NOT NULL DEFAULT 0, stopped_at INTEGER, last_error TEXT, failed_at INTEGER,
            UNIQUE (store, site));

        CREATE TABLE webhook_delivery (
            webhook INTEGER NOT NULL REFERENCES webhook (id),
            pickup_order INTEGER NOT NULL REFERENCES pickup_order (id), sequence INTEGER NOT NULL,
            PRIMARY KEY (webhook, pickup_order, sequence)) WITHOUT ROWID;
        CREATE INDEX webhook_delivery_by_sequence ON webhook_delivery (webhook, sequence);

        CREATE TABLE webhook_lane (
            webhook INTEGER NOT NULL REFERENCES webhook (id),
            pickup_order INTEGER NOT NULL REFERENCES pickup_order (id), attempts INTEGER NOT NULL DEFAULT 0,
            next_at INTEGER NOT NULL, last_error TEXT, PRIMARY KEY (webhook, pickup_order)) WITHOUT ROWID;
        CREATE INDEX webhook_lane_by_time ON webhook_lane (webhook, (attempts > 0), next_at);
        """
}
