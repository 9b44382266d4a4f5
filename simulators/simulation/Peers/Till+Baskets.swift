import LineProtocol

/// What a till does with baskets from the shop floor, and what it asks about a basket of its own.
extension Till {
    func workOnBasket() {
        guard let basket = books.offered(to: name, store: store, &dice) else { return }
        switch dice.number(0...9) {
        case 0...2: openBasket(basket)
        case 3: returnBasket(basket)
        case 4...6: quote(basket.quantity, for: basket.customer)
        default:
            // Also what is sold, returned or withdrawn already: then it is marked.
            sell(to: basket.customer, basket: basket)
        }
    }

    private func openBasket(_ basket: BasketModel) {
        ask(
            Ask("BASKET_OPEN", "{\(basket.reference)}") { [self] answer, _ in
                guard !answer.isOK else { return world.check(basket.disagreement(answer.body)) }
                if answer.code != "bad_state" { world.fail("BASKET_OPEN was answered \(answer.text)") }
            })
    }

    private func returnBasket(_ basket: BasketModel) {
        ask(
            Ask("BASKET_RETURN", "{\(basket.reference)}") { [self] answer, _ in
                guard !answer.isOK else { return world.check(basket.disagreement(answer.body)) }
                if answer.code != "bad_state" { world.fail("BASKET_RETURN was answered \(answer.text)") }
            })
    }

    /// What the answer to a sale says of the basket that it names.
    func sold(_ basket: BasketModel, with key: String, marks: [String]) {
        if marks.contains("basket_unknown") {
            return world.fail("\(key) names a basket that was acknowledged, and \(marks)")
        }
        if !marks.contains("basket_state") { world.check(basket.disagreement(end: "sold", receipt: key)) }
    }

    /// A basket is priced, as often as somebody likes: it adds up, and commits to nothing. That nothing has changed is seen
    /// by the points, which go on to be what the receipts say.
    func quote(_ quantity: Int64, for customer: String?) {
        let spend = dice.number(0...400)
        let hold = books.points.holds[key(nextNumber)]
        var more = ""
        if let customer { more += #","customer_id":"\#(customer)","spend":\#(spend)"# }
        if let hold, let customer, books.points.areOne(hold.customer, customer) { more += #","hold":"\#(hold.name)""# }
        let text = #"{"lines":[{"sku":"MUG","quantity":\#(quantity),"price":60000}]\#(more)}"#
        ask(
            Ask("QUOTE", text) { [self] answer, _ in
                guard answer.isOK else { return world.fail("QUOTE \(text) was answered \(answer.text)") }
                func points(_ name: String) -> Int64 { answer.body.integer("points", name) ?? -1 }
                let amounts = answer.body.objects("lines").compactMap { $0.integer("amount") }
                let subtotal = answer.body.integer("subtotal") ?? -1
                let total = answer.body.integer("total") ?? -1
                let isSum =
                    subtotal == quantity * 60_000 && total == amounts.reduce(0, +)
                    && total == subtotal - (answer.body.integer("discount") ?? -1)
                let isSpent =
                    (0...points("spendable")).contains(points("spent")) && points("spent") <= Int64(spend)
                    && points("spendable") <= points("available")
                    && (answer.body.integer("discount") ?? -1) == points("spent") * 100
                if !isSum || !isSpent { world.fail("QUOTE \(text) does not add up: \(answer.text)") }
            })
    }
}
