import LineProtocol
import Retail

/// A till: sells, takes back, holds points, works on orders, closes its shift, and repeats what was not answered.
final class Till: Peer {
    var hasBegun = false
    var shift = 1
    var number = 0
    /// Of the shift: those that were stored or will be.
    var numbers: [String] = []
    /// A shift is being closed: nothing new until it is.
    var isClosing = false
    /// Of the shift: sales, and corrections with their sign. What comes back is paid back with nothing here.
    var total: Int64 = 0
    /// Keys that a request is under way for.
    var busyKeys: Set<String> = []

    var books: Books { world.books }
    var now: String { world.clock.now().rfc3339 }

    func key(_ number: String) -> String { "\(store)/\(name)/\(shift)/\(number)" }

    var nextNumber: String { "\(number + 1)" }

    override func greeted() {
        guard !hasBegun else { return }
        hasBegun = true
        openShift()
    }

    override func act() {
        guard asks.count < 5 else { return }
        if isClosing { return closeWhenQuiet() }
        guard let customer = books.customer(&dice) else { return enrol() }
        switch dice.number(0...31) {
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
        case 20: correct()
        case 21, 22: scan()
        case 23, 24: workOnBasket()
        case 25: quote(Int64(dice.number(1...4)), for: dice.chance(4) ? nil : customer)
        default: workOnOrder()
        }
    }

    override func event(_ name: String, _ body: JSONText) {
        if let basket = books.basket(body, store: store), name.hasPrefix("basket.") {
            if name == "basket.offered" { basket.isOffered = true }
            if name == "basket.changed" { world.check(basket.disagreement(body)) }
            return
        }
        guard ["order.offered", "order.changed"].contains(name),
            let order = body.text("order").flatMap({ books.orders[$0] })
        else { return }
        world.check(order.disagreement(body))
        if name == "order.offered", dice.chance(2) { step("ORDER_ACK", order) }
    }

    // MARK: Points

    func hold(for anybody: String) {
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

    func release() {
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
}
