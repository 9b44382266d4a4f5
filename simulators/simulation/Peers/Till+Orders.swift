import LineProtocol

/// What a till does about orders.
extension Till {
    func workOnOrder() {
        guard let order = books.order(ofStore: store, &dice) else { return }
        switch order.last.state {
        case "new": step(dice.chance(3) ? "ORDER_ACK" : "ORDER_ACCEPT", order)
        case "delivered": step(dice.chance(12) ? "ORDER_REJECT" : "ORDER_ACCEPT", order)
        case "accepted", "picking": if dice.chance(2) { pick(order) } else { step("ORDER_READY", order) }
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
}
