import Retail

/// What the peers together know: the model that the gateway is compared with.
final class Books {
    let points = PointsModel()
    let receipts = ReceiptModel()
    let stock = StockModel()
    let people = PeopleModel()
    let webhooks = WebhookModel()
    private(set) var baskets: [String: BasketModel] = [:]
    private(set) var basketsInTurn: [BasketModel] = []
    private(set) var merges = 0
    private(set) var orders: [String: OrderModel] = [:]
    private var ordersInTurn: [OrderModel] = []
    /// Customer by card.
    private var enrolled: [String: String] = [:]
    private(set) var customers: [String] = []

    // MARK: Customers

    /// Whoever shows a card is one customer; else what is wrong.
    func enrolled(_ card: String, _ customer: String) -> String? {
        if let known = enrolled[card] {
            return points.mayBeOne(known, customer) ? nil : "card \(card) belongs to \(known) and to \(customer)"
        }
        if customers.contains(where: { points.mayBeOne($0, customer) }) {
            return "\(customer) has card \(card) and another one"
        }
        enrolled[card] = customer
        customers.append(customer)
        if let person = people.person(withCard: card) { points.join(person.external, to: customer) }
        return nil
    }

    /// The customer who was found by a card before.
    func customer(withCard card: String) -> String? { enrolled[card] }

    /// A merge of two customers was acknowledged.
    func endMerge(_ gone: String) {
        merges += 1
        points.endMerge(gone)
    }

    /// Whom an answer is about: the customer who was asked for, by the id that goes on when that was known.
    ///
    /// - Parameter before: the customer's id as everybody was told when the question was asked.
    func disagreement(_ answer: Answer, isAbout customer: String, knownAs before: String) -> String? {
        guard let told = answer.body.text("customer_id") else { return "\(customer): \(answer.text)" }
        let isOld = before != customer && told == customer
        return !isOld && points.mayBeOne(told, customer)
            ? nil : "\(customer) is \(before) by now, and was answered \(answer.text)"
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

    // MARK: Baskets

    func add(_ basket: BasketModel) {
        baskets["\(basket.store)/\(basket.app)/\(basket.basket)"] = basket
        basketsInTurn.append(basket)
    }

    /// The basket that an event in a store is about.
    func basket(_ event: JSONText, store: String, app: String? = nil) -> BasketModel? {
        guard let app = event.text("app") ?? app, let basket = event.text("basket") else { return nil }
        return baskets["\(store)/\(app)/\(basket)"]
    }

    /// A basket that a till has on its screen.
    func offered(to till: String, store: String, _ dice: inout Dice) -> BasketModel? {
        dice.pick(basketsInTurn.filter { $0.isOffered && $0.till == till && $0.store == store })
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
