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
        guard principal.allowance.misses.isUsedUp else { return nil }
        return principal.allowance.misses.wait(at: clock.now()).map {
            .rateLimited("this device asks for too many unknown customers", $0)
        }
    }

    /// Counts an identifier that nobody here knows.
    func missed(_ identifier: CustomerIdentifier, by principal: Principal, at link: any ClientLink) {
        guard isCounted(link) else { return }
        if principal.allowance.misses.charge(identifier.hashValue, at: clock.now()) == .usedUp {
            tell("a device asks for many customers whom nobody knows; it is slowed down", principal)
        }
    }

    /// Somebody who was not known here was known upstream.
    func found(_ identifier: CustomerIdentifier, by principal: Principal) {
        principal.allowance.misses.refund(identifier.hashValue)
    }

    /// Counts a customer whom a device asks for by the gateway's own id, and returns what stands against it.
    func refusal(of customer: CustomerID, by principal: Principal, at link: any ClientLink) -> Refusal? {
        guard let allowance = principal.allowance.customersByID, isCounted(link) else { return nil }
        if allowance.isUsedUp, let wait = allowance.wait(at: clock.now()) {
            return .rateLimited("this device asks for too many customers by customer_id", wait)
        }
        if allowance.charge(customer.hashValue, at: clock.now()) == .usedUp {
            tell("a device asks for many customers by their ids; it is slowed down", principal)
        }
        return nil
    }

    // MARK: Coupons

    /// Counts coupon codes that no programme takes, and returns what stands against looking at any code.
    func refusal(ofCodes unknown: [String], by principal: Principal, at link: any ClientLink) -> Refusal? {
        let allowance = principal.allowance.coupons
        if allowance.isUsedUp, let wait = allowance.wait(at: clock.now()) {
            return .rateLimited("this device shows too many coupons that no programme has", wait)
        }
        guard isCounted(link) else { return nil }
        for code in unknown where allowance.charge(code.hashValue, at: clock.now()) == .usedUp {
            tell("a device shows many coupons that no programme has; it is slowed down", principal)
        }
        return nil
    }

    // MARK: Tokens

    /// What stands against looking at a token from where this connection comes from.
    func tokenRefusal(at link: any ClientLink) -> Refusal? {
        guard isCounted(link) else { return nil }
        return wrongTokens.wait(link.networkKey ?? 0, atMilliseconds: clock.now().millisecondsSinceEpoch).map {
            .rateLimited("too many wrong tokens from this address", Int($0))
        }
    }

    /// Counts a token that belongs to no device.
    func wrongToken(at link: any ClientLink) {
        guard isCounted(link) else { return }
        if wrongTokens.count(link.networkKey ?? 0, atMilliseconds: clock.now().millisecondsSinceEpoch) {
            log.warning(
                "an address tries tokens out; it is slowed down", metadata: ["peer": "\(link.peerDescription)"])
        }
    }

    private func isCounted(_ link: any ClientLink) -> Bool { countsThisMachine || link.networkKey != nil }

    private func tell(_ what: Logger.Message, _ principal: Principal) {
        log.warning(
            what,
            metadata: [
                "store": "\(principal.store)", "device": "\(principal.device)", "role": "\(principal.role.rawValue)",
            ])
    }
}

extension Refusal {
    static func rateLimited(_ message: String, _ waitMilliseconds: Int) -> Refusal {
        var refusal = Refusal(.rateLimited, "\(message); nothing was looked up")
        refusal.retryAfterMilliseconds = waitMilliseconds
        return refusal
    }
}
