import LineProtocol

/// Whom a till asks about: customers whom it knows by their id, and cards that only upstream may know.
extension Till {
    func enrol() {
        // A card of somebody whom upstream knows, too, now and then: both become one customer.
        if dice.chance(4), let person = dice.pick(books.people.people.filter { $0.opening == 0 }) {
            person.isShared = true
            return enrol(person.card)
        }
        enrol("70000000\(10 + dice.number(0...world.weather.customers - 1))")
    }

    private func enrol(_ card: String) {
        ask(
            Ask("ENROL", #"{"card":"\#(card)"}"#) { [self] answer, _ in
                guard let id = answer.body.text("customer_id") else {
                    return world.fail("ENROL was answered \(answer.text)")
                }
                world.check(books.enrolled(card, id))
            })
    }

    func identify(_ customer: String) {
        guard books.points.isQuiet(customer) else { return }
        let turns = books.points.turns(customer)
        let before = books.points.whole(customer)
        let (asked, jumps, lives) = (world.clock.now(), world.clock.jumps, world.lives)
        ask(
            Ask("IDENTIFY", #"{"customer_id":"\#(customer)"}"#) { [self] answer, ask in
                guard answer.isOK else { return world.fail("IDENTIFY of \(customer): \(answer.text)") }
                world.check(books.disagreement(answer, isAbout: customer, knownAs: before))
                guard books.points.isQuiet(customer), books.points.turns(customer) == turns, ask.sent == 1,
                    world.lives == lives
                else { return }
                let knowsTime = jumps == 0 && world.clock.jumps == 0
                world.check(
                    books.disagreement(
                        answer, of: customer, from: asked, to: world.clock.now(), knowsTime: knowsTime))
            })
    }

    /// A card that only upstream may know: the answer comes in time, whatever upstream does.
    func scan() {
        guard let person = dice.pick(books.people.people) else { return }
        let (kept, lives, cuts) = (person.kept, world.lives, world.network.cuts)
        let known = books.customer(withCard: person.card)
        ask(
            Ask("IDENTIFY", #"{"card":"\#(person.card)"}"#) { [self] answer, ask in
                let took = world.agenda.now - ask.sentAt
                let isOneQuestion = ask.sent == 1 && world.lives == lives && world.network.cuts == cuts
                if isOneQuestion, took > world.lookupMillisecondsAtMost {
                    world.fail("a till has waited for \(took) ms to be told of \(person.card): \(answer.text)")
                }
                guard answer.isOK else {
                    let isNamed = ["unknown", "unanswered"].contains(answer.body.text("upstream") ?? "")
                    if answer.code != "not_found" || !isNamed || known != nil || kept > 0 {
                        world.fail("\(person.external) with \(kept) names kept is answered \(answer.text)")
                    }
                    return
                }
                if let id = answer.body.text("customer_id") { world.check(books.enrolled(person.card, id)) }
                world.check(books.people.disagreement(answer, of: person, keptBefore: kept))
            })
    }
}
