import Retail

/// A change that a website is to be told next of one of its orders.
package struct WebhookDelivery: Sendable, Equatable {
    /// The hook's row.
    package var webhook: Int64
    /// The order's row: changes of one order go one after the other.
    package var order: Int64
    /// Attempts at this change that failed.
    package var attempts: Int
    package var change: StoredOrderChange
}

/// How much waits for a website.
package struct WebhookStanding: Sendable, Equatable {
    /// Changes that the site has not acknowledged.
    package var waiting: Int
    /// The place of the oldest of them, and when it was made.
    package var oldest: Int64?
    package var oldestAt: Instant?
    /// Orders whose oldest change the site has refused, or not answered in time.
    package var failing: Int
    /// When something is tried next; pauses of the whole site are not counted in.
    package var nextAttemptAt: Instant?
}

/// An order that a website does not take.
package struct FailingOrder: Sendable, Equatable {
    package var key: OrderKey
    /// The number of the transition that is not acknowledged.
    package var number: Int
    package var attempts: Int
    package var nextAttemptAt: Instant
    package var lastError: String
}

extension JournalView {
    /// The oldest unacknowledged change of each order whose time has come, the longest due first.
    ///
    /// - Parameter retries: those that have failed before, or those that have not.
    package func webhookDeliveriesDue(
        _ webhook: Int64, retries: Bool, at now: Instant, limit: Int
    ) throws(SQLError) -> [WebhookDelivery] {
        try statement(
            """
            SELECT l.pickup_order, l.attempts, c.sequence, o.source, o.number, o.store,
                   t.number, t.action, t.state, t.role, t.device, t.person, t.reason, t.at
            FROM webhook_lane l
            JOIN order_change c ON c.sequence = (
                SELECT min(d.sequence) FROM webhook_delivery d
                WHERE d.webhook = l.webhook AND d.pickup_order = l.pickup_order)
            JOIN pickup_order o ON o.id = c.pickup_order
            JOIN order_transition t ON t.pickup_order = c.pickup_order AND t.number = c.number
            WHERE l.webhook = ? AND (l.attempts > 0) = ? AND l.next_at <= ? ORDER BY l.next_at, l.pickup_order LIMIT ?
            """
        ).bind(webhook).bind(retries).bind(now.millisecondsSinceEpoch).bind(limit).all { row in
            WebhookDelivery(
                webhook: webhook, order: row.integer(0), attempts: Int(row.integer(1)),
                change: StoredOrderChange(row: row, from: 2))
        }
    }

    /// Whether anything waits for a website, due or not.
    package func hasWebhookDeliveries(_ webhook: Int64) throws(SQLError) -> Bool {
        try statement("SELECT 1 FROM webhook_lane WHERE webhook = ? LIMIT 1").bind(webhook).first { _ in true } ?? false
    }

    /// How much waits for a website.
    package func webhookStanding(_ webhook: Int64) throws(SQLError) -> WebhookStanding {
        var standing = WebhookStanding(waiting: 0, failing: 0)
        try statement("SELECT count(*), min(sequence) FROM webhook_delivery WHERE webhook = ?").bind(webhook)
            .forEach { row in
                standing.waiting = Int(row.integer(0))
                standing.oldest = row.integerOrNil(1)
            }
        guard let oldest = standing.oldest else { return standing }
        standing.oldestAt = try statement(
            """
            SELECT t.at FROM order_change c
            JOIN order_transition t ON t.pickup_order = c.pickup_order AND t.number = c.number WHERE c.sequence = ?
            """
        ).bind(oldest).first { Instant(millisecondsSinceEpoch: $0.integer(0)) }
        try statement("SELECT count(last_error), min(next_at) FROM webhook_lane WHERE webhook = ?").bind(webhook)
            .forEach { row in
                standing.failing = Int(row.integer(0))
                standing.nextAttemptAt = row.integerOrNil(1).map(Instant.init(millisecondsSinceEpoch:))
            }
        return standing
    }

    /// The orders that a website does not take, those with the oldest changes first.
    package func failingOrders(of webhook: Int64, limit: Int) throws(SQLError) -> [FailingOrder] {
        try statement(
            """
            SELECT o.source, o.number, c.number, l.attempts, l.next_at, l.last_error
            FROM webhook_lane l
            JOIN order_change c ON c.sequence = (
                SELECT min(d.sequence) FROM webhook_delivery d
                WHERE d.webhook = l.webhook AND d.pickup_order = l.pickup_order)
            JOIN pickup_order o ON o.id = l.pickup_order
            WHERE l.webhook = ? AND l.last_error IS NOT NULL ORDER BY c.sequence LIMIT ?
            """
        ).bind(webhook).bind(limit).all { row in
            FailingOrder(
                key: OrderKey(source: row.text(0), order: row.text(1)), number: Int(row.integer(2)),
                attempts: Int(row.integer(3)), nextAttemptAt: Instant(millisecondsSinceEpoch: row.integer(4)),
                lastError: row.text(5))
        }
    }

    /// Changes that websites with a webhook have not acknowledged, all together.
    package func webhookBacklog() throws(SQLError) -> Int {
        Int(try statement("SELECT count(*) FROM webhook_delivery").first { $0.integer(0) } ?? 0)
    }
}

