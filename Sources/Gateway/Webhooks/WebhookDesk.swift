import Certificates
import Crew
import Journal
import LineProtocol
import Retail
import Upstream

/// What the operator does with webhooks.
final class WebhookDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// 256 bits, as long as the code that is made with it.
    private static let secretBytes = 32

    private let journal: Journal
    private let clock: any WallClock
    private let waker: Waker

    init(journal: Journal, clock: any WallClock, waker: Waker) {
        self.journal = journal
        self.clock = clock
        self.waker = waker
    }

    /// WEBHOOK_PUT: adds a website's hook, or changes the one it has and ends its pauses.
    func put(_ message: WebhookPut, completion: @escaping Completion) {
        do throws(WebAddressError) {
            try WebhookMessage.check(url: message.url)
        } catch {
            completion(.failure(Refusal.badField("url", error.reason)))
            return
        }
        let fresh = WebhookSecret(hexadecimal(randomBytes(Self.secretBytes)))
        let now = clock.now()
        change(completion) { transaction in
            let isKnown = try transaction.devices().contains { device in
                device.store == message.store && device.name == message.site && device.role == .website
            }
            guard isKnown else { throw Refusal(.notFound, "no website of this name in this store") }
            let hooks = try transaction.webhooks()
            var hook: StoredWebhook
            var made: WebhookSecret?
            if let known = hooks.first(where: { $0.store == message.store && $0.site == message.site }) {
                hook = known
                made = message.makesSecret ? fresh : nil
                hook.update(to: message, secret: made ?? message.secret.map(WebhookSecret.init), at: now)
                try transaction.changeWebhook(hook)
                _ = try transaction.resumeWebhook(hook.id, at: now)
            } else {
                guard hooks.count < ProtocolLimits.webhooks else { throw Self.tooMany }
                made = message.secret == nil ? fresh : nil
                let id = try transaction.addWebhook(
                    store: message.store, site: message.site, url: message.url,
                    secret: message.secret.map(WebhookSecret.init) ?? fresh, states: message.states.map(Set.init),
                    at: now)
                guard let added = try transaction.webhooks().first(where: { $0.id == id }) else {
                    throw Refusal(.internal, "the webhook was not stored")
                }
                hook = added
            }
            if let place = message.after { try transaction.replayForWebhook(hook.id, after: place, at: now) }
            return WebhookPut.Reply(
                store: hook.store, site: hook.site, url: hook.url, secret: made?.text,
                previousUntil: hook.previousUntil.flatMap { $0 > now ? $0 : nil },
                waiting: try transaction.webhookStanding(hook.id).waiting
            ).text
        }
    }

    private static var tooMany: Refusal {
        var refusal = Refusal(.limit, "\(ProtocolLimits.webhooks) websites have a webhook already")
        refusal.limit = ProtocolLimits.webhooks
        refusal.field = "site"
        return refusal
    }

    /// WEBHOOK_RETRY: what waits is tried now, of one site or of all; also what a site has stopped.
    func retry(_ message: WebhookRetry, completion: @escaping Completion) {
        let now = clock.now()
        change(completion) { transaction in
            let hooks = try transaction.webhooks().filter { message.site == nil || $0.site == message.site }
            if message.site != nil, hooks.isEmpty { throw Refusal(.notFound, "the website has no webhook") }
            var order: Int64?
            if let number = message.order, let site = message.site {
                order = try transaction.order(OrderKey(source: site, order: number))?.id
                guard order != nil else { throw Refusal(.notFound, "no such order") }
            }
            var resumed = 0
            for hook in hooks { resumed += try transaction.resumeWebhook(hook.id, order: order, at: now) }
            return WebhookRetry.Reply(orders: resumed).text
        }
    }

    /// WEBHOOK_REMOVE: forgets a hook and what waits for it. Removing it again changes nothing.
    func remove(_ message: WebhookRemove, completion: @escaping Completion) {
        change(completion) { transaction in
            var dropped = 0
            for hook in try transaction.webhooks() where hook.site == message.site {
                dropped += try transaction.webhookStanding(hook.id).waiting
                try transaction.removeWebhook(hook.id)
            }
            return WebhookRemove.Reply(site: message.site, dropped: dropped).text
        }
    }

    private func change(
        _ completion: @escaping Completion, _ body: @escaping @Sendable (JournalTransaction) throws -> [UInt8]
    ) {
        journal.submit(body) { [waker] result in
            waker.wake()
            completion(result.mapError { Refusal(store: $0) })
        }
    }
}

extension StoredWebhook {
    /// Takes over what the operator asks for. A secret that is replaced goes on signing beside the new one for a while, so
    /// that the site can change it without missing a message.
    fileprivate mutating func update(to message: WebhookPut, secret: WebhookSecret?, at now: Instant) {
        url = message.url
        states = message.states.map(Set.init)
        guard let secret, secret != self.secret else { return }
        previousSecret = self.secret
        previousUntil = now.adding(milliseconds: WebhookLimits.previousSecretMilliseconds)
        self.secret = secret
    }
}
