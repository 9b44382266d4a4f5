/// What a website has been told by its webhook: each step of an order takes effect once, and none before the one before it.
final class WebhookModel {
    /// A moment that nothing can have been forgotten since: the same life of the gateway, and a disk as good as then.
    struct Calm: Equatable {
        var life: Int
        var diskTroubles: Int
    }

    private struct Order {
        /// Bodies of the steps that took effect, in order.
        var bodies: [[UInt8]] = []
        /// When the gateway was told that the last of them is taken; nil: it may not know.
        var acknowledged: Calm?
    }

    private var orders: [String: Order] = [:]
    private(set) var taken = 0

    /// The steps of an order that took effect.
    func count(of order: String) -> Int { orders[order]?.bodies.count ?? 0 }

    /// A message has come that was signed as it must be; says what is wrong with it.
    func disagreement(_ order: String, _ number: Int, _ body: [UInt8], in calm: Calm?) -> String? {
        var known = orders[order] ?? Order()
        defer { orders[order] = known }
        guard number >= 1, number <= known.bodies.count + 1 else {
            return "the website was sent step \(number) of \(order) when it had \(known.bodies.count)"
        }
        guard number == known.bodies.count + 1 else {
            if known.bodies[number - 1] != body { return "step \(number) of \(order) came again with other content" }
            let isLast = number == known.bodies.count
            if !isLast || (known.acknowledged != nil && known.acknowledged == calm) {
                return "step \(number) of \(order) came again although the website has acknowledged it"
            }
            return nil
        }
        known.bodies.append(body)
        known.acknowledged = nil
        taken += 1
        return nil
    }

    /// The gateway was told that the last step of an order is taken.
    ///
    /// - Parameter calm: nil when the gateway cannot write that down.
    func acknowledged(_ order: String, _ number: Int, in calm: Calm?) {
        guard orders[order]?.bodies.count == number else { return }
        orders[order]?.acknowledged = calm
    }
}
