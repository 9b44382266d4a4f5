import LineProtocol
import Logging
import Retail

/// Slows down whoever tries out cards, phones, customers' ids and tokens, and tells the log once for each such rush: which
/// device or address, never what it has tried.
final class GuessWatch: Sendable {
    private let clock: any WallClock
    private let log: Logger
    private let countsThisMachine: Bool
    private let wrongTokens: WrongTokens

    init(_ limits: GuessLimits, clock: any WallClock, log: Logger) {
        self.clock = clock
        self.log = log
        countsThisMachine = limits.countsThisMachine
        wrongTokens = WrongTokens(limits.wrongTokens)
    }

    // MARK: Customers

    /// What stands against looking anybody up for this device; nil at once for all who do not guess.
    func refusal(of principal: Principal) -> Refusal? {
        refusal(principal.allowance.misses, "asks for many customers whom nobody knows", principal)
    }

    /// Counts an identifier that nobody here knows; false when it is not one more guess.
    @discardableResult
    func missed(_ identifier: CustomerIdentifier, by principal: Principal, at link: any ClientLink) -> Bool {
        guard isCounted(link) else { return false }
        return principal.allowance.misses.charge(identifier.hashValue, at: clock.now())
    }

    /// An identifier that was counted was known upstream: it was no guess.
    func found(by principal: Principal) { principal.allowance.misses.refund() }

    /// Counts a customer whom a device asks for by the gateway's own id, and returns what stands against it.
    func refusal(of customer: CustomerID, by principal: Principal, at link: any ClientLink) -> Refusal? {
        guard let allowance = principal.allowance.customersByID, isCounted(link) else { return nil }
        if let refusal = refusal(allowance, "asks for many customers by customer_id", principal) { return refusal }
        allowance.charge(customer.hashValue, at: clock.now())
        return nil
    }

    // MARK: Coupons

    /// Counts coupon codes that no programme takes, and returns what stands against looking at any code.
    func refusal(ofCodes unknown: [String], by principal: Principal, at link: any ClientLink) -> Refusal? {
        let allowance = principal.allowance.coupons
        if let refusal = refusal(allowance, "shows many coupons that no programme has", principal) { return refusal }
        guard isCounted(link) else { return nil }
        for code in unknown { allowance.charge(code.hashValue, at: clock.now()) }
        return nil
    }

    private func refusal(_ allowance: GuessAllowance, _ what: StaticString, _ principal: Principal) -> Refusal? {
        guard allowance.isUsedUp, let waiting = allowance.refusal(at: clock.now()) else { return nil }
        if waiting.isFirst {
            log.warning(
                "a device \(what); it is slowed down",
                metadata: [
                    "store": "\(principal.store)", "device": "\(principal.device)",
                    "role": "\(principal.role.rawValue)",
                ])
        }
        return .rateLimited("this device \(what)", waiting.milliseconds)
    }

    // MARK: Tokens

    /// Counts a token that belongs to no device, and returns what stands against it beyond that: a token has 256 bits, so
    /// a right one is no guess, and whoever has one is let in whatever else comes from the same network.
    func wrongToken(at link: any ClientLink) -> Refusal? {
        guard isCounted(link) else { return nil }
        let now = clock.now().millisecondsSinceEpoch
        let network = link.networkKey ?? 0
        if let wait = wrongTokens.wait(network, atMilliseconds: now) {
            var refusal = Refusal(.rateLimited, "too many wrong tokens from this address; this is another")
            refusal.retryAfterMilliseconds = Int(wait)
            return refusal
        }
        if wrongTokens.count(network, atMilliseconds: now) {
            log.warning(
                "an address tries tokens out; it is slowed down", metadata: ["peer": "\(link.peerDescription)"])
        }
        return nil
    }

    private func isCounted(_ link: any ClientLink) -> Bool { countsThisMachine || link.networkKey != nil }
}

extension Refusal {
    static func rateLimited(_ message: String, _ waitMilliseconds: Int) -> Refusal {
        var refusal = Refusal(.rateLimited, "\(message); nothing was looked up")
        refusal.retryAfterMilliseconds = waitMilliseconds
        return refusal
    }
}
