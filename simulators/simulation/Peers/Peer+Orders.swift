import LineProtocol

/// What tills and phones do about orders alike.
extension Peer {
    func step(_ verb: String, _ order: OrderModel) {
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

    /// Tells how far an order is put together; sometimes that there is more of it than anybody ever ordered.
    func pick(_ order: OrderModel) {
        if order.isIgnored { return }
        let isTooMuch = dice.chance(5)
        let lines = order.lines(at: order.last.number).enumerated().map { place, line in
            let picked = isTooMuch ? 100 : Int64(dice.number(0...Int(line.quantity)))
            let isMissing = !isTooMuch && dice.chance(4)
            return #"{"line":\#(place + 1),"picked":\#(picked),"missing":\#(isMissing ? line.quantity - picked : 0)}"#
        }
        let text = lines.joined(separator: ",")
        ask(
            Ask("ORDER_PICK", #"{"source":"\#(order.source)","order":"\#(order.order)","lines":[\#(text)]}"#) {
                [self] answer, _ in
                guard !answer.isOK else {
                    if isTooMuch { world.fail("\(order.order) was picked beyond what it asks for: \(text)") }
                    return world.check(order.disagreement(answer.body))
                }
                // What the website has amended meanwhile may be less.
                let isTooMuch = answer.code == "bad_field" && (isTooMuch || order.isAmended)
                if !isTooMuch, !["bad_state", "not_found"].contains(answer.code) {
                    world.fail("ORDER_PICK \(text) of \(order.order) was answered \(answer.text)")
                }
            })
    }
}
