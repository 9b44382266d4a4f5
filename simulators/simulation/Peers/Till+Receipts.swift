import LineProtocol
import Retail

/// What a till sells, takes back and puts right, and what it asks about it.
extension Till {
    func takeNumber() -> String {
        number += 1
        numbers.append("\(number)")
        return "\(number)"
    }

    /// A sale's text, and what it spends.
    func saleText(
        _ number: String, to customer: String?, spending points: Int64, of quantity: Int64, order: OrderModel? = nil,
        basket: BasketModel? = nil, hold: String? = nil
    ) -> String {
        let gross = quantity * 60_000
        let amount = gross - points * 100
        let taken = points > 0 ? #","discounts":[{"origin":"points","amount":\#(points * 100)}]"# : ""
        var more = ""
        if let customer { more += #","customer_id":"\#(customer)""# }
        if let order { more += #","order":"\#(order.order)","source":"\#(order.source)""# }
        if let basket { more += ",\(basket.reference)" }
        if let hold { more += #","hold":"\#(hold)""# }
        return #"{"shift":\#(shift),"number":"\#(number)","at":"\#(now)"\#(more),"#
            + #""lines":[{"sku":"MUG","name":"Mug","quantity":\#(quantity),"price":60000,"amount":\#(amount)\#(taken)}],"#
            + #""payments":[{"kind":"card","amount":\#(amount)}],"total":\#(amount),"#
            + #""fiscal":{"sign":\#(dice.word()),"drive":" 99990\#(number) "}}"#
    }

    func sell(to anybody: String?, order: OrderModel? = nil, basket: BasketModel? = nil) {
        let key = key(nextNumber)
        guard !busyKeys.contains(key) else { return }
        let held = books.points.holds[key]
        let customer = held?.customer ?? anybody
        var points: Int64 = 0
        if let held, !dice.chance(8) {
            points = Int64(dice.number(1...Int(held.points)))
        } else if customer != nil, dice.chance(12) {
            // Without having held them.
            points = Int64(dice.number(1...300))
        }
        // What is spent must fit on the receipt.
        let quantity = max(points / 500 + 1, Int64(dice.number(1...4)))
        let number = takeNumber()
        let text = saleText(
            number, to: customer, spending: points, of: quantity, order: order, basket: basket, hold: held?.name)
        sell(text, key: key, customer: customer, points: points, quantity: quantity, held: held) { [self] answer in
            if let basket { sold(basket, with: key, marks: answer.texts("marks")) }
        }
    }

    func sell(
        _ text: String, key: String, customer: String?, points: Int64, quantity: Int64, held: PointsModel.Hold?,
        done: @escaping (JSONText) -> Void
    ) {
        total += quantity * 60_000 - points * 100
        receipt("SALE", text, key: key, of: customer, goods: -quantity * 1_000) { [self] answer in
            let marks = answer.texts("marks")
            let isCovered =
                (held.map { $0.points >= points && $0.expiresAt > world.clock.now() } ?? false)
                && world.clock.jumps == 0
            if isCovered, marks.contains("points_debt") || marks.contains("hold_missing") {
                world.fail("\(key) held the \(points) points that it spends, and is marked \(marks)")
            }
            if customer != nil, answer.integer("points", "spent") != points {
                world.fail("\(key) spends \(points) points and was answered \(answer.text)")
            }
            let sale = ReceiptModel.Sale(
                key: key, customer: customer, thousandths: quantity * 1_000,
                earned: answer.integer("points", "earned") ?? 0, spent: points)
            books.receipts.add(sale)
            done(answer)
        }
    }

    /// Sends a receipt that must be stored.
    func receipt(
        _ verb: String, _ text: String, key: String, of customer: String?, goods: Int64 = 0,
        then: @escaping (JSONText) -> Void
    ) {
        books.receipts.send(key, goods: goods)
        if let customer { books.points.begin(customer) }
        let ask = Ask(verb, text) { [self] answer, _ in
            guard answer.isOK else { return world.fail("\(verb) \(key) was answered \(answer.text)") }
            world.check(books.receipts.disagreement(key, verb, text, answer.body))
            books.points.endHold(for: key)
            if let customer {
                let points =
                    (answer.body.integer("points", "earned") ?? 0)
                    - (answer.body.integer("points", "spent") ?? 0)
                books.points.end(customer, adding: points)
            }
            then(answer.body)
        }
        ask.isAnsweredAlike = true
        self.ask(ask)
    }

    func void() {
        let key = key(nextNumber)
        guard !busyKeys.contains(key) else { return }
        let customer = books.points.holds[key]?.customer
        let number = takeNumber()
        receipt("VOID", #"{"shift":\#(shift),"number":"\#(number)","at":"\#(now)"}"#, key: key, of: customer) { _ in }
    }

    /// The books are put right: the shift's sum changes, and neither points nor goods do.
    func correct() {
        let key = key(nextNumber)
        guard !busyKeys.contains(key) else { return }
        let customer = books.points.holds[key]?.customer
        let number = takeNumber()
        let amount = Int64(dice.number(1...9)) * 1_000
        let isSale = dice.chance(2)
        total += isSale ? amount : -amount
        let text =
            #"{"shift":\#(shift),"number":"\#(number)","at":"\#(now)","direction":"\#(isSale ? "sale" : "return")","#
            + #""reason":"wrong sum","lines":[{"sku":"MUG","name":"Mug","quantity":1,"price":\#(amount),"#
            + #""amount":\#(amount)}],"payments":[{"kind":"cash","amount":\#(amount)}],"total":\#(amount)}"#
        receipt("CORRECTION", text, key: key, of: customer) { [self] answer in
            if answer.integer("points", "earned") != nil || answer.text("customer_id") != nil {
                world.fail("\(key) puts the books right and was answered \(answer.text)")
            }
        }
    }

    /// Goods come back, sometimes more than were sold.
    func giveBack() {
        let own = books.receipts.sales.filter { $0.customer != nil && !$0.isReturnUnderWay }
        guard let sale = dice.pick(own), let customer = sale.customer else { return }
        let key = key(nextNumber)
        guard !busyKeys.contains(key), books.points.holds[key] == nil else { return }
        number += 1
        let name = "\(number)"
        let asked = Int64(dice.number(1...Int(sale.thousandths)))
        let isTooMuch = asked > sale.thousandths - sale.returned
        let (earned, spent) = sale.reversed(by: asked)
        let text =
            #"{"shift":\#(shift),"number":"\#(name)","at":"\#(now)","original":"\#(sale.key)","#
            + #""lines":[{"sku":"MUG","name":"Mug","quantity":\#(Quantity(thousandths: asked).decimalText),"#
            + #""price":0,"amount":0}],"payments":[],"total":0}"#
        sale.isReturnUnderWay = true
        books.receipts.send(key, goods: asked)
        books.points.begin(customer)
        let shiftNumbers = shift
        ask(
            Ask("RETURN", text) { [self] answer, _ in
                sale.isReturnUnderWay = false
                guard answer.isOK else {
                    books.points.end(customer)
                    if !isTooMuch || answer.body.text("reason") != "more than was sold" {
                        world.fail("RETURN \(text) was answered \(answer.text)")
                    }
                    return
                }
                if isTooMuch {
                    return world.fail(
                        "\(key) brings back \(asked) of \(sale.thousandths) thousandths after \(sale.returned)")
                }
                if shift == shiftNumbers { numbers.append(name) }
                sale.returned += asked
                world.check(books.receipts.disagreement(key, "RETURN", text, answer.body))
                let told = (answer.body.integer("points", "earned"), answer.body.integer("points", "spent"))
                if told != (-earned, -spent) {
                    world.fail("\(key) reverses \(earned) and \(spent) points and was answered \(answer.text)")
                }
                books.points.end(customer, adding: spent - earned)
            })
    }

    /// A receipt that was answered long ago, once more.
    func repeatKnown() {
        guard let (key, known) = books.known(of: "\(store)/\(name)/", &dice) else { return }
        let ask = Ask(known.verb, known.body) { [self] answer, _ in
            guard answer.isOK else { return world.fail("\(key) again was answered \(answer.text)") }
            world.check(books.receipts.disagreement(key, known.verb, known.body, answer.body))
        }
        self.ask(ask)
    }

    /// Another content under a key that is taken.
    func contradict() {
        guard let (key, known) = books.known(of: "\(store)/\(name)/", &dice) else { return }
        let body = String(known.body.dropLast(1)) + #","copy":\#(dice.number(1...3))}"#
        ask(
            Ask(known.verb, body) { [self] answer, _ in
                if answer.code != "conflict" { world.fail("other content under \(key) was answered \(answer.text)") }
            })
    }

    func askWhatBecame() {
        guard let (key, known) = books.known(of: "\(store)/\(name)/", &dice) else { return }
        ask(
            Ask("STATUS", #"{"key":"\#(key)"}"#) { [self] answer, _ in
                if answer.body.text("state") != "stored" || !answer.body.text.contains(known.answer.text) {
                    world.fail("STATUS of \(key) was answered \(answer.text)")
                }
            })
    }
}
