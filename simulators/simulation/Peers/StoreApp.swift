import LineProtocol

/// A seller's phone: sees orders and customers, takes what is offered.
final class StoreApp: Peer {
    private var books: Books { world.books }

    override func act() {
        guard asks.count < 3 else { return }
        switch dice.number(0...3) {
        case 0:
            ask(
                Ask("TASKS", "{}") { [self] answer, _ in
                    if !answer.isOK { world.fail("TASKS was answered \(answer.text)") }
                })
        case 1:
            guard let customer = books.customer(&dice) else { return }
            ask(
                Ask("CUSTOMER", #"{"customer_id":"\#(customer)"}"#) { [self] answer, _ in
                    if !answer.isOK { world.fail("CUSTOMER was answered \(answer.text)") }
                })
        default:
            guard let order = books.order(ofStore: store, &dice), !order.isIgnored else { return }
            let verb = order.last.state == "accepted" ? "ORDER_READY" : "ORDER_ACCEPT"
            ask(
                Ask(verb, #"{"source":"\#(order.source)","order":"\#(order.order)"}"#) { [self] answer, _ in
                    if answer.isOK {
                        world.check(order.disagreement(answer.body))
                    } else if !["bad_state", "not_found"].contains(answer.code) {
                        world.fail("\(verb) of \(order.order) was answered \(answer.text)")
                    }
                })
        }
    }

    override func event(_ name: String, _ body: JSONText) {
        guard ["order.offered", "order.changed"].contains(name),
            let order = body.text("order").flatMap({ books.orders[$0] })
        else { return }
        world.check(order.disagreement(body))
    }
}
