import Retail

/// What the peers together know: the model that the gateway is compared with.
final class Books {
    let points = PointsModel()
    let receipts = ReceiptModel()
    private(set) var orders: [String: OrderModel] = [:]
    private var ordersInTurn: [OrderModel] = []
    /// Customer by card.
    private var enrolled: [String: String] = [:]
    private(set) var customers: [String] = []

    // MARK: Customers

    /// Whoever shows a card is one customer; else what is wrong.
    func enrolled(_ card: String, _ customer: String) -> String? {
        if let known = enrolled[card] {
            return known == customer ? nil : "card \(card) belongs to \(known) and to \(customer)"
        }
        if customers.contains(customer) { return "\(customer) has card \(card) and another one" }
        enrolled[card] = customer
        customers.append(customer)
        return nil
    }

    func customer(_ dice: inout Dice) -> String? { dice.pick(customers) }

    func disagreement(
        _ answer: Answer, of customer: String, from: Instant, to: Instant, knowsTime: Bool
    ) -> String? {
        func points(_ name: String) -> Int64 { answer.body.integer("points", name) ?? 0 }
        return self.points.disagreement(
            (points("available"), points("held"), points("pending"), points("debt")), of: customer, from: from,
            to: to, knowsTime: knowsTime)
    }

    // MARK: Receipts

    /// A receipt of a till that was answered.
    func known(of prefix: String, _ dice: inout Dice) -> (key: String, ReceiptModel.Recorded)? {
        let keys = receipts.recorded.keys.filter { $0.hasPrefix(prefix) }.sorted()
        guard let key = dice.pick(keys), let known = receipts.recorded[key] else { return nil }
        return (key, known)
    }

    // MARK: Orders

    func add(_ order: OrderModel) {
        orders[order.order] = order
        ordersInTurn.append(order)
    }

    func order(ofStore store: String, _ dice: inout Dice) -> OrderModel? {
        dice.pick(
            ordersInTurn.filter {
                $0.store == store && $0.isKnown && !OrderModel.finalStates.contains($0.last.state)
            })
    }

    func known(ofStore store: String) -> [OrderModel] {
        ordersInTurn.filter { $0.store == store && $0.isKnown }
    }

    var allOrders: [OrderModel] { ordersInTurn }
}
