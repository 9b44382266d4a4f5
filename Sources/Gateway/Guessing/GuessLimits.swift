import LineProtocol
import Retail

/// How fast guesses may come; `protocol-spec/limits.json` says why so fast.
package struct GuessLimits: Sendable {
    /// Identifiers that nobody here knows, from one till or app; and, counted apart, coupons that no programme takes.
    var misses = RequestRate(
        burst: ProtocolLimits.customerMisses,
        millisecondsPerRequest: Int64(ProtocolLimits.customerMissIntervalMilliseconds))
    /// The same from one website.
    var missesOfWebsite = RequestRate(
        burst: ProtocolLimits.customerMissesOfWebsite,
        millisecondsPerRequest: Int64(ProtocolLimits.customerMissIntervalOfWebsiteMilliseconds))
    /// Different customers that one till or app asks for by the gateway's own id.
    var customersByID = RequestRate(
        burst: ProtocolLimits.customersByID,
        millisecondsPerRequest: Int64(ProtocolLimits.customersByIDIntervalMilliseconds))
    /// Wrong tokens in HELLO from one network.
    var wrongTokens = RequestRate(
        burst: ProtocolLimits.helloWrongTokens, millisecondsPerRequest: GuessLimits.wrongTokenMilliseconds)
    /// Whether programs on the gateway's own machine are counted as well.
    package var countsThisMachine = false

    static let wrongTokenMilliseconds: Int64 = 2_000

    /// The limits that the specification tells.
    package init() {}
}

/// What one device has left, over all its connections.
final class DeviceAllowance: Sendable {
    /// For identifiers that nobody here knows.
    let misses: GuessAllowance
    /// For coupon codes that no programme takes.
    let coupons: GuessAllowance
    /// For customers by the gateway's own id; nil: not counted.
    let customersByID: GuessAllowance?

    init(_ role: DeviceRole, _ limits: GuessLimits = GuessLimits()) {
        let rate = role == .website ? limits.missesOfWebsite : limits.misses
        misses = GuessAllowance(rate)
        coupons = GuessAllowance(rate)
        // A website has its customers itself, and as many visitors at once as it likes.
        customersByID = role == .website ? nil : GuessAllowance(limits.customersByID)
    }
}
