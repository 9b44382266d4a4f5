import LineProtocol

/// A website: pushes orders, repeats itself, changes its mind, and follows what becomes of them.
final class Website: Peer {
    private var pushed = 0
    private var books: Books { world.books }

    override func act() {
        guard asks.count < 4 else { return }
        switch dice.number(0...9) {
        case 0...4 where pushed < world.weather.ordersPerWebsite: push()
        case 5: pushAgain()
        case 6 where dice.chance(3): cancel()
        case 6: amend()
        case 7, 8: look()
        default: break
        }
    }

    override func event(_ name: String, _ body: JSONText) {
        guard name == "order.changed", let order = body.text("order").flatMap({ books.orders[$0] }) else { return }
        world.check(order.disagreement(body))
    }

    private func push() {
        pushed += 1
        let id = "\(store)-\(pushed)"
        let order = OrderModel(
            source: name, order: id, store: store, isPrepaid: dice.chance(3), lines: lines())
        order.isIgnored = pushed % 3 == 0
        books.add(order)
        ask(
            Ask("ORDER_PUSH", order.body) { [self] answer, _ in
                guard answer.isOK, answer.body.integer("number") == 1 else {
                    return world.fail("ORDER_PUSH \(id) was answered \(answer.text)")
                }
                order.isKnown = true
                world.check(order.disagreement(answer.body))
            })
    }

    private func lines() -> [OrderModel.Line] {
        let kettles = OrderModel.Line(sku: "KETTLE", quantity: Int64(dice.number(1...4)))
        return dice.chance(2)
            ? [kettles] : [kettles, OrderModel.Line(sku: "TEAPOT", quantity: Int64(dice.number(1...6)))]
    }

    /// The same again, or something else under the same number.
    private func pushAgain() {
        guard let order = dice.pick(books.known(ofStore: store)) else { return }
        let isOther = dice.chance(2)
        let body = isOther ? String(order.body.dropLast(1)) + #","note":"other"}"# : order.body
        ask(
            Ask("ORDER_PUSH", body) { [self] answer, _ in
                let isGood = isOther ? answer.code == "conflict" : answer.body.integer("number") == 1
                if !isGood { world.fail("\(order.order) pushed again was answered \(answer.text)") }
            })
    }

    /// Other lines, on the state that the website knows or, now and then, on one from before.
    private func amend() {
        guard let order = dice.pick(books.known(ofStore: store)), order.amendment == nil else { return }
        let known = order.last.number
        let basedOn = dice.chance(3) ? Int64(dice.number(1...Int(known))) : known
        let lines = lines()
        guard lines != order.lines(at: known) else { return }
        order.amendment = (basedOn + 1, lines)
        let body = #"{"order":"\#(order.order)","based_on":\#(basedOn),\#(OrderModel.text(of: lines))}"#
        ask(
            Ask("ORDER_AMEND", body) { [self] answer, _ in
                order.amendment = nil
                guard answer.isOK, let number = answer.body.integer("number") else {
                    if !["stale", "bad_state"].contains(answer.code) {
                        world.fail("ORDER_AMEND of \(order.order) was answered \(answer.text)")
                    }
                    return
                }
                if number != basedOn + 1 {
                    return world.fail("\(order.order) was amended by step \(number) of somebody who knew \(basedOn)")
                }
                order.amended(to: lines, at: number)
                world.check(order.disagreement(answer.body))
            })
    }

    private func cancel() {
        guard let order = dice.pick(books.known(ofStore: store)) else { return }
        ask(
            Ask("ORDER_CANCEL", #"{"order":"\#(order.order)"}"#) { [self] answer, _ in
                if answer.isOK {
                    world.check(order.disagreement(answer.body))
                } else if answer.code != "bad_state" {
                    world.fail("ORDER_CANCEL of \(order.order) was answered \(answer.text)")
                }
            })
    }

    private func look() {
        guard let order = dice.pick(books.known(ofStore: store)) else { return }
        ask(
            Ask("ORDER_GET", #"{"order":"\#(order.order)"}"#) { [self] answer, _ in
                guard answer.isOK else { return world.fail("ORDER_GET of \(order.order): \(answer.text)") }
                world.check(order.disagreement(goods: answer.body))
                // An answer that took long is about an earlier moment; a step that it has is right all the same.
                for transition in answer.body.objects("history") { world.check(order.disagreement(transition)) }
            })
    }
}
