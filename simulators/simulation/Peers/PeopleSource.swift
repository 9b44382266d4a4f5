import Retail
import Upstream

/// What upstream sends down: a feed of changes that can be asked for again and again, and answers about single customers.
/// By its mood it is slow, away, forgets where a gateway was, or fails in the middle.
final class PeopleSource: ChangeSource, CustomerSource, @unchecked Sendable {
    let description = "simulated"
    /// Nothing goes wrong any more.
    var isKind = false
    private(set) var questions = 0
    private unowned let world: World
    private var dice: Dice
    private let moods: Int

    init(_ world: World) {
        self.world = world
        dice = Dice(seed: world.seed, for: "people")
        moods = dice.number(0...3)
    }

    private var people: PeopleModel { world.books.people }

    /// Whether something goes wrong this time.
    private func isInMood(_ often: Int) -> Bool { !isKind && moods > 0 && dice.chance(often / moods) }

    private func wait(_ milliseconds: ClosedRange<Int>, _ life: Life) {
        world.agenda.pause(Int64(dice.number(milliseconds)), life)
    }

    // MARK: The feed

    func changes(after cursor: String, limit: Int, waitMilliseconds: Int) throws(SourceFailure) -> ChangePage {
        let life = world.gatewayLife
        guard let place = Int(cursor), place <= people.count else {
            world.fail("upstream was asked for what comes after '\(cursor)', which it has never said")
            throw .startAgain
        }
        people.keep(through: place)
        try beMoody(life)
        holdUntilNews(after: place, life)
        let end = min(place + dice.number(1...4), people.count)
        world.trace.note("upstream tells changes \(place)..<\(end)")
        return ChangePage(changes: people.texts(place..<end), cursor: "\(end)", hasMore: end < people.count)
    }

    /// While there is nothing to tell the question is held, for some seconds.
    private func holdUntilNews(after place: Int, _ life: Life) {
        guard place == people.count else { return }
        world.agenda.pause(8_000, life) { [people] in people.count > place }
    }

    /// Everything that was told so far, a few changes at a time.
    func snapshot(page: String?, limit: Int) throws(SourceFailure) -> SnapshotPage {
        let life = world.gatewayLife
        try beMoody(life)
        let numbers = page?.split(separator: "/").compactMap { Int($0) } ?? [0, people.count]
        guard numbers.count == 2, numbers[0] <= numbers[1], numbers[1] <= people.count else { throw .startAgain }
        let (place, end) = (numbers[0], numbers[1])
        let next = min(place + 3, end)
        world.trace.note("upstream tells a snapshot, \(place)..<\(next) of \(end)")
        return SnapshotPage(
            changes: people.texts(place..<next),
            next: next < end ? .page("\(next)/\(end)") : .changes(cursor: "\(end)", complete: []))
    }

    private func beMoody(_ life: Life) throws(SourceFailure) {
        questions += 1
        if dice.chance(6) { wait(1...1_500, life) }
        guard isInMood(12) else { return }
        switch dice.number(0...4) {
        case 0: throw .startAgain
        case 1: throw .tooLong
        case 2: throw .tooSlow(reason: "slow")
        case 3: throw .failed(reason: "busy", retryAfterMilliseconds: dice.number(1...3_000))
        default: throw .failed(reason: "away", retryAfterMilliseconds: nil)
        }
    }

    // MARK: Single customers

    func customer(kind: String, value: String, deadlineMilliseconds: Int) -> CustomerAnswer {
        let life = world.gatewayLife
        questions += 1
        if isInMood(6) {
            // For longer than any till waits.
            wait(200...min(5_000, deadlineMilliseconds), life)
            if dice.chance(2) { return .failed(reason: "slow") }
        } else if dice.chance(2) {
            wait(1...300, life)
        }
        if isInMood(10) { return .failed(reason: "away") }
        guard kind == "card", let person = people.person(withCard: value) else { return .unknown }
        return .found(Array(person.answer.utf8))
    }

    func stop() {}
}
