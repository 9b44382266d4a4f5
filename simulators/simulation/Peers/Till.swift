import LineProtocol
import Retail

/// A till: sells, takes back, holds points, works on orders, closes its shift, and repeats what was not answered.
final class Till: Peer {
    private var hasBegun = false
    private var shift = 1
    private var number = 0
    /// Of the shift: those that were stored or will be.
    private var numbers: [String] = []
    /// A shift is being closed: nothing new until it is.
    private var isClosing = false
    /// Keys that a request is under way for.
    private var busyKeys: Set<String> = []

    private var books: Books { world.books }
    private var now: String { world.clock.now().rfc3339 }

    private func key(_ number: String) -> String { "\(store)/\(name)/\(shift)/\(number)" }

    private var nextNumber: String { "\(number + 1)" }

    override func greeted() {
        guard !hasBegun else { return }
        hasBegun = true
        openShift()
    }

    override func act() {
        guard asks.count < 5 else { return }
        if isClosing { return closeWhenQuiet() }
        guard let customer = books.customer(&dice) else { return enrol() }
        switch dice.number(0...23) {
        case 0...5: sell(to: dice.chance(5) ? nil : customer)
        case 6...8: hold(for: customer)
        case 9: release()
        case 10: void()
        case 11, 12: giveBack()
        case 13: repeatKnown()
        case 14: contradict()
        case 15, 16: identify(customer)
        case 17: askWhatBecame()
        case 18 where dice.chance(3): isClosing = true
        case 19 where dice.chance(3): enrol()
        default: workOnOrder()
        }
    }

    override func event(_ name: String, _ body: JSONText) {
        guard ["order.offered", "order.changed"].contains(name),
            let order = body.text("order").flatMap({ books.orders[$0] })
        else { return }
        world.check(order.disagreement(body))
        if name == "order.offered", dice.chance(2) { step("ORDER_ACK", order) }
    }

    // MARK: Customers

    private func enrol() {
        let card = "70000000\(10 + dice.number(0...world.weather.customers - 1))"
        ask(
            Ask("ENROL", #"{"card":"\#(card)"}"#) { [self] answer, _ in
                guard let id = answer.body.text("customer_id") else {
                    return world.fail("ENROL was answered \(answer.text)")
                }
                world.check(books.enrolled(card, id))
            })
    }

    private func identify(_ customer: String) {
        guard books.points.isQuiet(customer) else { return }
        let turns = books.points.turns(customer)
        let (asked, jumps, lives) = (world.clock.now(), world.clock.jumps, world.lives)
        ask(
            Ask("IDENTIFY", #"{"customer_id":"\#(customer)"}"#) { [self] answer, ask in
                guard answer.isOK else { return world.fail("IDENTIFY of \(customer): \(answer.text)") }
                guard books.points.isQuiet(customer), books.points.turns(customer) == turns, ask.sent == 1,
                    world.lives == lives
                else { return }
                let knowsTime = jumps == 0 && world.clock.jumps == 0
                world.check(
                    books.disagreement(
                        answer, of: customer, from: asked, to: world.clock.now(), knowsTime: knowsTime))
            })
    }

    // MARK: Points

    private func hold(for anybody: String) {
        let key = key(nextNumber)
        guard !busyKeys.contains(key) else { return }
        let customer = books.points.holds[key]?.customer ?? anybody
        let points = Int64(dice.number(1...(dice.chance(4) ? 3_000 : 200)))
        busyKeys.insert(key)
        books.points.begin(customer)
        let body =
            #"{"shift":\#(shift),"number":"\#(nextNumber)","customer_id":"\#(customer)","points":\#(points)}"#
        ask(
            Ask("HOLD", body) { [self] answer, _ in
                busyKeys.remove(key)
                if answer.isOK, let end = answer.body.instant("expires_at") {
                    books.points.set(
                        .init(
                            customer: customer, points: points, expiresAt: end, name: answer.body.text("hold") ?? ""),
                        for: key)
                } else if answer.body.text("reason") != "more than available" {
                    world.fail("HOLD \(body) was answered \(answer.text)")
                }
                books.points.end(customer)
            })
    }

