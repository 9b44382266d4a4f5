import Retail

/// What a webhook's messages are signed with. It must be known in clear to sign, so it cannot be stored as a hash; nothing
/// that prints or logs it by accident shows it.
package struct WebhookSecret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The secret itself.
    package let text: String

    /// Wraps a secret.
    package init(_ text: String) { self.text = text }

    package var description: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a website wants to be told of its orders, and how that goes.
package struct StoredWebhook: Sendable, Equatable {
    /// The hook's row: another one when it was removed and set again.
    package var id: Int64
    /// The store of the website's device; `*` for one that serves all.
    package var store: String
    /// The website's device.
    package var site: String
    package var url: String
    package var secret: WebhookSecret
    /// The secret before, which messages are signed with beside the new one until ``previousUntil``.
    package var previousSecret: WebhookSecret?
    package var previousUntil: Instant?
    /// Only changes to these states; nil for all.
    package var states: Set<OrderState>?
    package var addedAt: Instant
    /// When the site last acknowledged something.
    package var acknowledgedAt: Instant?
    /// Attempts in a row that did not reach the site.
    package var attempts: Int
    /// Nothing is sent before this moment.
    package var pausedUntil: Instant
    /// When the site asked to be told nothing more.
    package var stoppedAt: Instant?
    /// Why the last attempt that failed did, and when.
    package var lastError: String?
    package var failedAt: Instant?
    /// The website's device was revoked: it is told nothing.
    package var isRevoked: Bool
}

extension JournalView {
    /// All webhooks, by store and site.
    package func webhooks() throws(SQLError) -> [StoredWebhook] {
        try statement(
            """
            SELECT w.id, w.store, w.site, w.url, w.secret, w.previous_secret, w.previous_until, w.states, w.added_at,
                   w.acknowledged_at, w.attempts, w.paused_until, w.stopped_at, w.last_error, w.failed_at,
                   d.name IS NULL OR d.revoked_at IS NOT NULL
            FROM webhook w LEFT JOIN device d ON d.store = w.store AND d.name = w.site
            ORDER BY w.store, w.site
            """
        ).all(StoredWebhook.init(row:))
    }
}

extension JournalTransaction {
    /// Adds a webhook; what changes from now on waits for it.
    package func addWebhook(
        store: String, site: String, url: String, secret: WebhookSecret, states: Set<OrderState>?, at now: Instant
    ) throws(SQLError) -> Int64 {
        try statement("INSERT INTO webhook (store, site, url, secret, states, added_at) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(store).bind(site).bind(url).bind(secret.text).bind(states.map(stateList))
            .bind(now.millisecondsSinceEpoch)
            .run()
        return lastInsertedRow
    }

    /// Writes what an operator may change of a webhook; what waits goes to the new address.
    package func changeWebhook(_ hook: StoredWebhook) throws(SQLError) {
        try statement(
            """
            UPDATE webhook SET url = ?, secret = ?, previous_secret = ?, previous_until = ?, states = ? WHERE id = ?
            """
        )
        .bind(hook.url).bind(hook.secret.text).bind(hook.previousSecret?.text)
        .bind(hook.previousUntil?.millisecondsSinceEpoch).bind(hook.states.map(stateList)).bind(hook.id)
        .run()
    }

    /// Forgets a webhook and what waits for it.
    package func removeWebhook(_ id: Int64) throws(SQLError) {
        try statement("DELETE FROM webhook_lane WHERE webhook = ?").bind(id).run()
        try statement("DELETE FROM webhook_delivery WHERE webhook = ?").bind(id).run()
        try statement("DELETE FROM webhook WHERE id = ?").bind(id).run()
    }

    /// Puts changes that the site was told already, or that were made before there was a hook, behind what waits.
    ///
    /// - Parameter sequence: changes after this place; those that wait already wait once.
    package func replayForWebhook(_ id: Int64, after sequence: Int64, at now: Instant) throws(SQLError) {
        try statement(
            """
            INSERT OR IGNORE INTO webhook_delivery (webhook, pickup_order, sequence)
            SELECT w.id, c.pickup_order, c.sequence FROM webhook w
            JOIN order_change c ON c.source_store = w.store AND c.source = w.site AND c.sequence > ?2
            JOIN order_transition t ON t.pickup_order = c.pickup_order AND t.number = c.number
            WHERE w.id = ?1 AND (w.states IS NULL OR instr(w.states, ',' || t.state || ',') > 0)
            """
        ).bind(id).bind(sequence).run()
        try statement(
            """
            INSERT OR IGNORE INTO webhook_lane (webhook, pickup_order, next_at)
            SELECT DISTINCT webhook, pickup_order, ?2 FROM webhook_delivery WHERE webhook = ?1
            """
        ).bind(id).bind(now.millisecondsSinceEpoch).run()
    }

    /// Notes a change for the website's webhook, if it has one that asks for such a state.
    func enqueueForWebhook(
        _ step: StoredTransition, place sequence: Int64, of order: StoredOrder
    ) throws(SQLError) {
        let hook = try statement(
            """
            SELECT id FROM webhook WHERE store = ? AND site = ? AND (states IS NULL OR instr(states, ?) > 0)
            """
        ).bind(order.sourceStore).bind(order.key.source).bind(",\(step.state.rawValue),").first { $0.integer(0) }
        guard let hook else { return }
        try statement("INSERT INTO webhook_delivery (webhook, pickup_order, sequence) VALUES (?, ?, ?)")
            .bind(hook).bind(order.id).bind(sequence).run()
        // A lane that is there keeps its pause: this change waits behind the one that is not acknowledged.
        try statement("INSERT OR IGNORE INTO webhook_lane (webhook, pickup_order, next_at) VALUES (?, ?, ?)")
            .bind(hook).bind(order.id).bind(step.at.millisecondsSinceEpoch).run()
    }
}

/// States as the table has them: each between commas, so that one is found by its text.
private func stateList(_ states: Set<OrderState>) -> String {
    "," + states.map(\.rawValue).sorted().joined(separator: ",") + ","
}

extension StoredWebhook {
    init(row: SQLRow) {
        func instant(_ column: Int32) -> Instant? {
            row.integerOrNil(column).map(Instant.init(millisecondsSinceEpoch:))
        }
        self.init(
            id: row.integer(0), store: row.text(1), site: row.text(2), url: row.text(3),
            secret: WebhookSecret(row.text(4)), previousSecret: row.textOrNil(5).map(WebhookSecret.init),
            previousUntil: instant(6),
            states: row.textOrNil(7).map { list in
                Set(list.split(separator: ",").compactMap { OrderState(rawValue: String($0)) })
            },
            addedAt: Instant(millisecondsSinceEpoch: row.integer(8)), acknowledgedAt: instant(9),
            attempts: Int(row.integer(10)), pausedUntil: Instant(millisecondsSinceEpoch: row.integer(11)),
            stoppedAt: instant(12), lastError: row.textOrNil(13), failedAt: instant(14), isRevoked: row.bool(15))
    }
}
