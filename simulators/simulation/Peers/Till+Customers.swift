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

    /// A card that only upstream may know, or nobody: the answer comes in time, whatever upstream does.
    func scan() {
        if let person = dice.pick(books.people.people), !dice.chance(3) { return scan(person) }
        let card = "72000000\(10 + dice.number(0...9))"
        let watch = Watch(world)
        ask(
            Ask("IDENTIFY", #"{"card":"\#(card)"}"#) { [self] answer, ask in
                world.check(watch.disagreement(ask, answer))
                if !isNobody(answer) { world.fail("\(card) is nobody's and was answered \(answer.text)") }
            })
    }

    private func scan(_ person: PeopleModel.Person) {
        let (kept, watch) = (person.kept, Watch(world))
        let known = books.customer(withCard: person.card)
        ask(
            Ask("IDENTIFY", #"{"card":"\#(person.card)"}"#) { [self] answer, ask in
                world.check(watch.disagreement(ask, answer))
                guard answer.isOK else {
                    if !isNobody(answer) || known != nil || kept > 0 {
                        world.fail("\(person.external) with \(kept) names kept is answered \(answer.text)")
                    }
                    return
                }
                if let id = answer.body.text("customer_id") { world.check(books.enrolled(person.card, id)) }
                world.check(books.people.disagreement(answer, of: person, keptBefore: kept))
            })
    }

    private func isNobody(_ answer: Answer) -> Bool {
        let upstream = answer.body.text("upstream") ?? ""
        return answer.code == "not_found"
            && (world.weather.asksUpstream ? ["unknown", "unanswered"].contains(upstream) : upstream.isEmpty)
    }
}

/// How long a till waits, where nothing but upstream can be why.
private struct Watch {
    private let world: World
    private let lives: Int
    private let cuts: Int

    init(_ world: World) {
        self.world = world
        (lives, cuts) = (world.lives, world.network.cuts)
    }

    func disagreement(_ ask: Ask, _ answer: Answer) -> String? {
        let took = world.agenda.now - ask.sentAt
        guard ask.sent == 1, world.lives == lives, world.network.cuts == cuts,
            took > world.lookupMillisecondsAtMost
        else { return nil }
        return "a till has waited for \(took) ms for the answer to \(ask.body): \(answer.text)"
    }
}
