import LineProtocol
import Retail

/// What a website has been told of its orders, and whether each was told in order and without gaps.
public struct WebhookLedger: Sendable {
    /// What a message is to somebody who knows those before.
    public enum Novelty: String, Sendable {
        /// The next change of its order.
        case new
        /// A message that came before, by its id.
        case duplicate
        /// A change whose predecessor never came: right only for a hook that leaves states out.
        case gap
        /// A change that came after a later one of its order.
        case late
    }

    /// Messages of each kind.
    public private(set) var counts: [Novelty: Int] = [:]
    /// Orders heard of, and the number of the last change of each.
    public private(set) var orders: [OrderKey: Int64] = [:]
    private var ids: Set<String> = []

    /// Nothing heard yet.
    public init() {}

    /// How many messages were of this kind.
    public func count(_ novelty: Novelty) -> Int { counts[novelty] ?? 0 }

    /// Takes a message in.
    public mutating func take(id: String, _ change: OrderChange) -> Novelty {
        let novelty = novelty(of: id, change.transition)
        counts[novelty, default: 0] += 1
        ids.insert(id)
        let key = change.transition.key
        orders[key] = max(orders[key] ?? 0, change.transition.number)
        return novelty
    }

    private func novelty(of id: String, _ transition: TransitionReply) -> Novelty {
        if ids.contains(id) { return .duplicate }
        let last = orders[transition.key] ?? 0
        if transition.number <= last { return .late }
        return transition.number == last + 1 ? .new : .gap
    }
}
