import Journal
import Locking
import Logging
import Retail

/// Tells the log when a site begins to fail, every now and then while it goes on, and when it is well again: not once for
/// each of the thousand messages of a bad night.
final class WebhookFailureLog: Sendable {
    private struct Failing {
        var since: Instant
        /// When the log was last told, also of a failure that is over: a site that comes and goes is one story.
        var toldAt = Instant.distantPast
        /// Whether the log knows of what fails now.
        var isTold = false
        /// Orders of which a message has failed and none has been taken since; nil stands for the site itself.
        var orders: Set<Int64?>
        var failures = 0
    }

    /// Orders that are remembered for one site; what matters is whether there are any.
    private static let ordersMaximum = 1_000

    private let log: Logger
    private let failing = Mutex<[Int64: Failing]>([:])

    init(log: Logger) {
        self.log = log
    }

    func note(_ verdict: WebhookVerdict, _ delivery: WebhookDelivery, of hook: StoredWebhook, at now: Instant) {
        if let reason = verdict.failure {
            noteFailure(reason, of: verdict, delivery, hook, now)
        } else if case .acknowledged = verdict {
            noteSuccess(delivery, hook, now)
        }
    }

    private func noteFailure(
        _ reason: String, of verdict: WebhookVerdict, _ delivery: WebhookDelivery, _ hook: StoredWebhook,
        _ now: Instant
    ) {
        let (site, isDue) = failing.withLock { failing in
            var site = failing[hook.id] ?? Failing(since: now, orders: [])
            if site.orders.isEmpty { (site.since, site.failures) = (now, 0) }
            site.failures += 1
            if case .missed = verdict { site.orders.insert(nil) } else { site.orders.insert(delivery.order) }
            if site.orders.count > Self.ordersMaximum { site.orders.removeFirst() }
            let isDue = site.toldAt.adding(milliseconds: WebhookLimits.logIntervalMilliseconds) <= now
            if isDue { (site.toldAt, site.isTold) = (now, true) }
            failing[hook.id] = site
            return (site, isDue)
        }
        if case .gone = verdict {
            log.error("a website answered 410: its webhook is stopped", metadata: ["site": "\(hook.site)"])
        } else if isDue {
            log.warning(
                "a website does not take what its webhook brings; it is tried again",
                metadata: [
                    "site": "\(hook.site)", "order": "\(delivery.change.key.order)", "reason": "\(reason)",
                    "failures": "\(site.failures)", "since": "\(site.since.rfc3339)",
                ])
        }
    }

    private func noteSuccess(_ delivery: WebhookDelivery, _ hook: StoredWebhook, _ now: Instant) {
        let recovered: Failing? = failing.withLock { failing in
            guard var site = failing[hook.id], !site.orders.isEmpty else { return nil }
            site.orders.remove(nil)
            site.orders.remove(delivery.order)
            let recovered = site.orders.isEmpty && site.isTold ? site : nil
            if site.orders.isEmpty { site.isTold = false }
            failing[hook.id] = site
            return recovered
        }
        guard let recovered else { return }
        log.notice(
            "a website takes what its webhook brings again",
            metadata: [
                "site": "\(hook.site)", "failures": "\(recovered.failures)", "since": "\(recovered.since.rfc3339)",
            ])
    }
}