    private func release() {
        let key = key(nextNumber)
        guard !busyKeys.contains(key), let hold = books.points.holds[key] else { return }
        busyKeys.insert(key)
        books.points.begin(hold.customer)
        ask(
            Ask("RELEASE", #"{"shift":\#(shift),"number":"\#(nextNumber)"}"#) { [self] answer, ask in
                busyKeys.remove(key)
                let released = answer.body.integer("released")
                let isCertain = hold.expiresAt > world.clock.now() && world.clock.jumps == 0 && ask.sent == 1
                if !answer.isOK || (isCertain && released != hold.points) {
                    world.fail("RELEASE of \(key) with \(hold.points) points was answered \(answer.text)")
                }
                books.points.endHold(for: key)
                books.points.end(hold.customer)
            })
    }

    // MARK: Receipts

    private func takeNumber() -> String {
        number += 1
        numbers.append("\(number)")
        return "\(number)"
    }

    /// A sale's text, and what it spends.
    private func saleText(
        _ number: String, to customer: String?, spending points: Int64, of quantity: Int64, order: OrderModel? = nil,
        hold: String? = nil
    ) -> String {
        let gross = quantity * 60_000
        let amount = gross - points * 100
        let taken = points > 0 ? #","discounts":[{"origin":"points","amount":\#(points * 100)}]"# : ""
        var more = ""
        if let customer { more += #","customer_id":"\#(customer)""# }
        if let order { more += #","order":"\#(order.order)","source":"\#(order.source)""# }
        if let hold { more += #","hold":"\#(hold)""# }
        return #"{"shift":\#(shift),"number":"\#(number)","at":"\#(now)"\#(more),"#
            + #""lines":[{"sku":"MUG","name":"Mug","quantity":\#(quantity),"price":60000,"amount":\#(amount)\#(taken)}],"#
            + #""payments":[{"kind":"card","amount":\#(amount)}],"total":\#(amount),"#
            + #""fiscal":{"sign":\#(dice.word()),"drive":" 99990\#(number) "}}"#
    }

    private func sell(to anybody: String?, order: OrderModel? = nil, done: (() -> Void)? = nil) {
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
        let text = saleText(number, to: customer, spending: points, of: quantity, order: order, hold: held?.name)
        sell(
            text, key: key, customer: customer, points: points, quantity: quantity, held: held, done: done)
    }

    private func sell(
        _ text: String, key: String, customer: String?, points: Int64, quantity: Int64, held: PointsModel.Hold?,
        done: (() -> Void)? = nil
    ) {
        receipt("SALE", text, key: key, of: customer) { [self] answer in
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
            done?()
        }
    }

    /// Sends a receipt that must be stored.
    private func receipt(
        _ verb: String, _ text: String, key: String, of customer: String?, then: @escaping (JSONText) -> Void
    ) {
        books.receipts.send(key)
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

    private func void() {
        let key = key(nextNumber)
        guard !busyKeys.contains(key) else { return }
        let customer = books.points.holds[key]?.customer
        let number = takeNumber()
        receipt("VOID", #"{"shift":\#(shift),"number":"\#(number)","at":"\#(now)"}"#, key: key, of: customer) { _ in }
    }

    /// Goods come back, sometimes more than were sold.
    private func giveBack() {
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
        books.receipts.send(key)
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
    private func repeatKnown() {
        guard let (key, known) = books.known(of: "\(store)/\(name)/", &dice) else { return }
        let ask = Ask(known.verb, known.body) { [self] answer, _ in
            guard answer.isOK else { return world.fail("\(key) again was answered \(answer.text)") }
            world.check(books.receipts.disagreement(key, known.verb, known.body, answer.body))
        }
        self.ask(ask)
    }

    /// Another content under a key that is taken.
    private func contradict() {
        guard let (key, known) = books.known(of: "\(store)/\(name)/", &dice) else { return }
        let body = String(known.body.dropLast(1)) + #","copy":\#(dice.number(1...3))}"#
        ask(
            Ask(known.verb, body) { [self] answer, _ in
                if answer.code != "conflict" { world.fail("other content under \(key) was answered \(answer.text)") }
            })
    }

    private func askWhatBecame() {
        guard let (key, known) = books.known(of: "\(store)/\(name)/", &dice) else { return }
        ask(
            Ask("STATUS", #"{"key":"\#(key)"}"#) { [self] answer, _ in
                if answer.body.text("state") != "stored" || !answer.body.text.contains(known.answer.text) {
                    world.fail("STATUS of \(key) was answered \(answer.text)")
                }
            })
    }

    // MARK: Shifts

    private func openShift() {
        ask(
            Ask("SHIFT_OPEN", #"{"shift":\#(shift),"at":"\#(now)"}"#) { [self] answer, _ in
                // A receipt opens nothing, so that only a second opening could be refused.
                if !answer.isOK { world.fail("SHIFT_OPEN was answered \(answer.text)") }
            })
    }

    /// Names all its receipts, one of which has not been sent.
    private func closeWhenQuiet() {
        let key = key(nextNumber)
        guard asks.isEmpty, numbers.count > 0 else { return }
        // The receipt after the last one takes its hold with it.
        guard books.points.holds[key] == nil else { return release() }
        let number = takeNumber()
        let late = saleText(number, to: nil, spending: 0, of: 1)
        let list = numbers.map { #""\#($0)""# }.joined(separator: ",")
        let text = #"{"shift":\#(shift),"at":"\#(now)","numbers":[\#(list)]}"#
        close(text, missing: [number]) { [self] in
            sell(late, key: key, customer: nil, points: 0, quantity: 1, held: nil) { [self] in
                close(text, missing: []) { [self] in
                    shift += 1
                    numbers = []
                    isClosing = false
                    openShift()
                }
            }
        }
    }

    private func close(_ text: String, missing: [String], then: @escaping () -> Void) {
        let count = numbers.count - missing.count
        ask(
            Ask("SHIFT_CLOSE", text) { [self] answer, _ in
                guard answer.isOK, answer.body.texts("missing") == missing,
                    answer.body.integer("receipts") == Int64(count)
                else {
                    return world.fail(
                        "the shift with \(count) receipts lacks \(missing); it was answered \(answer.text)")
                }
                then()
            })
    }

    // MARK: Orders

    private func workOnOrder() {
        guard let order = books.order(ofStore: store, &dice) else { return }
        switch order.last.state {
        case "new": step(dice.chance(3) ? "ORDER_ACK" : "ORDER_ACCEPT", order)
        case "delivered": step(dice.chance(12) ? "ORDER_REJECT" : "ORDER_ACCEPT", order)
        case "accepted", "picking": step("ORDER_READY", order)
        case "ready": step("ORDER_CLAIM", order)
        case "claimed" where order.last.device == name && dice.chance(5): step("ORDER_RELEASE", order)
        case "claimed" where order.last.device == name && order.isPrepaid: step("ORDER_HANDOVER", order)
        case "claimed" where order.last.device == name: sell(to: nil, order: order)
        case "claimed": step("ORDER_CLAIM", order)
        case "paid": step("ORDER_HANDOVER", order)
        case "cancel_requested": step("ORDER_CANCEL", order)
        default: break
        }
    }

    private func step(_ verb: String, _ order: OrderModel) {
        // Nobody wants to see this one.
        if order.isIgnored, verb != "ORDER_ACK" { return }
        let reason = verb == "ORDER_REJECT" ? #","reason":"sold out""# : ""
        ask(
            Ask(verb, #"{"source":"\#(order.source)","order":"\#(order.order)"\#(reason)}"#) { [self] answer, _ in
                if answer.isOK {
                    world.check(order.disagreement(answer.body))
                } else if !["bad_state", "claimed", "not_found"].contains(answer.code) {
                    world.fail("\(verb) of \(order.order) was answered \(answer.text)")
                }
            })
    }
}
