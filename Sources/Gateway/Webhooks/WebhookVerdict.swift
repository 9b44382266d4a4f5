import Journal
import Retail

/// What a message's outcome means for its order and its site.
enum WebhookVerdict: Sendable {
    /// The site has the change.
    case acknowledged
    /// The site does not have it, or has not said so: again at that moment, and nothing at all before `sitePause`.
    case postponed(until: Instant, sitePause: Instant?, reason: String)
    /// The site was not to be reached so many times in a row: nothing before that moment.
    case missed(attempts: Int, until: Instant, reason: String)
    /// 410: the site wants to be told nothing more.
    case gone(until: Instant)
    /// The gateway stops: as if it had not been sent.
    case unknown

    /// Writes it down.
    func note(_ delivery: WebhookDelivery, _ transaction: JournalTransaction, at now: Instant) throws {
        switch self {
        case .acknowledged:
            try transaction.acknowledgeWebhook(delivery, at: now)
        case .postponed(let next, let sitePause, let reason):
            try transaction.postponeWebhook(delivery, until: next, reason: reason, at: now)
            if let sitePause { try transaction.pauseWebhook(delivery.webhook, until: sitePause) }
        case .missed(let attempts, let next, let reason):
            try transaction.missWebhook(delivery, attempts: attempts, until: next, reason: reason, at: now)
        case .gone(let next):
            try transaction.postponeWebhook(delivery, until: next, reason: Self.goneReason, at: now)
            try transaction.stopWebhook(delivery.webhook, reason: Self.goneReason, at: now)
        case .unknown:
            break
        }
    }

    /// Why the site does not have the change; nil when it has, or when nothing is known.
    var failure: String? {
        switch self {
        case .acknowledged, .unknown: nil
        case .postponed(_, _, let reason), .missed(_, _, let reason): reason
        case .gone: Self.goneReason
        }
    }

    private static let goneReason = "HTTP 410"
}
