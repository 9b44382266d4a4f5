import Retail

/// What upstream tells in the course of a day, out of the seed: new people, new names, corrections of points, and that two
/// of them are one.
struct News {
    private unowned let world: World
    private var dice: Dice

    init(_ world: World) {
        self.world = world
        dice = Dice(seed: world.seed, for: "news")
    }

    private var books: Books { world.books }
    private var people: PeopleModel { world.books.people }

    /// Upstream's own clock, which nobody puts forward or back.
    private var now: Instant { world.clock.unmoved }

    mutating func tell() {
        if let person = people.untold, dice.chance(2) || people.people.count >= world.weather.people {
            return people.rename(person, at: now)
        }
        guard people.people.count >= world.weather.people else { return addPerson() }
        guard let person = dice.pick(people.people.filter(\.isTold)) else { return }
        switch dice.number(0...9) {
        case 0...3: people.rename(person, at: now)
        case 4...6: correct(person)
        case 7: merge()
        default: adopt()
        }
    }

    private mutating func addPerson() {
        let number = people.people.count + 1
        // What somebody has upstream comes along with them.
        let opening = dice.chance(2) ? Int64(dice.number(1...300)) : 0
        let person = PeopleModel.Person(external: "K-\(number)", card: "71000000\(10 + number)", opening: opening)
        world.trace.note("upstream knows \(person.external), with \(opening) points")
        books.points.begin(person.external)
        books.points.end(person.external, adding: opening)
        people.add(person, at: now)
    }

    private mutating func correct(_ person: PeopleModel.Person) {
        let points = Int64(dice.chance(3) ? dice.number(-80 ... -1) : dice.number(1...200))
        world.trace.note("upstream corrects the points of \(person.external) by \(points)")
        books.points.begin(person.external)
        people.correct(person, by: points, at: now) { [unowned books] in
            books.points.end(person.external, adding: points)
        }
    }

    /// Two of those whom upstream knows, and whom tills have met, are one person.
    private mutating func merge() {
        let met = people.people.filter { $0.isTold && books.customer(withCard: $0.card) != nil }
        guard let gone = dice.pick(met), let survivor = dice.pick(met),
            books.points.beginMerge(gone.external, into: survivor.external)
        else { return }
        world.trace.note("upstream makes \(survivor.external) of \(gone.external)")
        let customer = books.points.whole(gone.external)
        people.merge(gone, into: survivor, at: now) { [unowned books] in books.endMerge(customer) }
    }

    /// A customer whom only the shop has known is one whom upstream knows, by the card.
    private mutating func adopt() {
        let met = people.people.filter {
            $0.isTold && $0.adopted == nil && books.customer(withCard: $0.card) != nil
        }
        guard let person = dice.pick(met) else { return }
        let card = "70000000\(10 + dice.number(0...world.weather.customers - 1))"
        guard let customer = books.customer(withCard: card),
            !people.people.contains(where: { $0.adopted == card || books.points.mayBeOne($0.external, customer) }),
            books.points.beginMerge(customer, into: person.external)
        else { return }
        world.trace.note("upstream learns that \(card) is a card of \(person.external)")
        let gone = books.points.whole(customer)
        person.adopted = card
        person.isShared = true
        people.rename(person, at: now) { [unowned books] in books.endMerge(gone) }
    }
}
