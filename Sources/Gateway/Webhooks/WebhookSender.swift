import Crew
import Journal
import Locking
import Logging
import Retail
import Upstream

/// Tells websites of every change of their orders, for as long as it takes: nothing is passed over.
///
/// What is not acknowledged stands in the journal. Changes of one order go one after the other, those of different orders
/// side by side, a few to each site, so that a site or an order that fails holds up nobody else. What becomes of a message
/// is written down before the next one of its order is sent; a stop in between sends it again, and the site knows it by
/// its id.
final class WebhookSender: @unchecked Sendable {
    /// Runs what may block, somewhere else or later.
    typealias Workers = @Sendable (_ work: @escaping @Sendable () -> Void) -> Void

    /// What is under way, by hook and order.
    private struct Lane: Hashable {
        var webhook: Int64
        var order: Int64
    }

    private struct UnderWay {
        /// Whether a lane's message has failed before.
        var lanes: [Lane: Bool] = [:]
        /// Nothing is begun before this moment: the store did not take what became of a message.
        var resting = Instant.distantPast
    }

    private let journal: Journal
    private let poster: any WebhookPoster
    private let clock: any WallClock
    private let waker: Waker
    private let workers: Workers
    private let random: @Sendable () -> UInt64
    private let failures: WebhookFailureLog
    private let log: Logger
    private let underWay = Mutex(UnderWay())
    private let lastLook = Mutex(Instant.distantFuture)
    private let isStopping = Atomic<Bool>(false)
    private let crew: any Crew
    private let employment = Mutex<Employment?>(nil)

    /// A sender that is idle until it is started, or told to look.
    ///
    /// - Parameters:
    ///   - workers: the crew begins each message unless told otherwise; there are few at a time.
    ///   - random: where the jitter of pauses comes from; the crew's dice unless told otherwise.
    init(
        journal: Journal, poster: any WebhookPoster, clock: any WallClock, waker: Waker? = nil,
        workers: Workers? = nil, random: (@Sendable () -> UInt64)? = nil, log: Logger
    ) {
        self.journal = journal
        self.poster = poster
        self.clock = clock
        let crew = journal.crew
        self.crew = crew
        self.waker = waker ?? crew.waker()
        self.workers = workers ?? { crew.begin("webhook", $0) }
        self.random = random ?? { crew.random() }
        self.log = log
        failures = WebhookFailureLog(log: log)
    }

    func start() {
        let employed = crew.employ("webhooks", waker: waker) { [self] in turn() }
        employment.withLock { $0 = employed }
    }

