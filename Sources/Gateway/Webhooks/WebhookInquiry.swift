import Journal
import LineProtocol
import Retail

extension Inquiries {
    /// WEBHOOK_LIST: every hook and how it goes, without the secrets.
    func webhooks(completion: @escaping Completion) {
        let now = clock.now()
        read(completion) { view in
            let newest = try view.lastOrderChange()
            let entries = try view.webhooks().map { hook in
                WebhookEntry(
                    hook, try view.webhookStanding(hook.id), newest: newest, at: now,
                    failing: try view.failingOrders(of: hook.id, limit: ProtocolLimits.webhookFailingOrders))
            }
            return WebhookListReply(webhooks: entries).text
        }
    }
}

extension StoredWebhook {
    /// How the site is told at present.
    func state(at now: Instant) -> WebhookEntry.State {
        if isRevoked { return .revoked }
        if stoppedAt != nil { return .stopped }
        return pausedUntil > now || attempts > 0 ? .paused : .active
    }
}

extension WebhookEntry {
    init(
        _ hook: StoredWebhook, _ standing: WebhookStanding, newest: Int64, at now: Instant, failing: [FailingOrder]
    ) {
        let state = hook.state(at: now)
        let isTried = state == .active || state == .paused
        self.init(
            store: hook.store, site: hook.site, url: hook.url, state: state,
            states: hook.states.map { states in OrderState.allCases.filter(states.contains) }, addedAt: hook.addedAt,
            deliveredThrough: standing.oldest.map { $0 - 1 } ?? newest, waiting: standing.waiting,
            oldestAt: standing.oldestAt, acknowledgedAt: hook.acknowledgedAt, lastError: hook.lastError,
            failedAt: hook.failedAt,
            nextAttemptAt: isTried ? standing.nextAttemptAt.map { max($0, hook.pausedUntil, now) } : nil,
            failing: standing.failing,
            failingOrders: failing.map { order in
                Order(
                    order: order.key.order, number: Int64(order.number), attempts: order.attempts,
                    nextAttemptAt: max(order.nextAttemptAt, hook.pausedUntil), lastError: order.lastError)
            })
    }
}
