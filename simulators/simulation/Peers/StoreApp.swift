import LineProtocol

/// A seller's phone: sees orders and customers, takes what is offered, sends baskets to tills.
final class StoreApp: Peer {
    private var books: Books { world.books }
    private var sent = 0

    override func act() {
        guard asks.count < 3 else { return }
        switch dice.number(0...6) {
        case 0:
            ask(
                Ask("TASKS", "{}") { [self] answer, _ in
                    if !answer.isOK { world.fail("TASKS was answered \(answer.text)") }
                })
        case 1: look()
        case 2: sendBasket()
        case 3 where dice.chance(2): withdraw()
        default:
            guard let order = books.order(ofStore: store, &dice), !order.isIgnored else { return }
            switch order.last.state {
            case "accepted", "picking": if dice.chance(2) { pick(order) } else { step("ORDER_READY", order) }
            default: step("ORDER_ACCEPT", order)
            }
        }
    }

    override func event(_ name: String, _ body: JSONText) {
        if name == "basket.changed", let basket = books.basket(body, store: store, app: self.name) {
            return world.check(basket.disagreement(body))
        }
        guard ["order.offered", "order.changed"].contains(name),
            let order = body.text("order").flatMap({ books.orders[$0] })
        else { return }
        world.check(order.disagreement(body))
    }

    private func look() {
        guard let customer = books.customer(&dice) else { return }
        let before = books.points.whole(customer)
        ask(
            Ask("CUSTOMER", #"{"customer_id":"\#(customer)"}"#) { [self] answer, _ in
                guard answer.isOK else { return world.fail("CUSTOMER was answered \(answer.text)") }
                world.check(books.disagreement(answer, isAbout: customer, knownAs: before))
            })
    }

    // MARK: Baskets

    private func sendBasket() {
        sent += 1
        let basket = BasketModel(
            store: store, app: name, basket: "\(sent)", till: "T\(dice.number(1...world.weather.tillsPerStore))",
            customer: dice.chance(2) ? books.customer(&dice) : nil, quantity: Int64(dice.number(1...4)))
        books.add(basket)
        let customer = basket.customer.map { #","customer_id":"\#($0)""# } ?? ""
        let text =
            #"{"basket":"\#(sent)","till":"\#(basket.till)"\#(customer),"#
            + #""lines":[{"sku":"MUG","quantity":\#(basket.quantity),"price":60000}]}"#
        let send = Ask("BASKET_SEND", text) { [self] answer, _ in
            // The last till's certificate may have been taken from it.
            if !answer.isOK, answer.code != "not_found" { world.fail("BASKET_SEND was answered \(answer.text)") }
        }
        send.isAnsweredAlike = true
        ask(send)
    }

    private func withdraw() {
        guard let basket = dice.pick(books.basketsInTurn.filter { $0.app == name && $0.store == store }) else { return }
        ask(
            Ask("BASKET_WITHDRAW", #"{"basket":"\#(basket.basket)"}"#) { [self] answer, _ in
                guard !answer.isOK else {
                    basket.isWithdrawnByApp = true
                    return world.check(basket.disagreement(answer.body))
                }
                if !["bad_state", "not_found"].contains(answer.code) {
                    world.fail("BASKET_WITHDRAW was answered \(answer.text)")
                }
            })
    }
}