    /// Ends what is under way; what is not acknowledged waits in the journal.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        poster.stop()
        waker.wake()
        employment.withLock { $0 }?.waitForEnd(seconds: 10)
    }

    private func turn() -> Rest {
        if isStopping.load(ordering: .sequentiallyConsistent) {
            return underWay.withLock { $0.lanes.isEmpty } ? .ended : .milliseconds(WebhookLimits.tickMilliseconds)
        }
        let isWaiting = look()
        return .milliseconds(isWaiting ? WebhookLimits.tickMilliseconds : WebhookLimits.idleTickMilliseconds)
    }

    // MARK: What is due

    /// Begins what is due. One look at a time: only looks begin messages.
    ///
    /// - Returns: whether anything waits, due or not.
    @discardableResult
    func look() -> Bool {
        let now = clock.now()
        // Taken before the journal is read: what is not in it has been written down by then.
        let busy = underWay.withLock { $0 }
        guard now >= busy.resting || clockWasPutBack(now) else { return true }
        do {
            try limitPausesAfterClockChange(now)
            let (due, isWaiting) = try journal.read { view in
                var due: [(StoredWebhook, WebhookDelivery)] = []
                var isWaiting = false
                for hook in try view.webhooks() where hook.stoppedAt == nil && !hook.isRevoked {
                    isWaiting = try view.hasWebhookDeliveries(hook.id) || isWaiting
                    due += try self.due(for: hook, besides: busy, at: now, view).map { (hook, $0) }
                }
                return (due, isWaiting)
            }
            for (hook, delivery) in due { begin(delivery, to: hook) }
            return isWaiting
        } catch {
            log.error("webhooks cannot be read from the store", metadata: ["reason": "\(error)"])
            rest(from: now)
            return true
        }
    }

    private func due(
        for hook: StoredWebhook, besides busy: UnderWay, at now: Instant, _ view: JournalView
    ) throws -> [WebhookDelivery] {
        guard hook.pausedUntil <= now else { return [] }
        let own = busy.lanes.filter { $0.key.webhook == hook.id }
        // A site that was not to be reached is asked by one message until it answers.
        let places = (hook.attempts > 0 ? 1 : WebhookLimits.perSite) - own.count
        guard places > 0 else { return [] }
        func read(retries: Bool) throws -> [WebhookDelivery] {
            try view.webhookDeliveriesDue(
                hook.id, retries: retries, at: now, limit: WebhookLimits.perSite + own.count
            ).filter { own[Lane(webhook: hook.id, order: $0.order)] == nil }
        }
        let retries = try read(retries: true).prefix(
            min(places, max(0, WebhookLimits.retriesPerSite - own.values.count { $0 })))
        let fresh = try read(retries: false)
        // Retries have no right to places that new changes need, but for one: neither kind waits for ever.
        let kept = min(retries.count, max(1, places - fresh.count))
        return Array(retries.prefix(kept)) + fresh.prefix(places - kept)
    }

    // MARK: One message

    private func begin(_ delivery: WebhookDelivery, to hook: StoredWebhook) {
        let lane = Lane(webhook: delivery.webhook, order: delivery.order)
        underWay.withLock { $0.lanes[lane] = delivery.attempts > 0 }
        workers { [self] in
            let outcome = poster.post(WebhookMessage(delivery, to: hook, at: clock.now()))
            settle(delivery, of: hook, outcome)
            underWay.withLock { $0.lanes[lane] = nil }
            waker.wake()
        }
    }

    /// Writes down what became of a message. Should this not reach the disk, it is sent again.
    private func settle(_ delivery: WebhookDelivery, of hook: StoredWebhook, _ outcome: WebhookOutcome) {
        let now = clock.now()
        let verdict = planted(verdict(on: outcome, delivery, of: hook, at: now), delivery, at: now)
        do {
            try journal.perform { transaction in try verdict.note(delivery, transaction, at: now) }
            failures.note(verdict, delivery, of: hook, at: now)
        } catch {
            rest(from: now)
            log.error(
                "what became of a webhook's message could not be stored; it is sent again",
                metadata: ["site": "\(hook.site)", "reason": "\(error)"])
        }
    }

    private func verdict(
        on outcome: WebhookOutcome, _ delivery: WebhookDelivery, of hook: StoredWebhook, at now: Instant
    ) -> WebhookVerdict {
        func pause(after attempts: Int, longest: Int, asked: Int? = nil) -> Instant {
            var generator = CallingGenerator(call: random)
            var backoff = Backoff(
                firstMilliseconds: WebhookLimits.firstPauseMilliseconds, maximumMilliseconds: longest,
                afterPauses: attempts)
            let milliseconds = backoff.pause(retryAfterMilliseconds: asked, using: &generator)
            return now.adding(milliseconds: Int64(milliseconds))
        }
        let own = pause(after: delivery.attempts, longest: WebhookLimits.longestPauseMilliseconds)
        switch outcome {
        case .answered(200..<300, _): return .acknowledged
        case .answered(410, _): return .gone(until: own)
        case .answered(let status, let asked?) where status == 429 || status == 503:
            let limited = min(asked, WebhookLimits.longestRetryAfterMilliseconds)
            let until = pause(after: 0, longest: WebhookLimits.longestPauseMilliseconds, asked: limited)
            return .postponed(until: max(own, until), sitePause: until, reason: "HTTP \(status)")
        case .answered(let status, _):
            return .postponed(until: own, sitePause: nil, reason: "HTTP \(status)")
        case .unanswered(let reason):
            return .postponed(until: own, sitePause: nil, reason: shortened(reason))
        case .unreachable(let reason):
            return .missed(
                attempts: hook.attempts + 1,
                until: pause(after: hook.attempts, longest: WebhookLimits.longestAbsenceMilliseconds),
                reason: shortened(reason))
        case .stopped: return .unknown
        }
    }

    /// The verdict, unless a fault is planted that changes it.
    private func planted(_ verdict: WebhookVerdict, _ delivery: WebhookDelivery, at now: Instant) -> WebhookVerdict {
        switch verdict {
        case .acknowledged where journal.planted.contains(.webhookSentTwice) && delivery.attempts == 0:
            .postponed(until: now, sitePause: nil, reason: "planted")
        case .postponed where journal.planted.contains(.webhookStepSkipped): .acknowledged
        default: verdict
        }
    }

    private func shortened(_ reason: String) -> String { String(reason.prefix(WebhookLimits.errorCharacters)) }

    // MARK: The clock and the store

    private func rest(from now: Instant) {
        underWay.withLock { $0.resting = now.adding(milliseconds: WebhookLimits.storePauseMilliseconds) }
    }

    private func clockWasPutBack(_ now: Instant) -> Bool {
        now.adding(milliseconds: WebhookLimits.storePauseMilliseconds) < underWay.withLock { $0.resting }
    }

    /// A clock that was an hour ahead must not make websites wait for an hour: no pause is longer than the longest. Looked
    /// at when the sender begins, and whenever time has gone back.
    private func limitPausesAfterClockChange(_ now: Instant) throws {
        let mustLimit = lastLook.withLock { last in
            defer { last = now }
            return now < last
        }
        guard mustLimit else { return }
        let latest = now.adding(milliseconds: Int64(WebhookLimits.longestRetryAfterMilliseconds) * 5 / 4)
        guard try journal.read({ try !$0.webhooks().isEmpty }) else { return }
        try journal.perform { try $0.limitWebhookPauses(to: latest) }
    }
}

/// Gives Swift's random functions the numbers of a closure.
private struct CallingGenerator: RandomNumberGenerator {
    let call: @Sendable () -> UInt64

    mutating func next() -> UInt64 { call() }
}