extension JournalTransaction {
    /// The website has a change: the next one of the order may follow at once.
    package func acknowledgeWebhook(_ delivery: WebhookDelivery, at now: Instant) throws(SQLError) {
        try statement("DELETE FROM webhook_delivery WHERE webhook = ? AND pickup_order = ? AND sequence = ?")
            .bind(delivery.webhook).bind(delivery.order).bind(delivery.change.sequence).run()
        try statement(
            """
            UPDATE webhook_lane SET attempts = 0, next_at = ?3, last_error = NULL WHERE webhook = ?1 AND pickup_order = ?2
            """
        ).bind(delivery.webhook).bind(delivery.order).bind(now.millisecondsSinceEpoch).run()
        try statement(
            """
            DELETE FROM webhook_lane WHERE webhook = ?1 AND pickup_order = ?2 AND NOT EXISTS (
                SELECT 1 FROM webhook_delivery d WHERE d.webhook = ?1 AND d.pickup_order = ?2)
            """
        ).bind(delivery.webhook).bind(delivery.order).run()
        // A pause that the site asked for holds; one because it was not to be reached is over.
        try statement(
            """
            UPDATE webhook SET acknowledged_at = ?2, paused_until = iif(attempts > 0, 0, paused_until), attempts = 0
            WHERE id = ?1
            """
        ).bind(delivery.webhook).bind(now.millisecondsSinceEpoch).run()
    }

    /// The website has answered and does not have the change, or was reached and said nothing in time.
    package func postponeWebhook(
        _ delivery: WebhookDelivery, until next: Instant, reason: String, at now: Instant
    ) throws(SQLError) {
        try statement(
            """
            UPDATE webhook_lane SET attempts = ?, next_at = ?, last_error = ? WHERE webhook = ? AND pickup_order = ?
            """
        )
        .bind(delivery.attempts + 1).bind(next.millisecondsSinceEpoch).bind(reason).bind(delivery.webhook)
        .bind(delivery.order)
        .run()
        try statement(
            """
            UPDATE webhook SET last_error = ?2, failed_at = ?3, paused_until = iif(attempts > 0, 0, paused_until),
                               attempts = 0
            WHERE id = ?1
            """
        ).bind(delivery.webhook).bind(reason).bind(now.millisecondsSinceEpoch).run()
    }

    /// The website asks for a pause.
    package func pauseWebhook(_ webhook: Int64, until moment: Instant) throws(SQLError) {
        try statement("UPDATE webhook SET paused_until = max(paused_until, ?2) WHERE id = ?1")
            .bind(webhook).bind(moment.millisecondsSinceEpoch).run()
    }

    /// The website was not to be reached, which is no order's fault; the order goes to the end of those that are due.
    package func missWebhook(
        _ delivery: WebhookDelivery, attempts: Int, until next: Instant, reason: String, at now: Instant
    ) throws(SQLError) {
        try statement("UPDATE webhook_lane SET next_at = max(next_at, ?3) WHERE webhook = ?1 AND pickup_order = ?2")
            .bind(delivery.webhook).bind(delivery.order).bind(now.millisecondsSinceEpoch).run()
        try statement(
            """
            UPDATE webhook SET attempts = ?2, paused_until = max(paused_until, ?3), last_error = ?4, failed_at = ?5
            WHERE id = ?1
            """
        )
        .bind(delivery.webhook).bind(attempts).bind(next.millisecondsSinceEpoch).bind(reason)
        .bind(now.millisecondsSinceEpoch)
        .run()
    }

    /// The website wants to be told nothing more; what it does not have waits.
    package func stopWebhook(_ webhook: Int64, reason: String, at now: Instant) throws(SQLError) {
        try statement("UPDATE webhook SET stopped_at = ?2, last_error = ?3, failed_at = ?2 WHERE id = ?1")
            .bind(webhook).bind(now.millisecondsSinceEpoch).bind(reason).run()
    }

    /// Ends the pauses of a website, and a stop; with an order's row only that order's pause and those of the whole site.
    ///
    /// - Returns: how many orders with something unacknowledged are tried now.
    package func resumeWebhook(_ webhook: Int64, order: Int64? = nil, at now: Instant) throws(SQLError) -> Int {
        try statement("UPDATE webhook SET attempts = 0, paused_until = 0, stopped_at = NULL WHERE id = ?")
            .bind(webhook).run()
        try statement(
            """
            UPDATE webhook_lane SET attempts = 0, next_at = min(next_at, ?3)
            WHERE webhook = ?1 AND (?2 IS NULL OR pickup_order = ?2)
            """
        ).bind(webhook).bind(order).bind(now.millisecondsSinceEpoch).run()
        let lanes = try statement(
            "SELECT count(*) FROM webhook_lane WHERE webhook = ?1 AND (?2 IS NULL OR pickup_order = ?2)"
        ).bind(webhook).bind(order).first { $0.integer(0) }
        return Int(lanes ?? 0)
    }

    /// Brings attempts back that lie further ahead than any pause is: the clock was put back meanwhile.
    package func limitWebhookPauses(to latest: Instant) throws(SQLError) {
        try statement("UPDATE webhook_lane SET next_at = ?1 WHERE next_at > ?1").bind(latest.millisecondsSinceEpoch)
            .run()
        try statement("UPDATE webhook SET paused_until = ?1 WHERE paused_until > ?1")
            .bind(latest.millisecondsSinceEpoch).run()
    }
}
