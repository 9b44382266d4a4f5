import LineProtocol
import Retail

/// Everybody asks once more, when nothing is under way.
extension Evening {
    /// Every customer: holds have ended, points are what was told.
    func identifyAll() {
        guard let till = others.first(where: { $0 is Till }) else { return }
        let isTimeKnown = world.clock.jumps == 0
        for customer in world.books.customers where world.books.points.isQuiet(customer) {
            let from = world.clock.now()
            let before = world.books.points.whole(customer)
            till.ask(
                Ask("IDENTIFY", #"{"customer_id":"\#(customer)"}"#) { [world] answer, _ in
                    guard answer.isOK else { return world.fail("IDENTIFY of \(customer): \(answer.text)") }
                    world.check(world.books.disagreement(answer, isAbout: customer, knownAs: before))
                    world.check(
                        world.books.disagreement(
                            answer, of: customer, from: from, to: world.clock.now(), knowsTime: isTimeKnown))
                })
        }
    }

    /// Everybody whom upstream knows is known here.
    func scanAll() {
        guard let till = others.first(where: { $0 is Till }) else { return }
        for person in world.books.people.people {
            till.ask(
                Ask("IDENTIFY", #"{"card":"\#(person.card)"}"#) { [world] answer, _ in
                    guard let id = answer.body.text("customer_id") else {
                        return world.fail("\(person.external) was told long ago, and is answered \(answer.text)")
                    }
                    world.check(world.books.enrolled(person.card, id))
                    world.check(world.books.people.disagreement(answer, of: person, keptBefore: person.kept))
                })
        }
    }

    /// What is there is what was counted less what has gone since.
    func lookAtStock() {
        guard let till = others.first(where: { $0 is Till }) else { return }
        for sku in StockModel.products {
            till.ask(
                Ask("STOCK", #"{"sku":"\#(sku)"}"#) { [world] answer, _ in
                    for level in answer.body.objects("stores") {
                        guard let store = level.text("store"), world.stores.contains(store) else { continue }
                        let moved = sku == "MUG" ? world.mugsMoved(in: store) : 0
                        let (available, reserved) = world.books.stock.expected(
                            store, sku, moved: moved, orders: world.books.known(ofStore: store))
                        if level.raw("available") != available.decimalText
                            || level.raw("reserved") != reserved.decimalText
                        {
                            world.fail(
                                "of \(sku) there are \(available.decimalText) and \(reserved.decimalText) are reserved; "
                                    + "STOCK was answered \(answer.text)")
                        }
                    }
                })
        }
    }

    func lookAtOrders() {
        for order in world.books.allOrders {
            let site = others.first { $0.name == order.source && $0.store == order.store }
            site?.ask(
                Ask("ORDER_GET", #"{"order":"\#(order.order)"}"#) { [world] answer, _ in
                    guard answer.isOK else {
                        return world.fail("\(order.order) was acknowledged and is gone: \(answer.text)")
                    }
                    let history = answer.body.objects("history")
                    world.check(order.disagreement(history: history))
                    world.check(order.disagreement(goods: answer.body))
                    checkTold(order, history, site)
                })
        }
    }

    /// The website has learnt every step of others, upstream every step; nobody has forgotten the order.
    func checkTold(_ order: OrderModel, _ history: [JSONText], _ site: Peer?) {
        let told = (site?.mailbox.bodies(of: "order.changed") ?? []).filter { $0.text("order") == order.order }
        let numbers = told.compactMap { $0.integer("number") }
        let expected = history.filter { $0.text("by", "device") != order.source }.compactMap { $0.integer("number") }
        if numbers != expected {
            world.fail("the website was told steps \(numbers) of \(order.order), others made \(expected)")
        }
        let posted = world.books.webhooks.count(of: order.order)
        if world.weather.hasWebhooks, posted != history.count {
            world.fail("the website was posted \(posted) steps of \(order.order), there are \(history.count)")
        }
        for step in history {
            let id = "\(order.source)/\(order.order)/\(step.integer("number") ?? 0)"
            if world.upstream.events[id] == nil, !isQuarantined(id) {
                world.fail("upstream was not told \(id)")
            }
        }
        let state = history.last?.text("state") ?? ""
        if state == "new" || state == "delivered" {
            let isAlarmed =
                world.upstream.events.values.contains { event in
                    let body = JSONText(bytes: event.body)
                    return event.type == "order.alarm" && body.text("order") == order.order
                        && body.text("reason") == "unaccepted"
                } || world.quarantine.values.contains("order.alarm")
            if !isAlarmed { world.fail("nobody takes \(order.order), and nobody was alarmed") }
        }
        let claimer = world.peers.first { $0.store == order.store && $0.name == history.last?.text("by", "device") }
        if state == "claimed", let claimer, claimer.isGone || claimer.revocation != .none {
            world.fail("\(order.order) is still claimed by a till that went for ever")
        }
    }

    func isQuarantined(_ id: String) -> Bool { world.quarantine[id] != nil }
}
