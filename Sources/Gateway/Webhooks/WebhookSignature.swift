import Certificates
import Journal
import LineProtocol
import Retail
import Upstream

/// Proves to a website that a message comes from the gateway, and when it was sent.
enum WebhookSignature {
    /// `t=<seconds>,v1=<hex>`, and one more `v1` for each further secret: HMAC-SHA-256 of `<seconds>.<body>`.
    static func header(secrets: [WebhookSecret], seconds: Int64, body: [UInt8]) -> String {
        let signed = Array("\(seconds).".utf8) + body
        let codes = secrets.map { ",v1=" + hexadecimal(hmacSHA256(key: $0.text.utf8, signed)) }
        return "t=\(seconds)" + codes.joined()
    }
}

extension WebhookMessage {
    /// What a site is told of a change: the same each time it is sent, but for the time and the signature.
    init(_ delivery: WebhookDelivery, to hook: StoredWebhook, at now: Instant) {
        let body = OrderChange(delivery.change).text
        let seconds = now.millisecondsSinceEpoch / 1_000
        let hasPrevious = hook.previousUntil.map { now < $0 } ?? false
        let secrets = [hook.secret] + (hasPrevious ? [hook.previousSecret].compactMap { $0 } : [])
        self.init(
            url: hook.url,
            headers: [
                "Tillgate-Id: \(delivery.change.id)", "Tillgate-Timestamp: \(seconds)",
                "Tillgate-Signature: "
                    + WebhookSignature.header(secrets: secrets, seconds: seconds, body: body),
            ],
            body: body)
    }
}

extension StoredOrderChange {
    /// What a website tells a repetition by: a transition has one number within its order, for good.
    var id: String { "\(key.source)/\(key.order)/\(transition.number)" }
}
