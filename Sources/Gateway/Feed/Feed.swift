import Crew
import Journal
import LineProtocol
import Locking
import Logging
import Retail
import Upstream

/// Takes in what upstream sends down, for as long as the gateway runs: everything once as a snapshot, then every
/// change.
///
/// How far it came stands in the journal, in the transaction of the last change: a stop anywhere repeats a page at
/// most, and every change can be repeated. The worker only drives ``step()``, which a test drives in virtual time.
final class Feed: @unchecked Sendable {
    /// How long upstream may hold a question when there is nothing to tell.
    static let heldMilliseconds = 20_000
    /// What one commit of a sweep withdraws or forgets.
    private static let rowsPerCommit = 200
    /// What is taken of one page, some times what was asked for: an upstream that does not look at `limit` is borne with.
    static let changesPerPageMaximum = FeedPace.changesPerPage * 10

    /// What an operator is shown.
    struct Report: Sendable {
        var pace: FeedPace.State = .good
        var next = Instant.distantPast
    }

    private let journal: Journal
    private let source: any ChangeSource
    private let intake: ChangeIntake
    private let clock: any WallClock
    private let log: Logger
    private let waker: Waker
    private let shown = Mutex(Report())
    private let mustHurry = Atomic<Bool>(false)
    private let mustStartAgain = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    private let crew: any Crew
    private let employment = Mutex<Employment?>(nil)
    // Touched by the worker only, or by the test that drives the steps.
    private var pace = FeedPace()
    private var generator: CrewGenerator
    private let reader = ChangeReader()
    /// How far the sweep has come, by SKU; a gateway that was restarted looks again from the first one.
    private var sweptThrough = ""
    /// The cursor of a snapshot that was just taken in, as long as nothing has followed it.
    private var freshCursor: String?
    /// Upstream has disowned what it said itself: its pages count for nothing until changes follow.
    private var isDoubtful = false

    init(
        journal: Journal, source: any ChangeSource, intake: ChangeIntake, clock: any WallClock, log: Logger
    ) {
        self.journal = journal
        self.source = source
        self.intake = intake
        self.clock = clock
        self.log = log
        crew = journal.crew
        waker = crew.waker()
        generator = CrewGenerator(crew)
    }

    var report: Report { shown.withLock { $0 } }

    /// Where the changes come from.
    var place: String { source.description }

    func start() {
        let employed = crew.employ("feed", waker: waker) { [self] in turn() }
        employment.withLock { $0 = employed }
    }

    /// Ends the question that is under way; what was not taken in comes again.
    func stop() {
        isStopping.store(true, ordering: .sequentiallyConsistent)
        source.stop()
        waker.wake()
        employment.withLock { $0 }?.waitForEnd(seconds: 10)
    }

    /// Asks at once.
    ///
    /// - Parameter startingAgain: with a snapshot.
    func hurry(startingAgain: Bool) {
        if startingAgain { mustStartAgain.store(true, ordering: .sequentiallyConsistent) }
        mustHurry.store(true, ordering: .sequentiallyConsistent)
        waker.wake()
    }

    private func turn() -> Rest {
        guard !isStopping.load(ordering: .sequentiallyConsistent) else { return .ended }
        let pause = step()
        return pause > 0 ? .milliseconds(Int(min(pause, 60_000))) : .none
    }

    // MARK: Steps

    /// Takes in what is due: a page at most.
    ///
    /// - Returns: for how long nothing is due, in milliseconds.
    func step() -> Int64 {
        if mustHurry.exchange(false, ordering: .sequentiallyConsistent) { pace.hurry() }
        let wait = pace.wait(at: clock.now())
        guard wait == 0 else { return wait }
        do {
            try advance()
        } catch let failure as SourceFailure {
            settle(failure)
        } catch {
            fail("the store does not take what upstream sent: \(error)")
        }
        shown.withLock { $0 = Report(pace: pace.state, next: pace.next) }
        return pace.wait(at: clock.now())
    }

    private func advance() throws {
        var state = try journal.read { try $0.feedState() }
        let mustStartAgain = mustStartAgain.exchange(false, ordering: .sequentiallyConsistent)
        // A cursor belongs to the upstream that gave it.
        if mustStartAgain || state.source != source.description {
            state.source = source.description
            state.position = .unknown
        }
        switch state.position {
        case .unknown:
            try begin(state)
        case .snapshot(let page):
            let next = try source.snapshot(page: page, limit: pace.limit)
            try take(next, state)
        case .sweeping(let cursor, let kinds):
            try sweep(kinds, cursor: cursor, state)
        case .following(let cursor):
            let asked = crew.milliseconds()
            let page = try source.changes(
                after: cursor, limit: pace.limit, waitMilliseconds: Self.heldMilliseconds)
            let held = crew.milliseconds() - asked
            try take(page, state, wasHeld: held > Int64(Self.heldMilliseconds) / 2)
        }
    }

    /// A snapshot begins: nothing has been named yet.
    private func begin(_ state: FeedState) throws {
        while try intake.commit({ try $0.transaction.forgetSeen(limit: Self.rowsPerCommit) }) {}
        sweptThrough = ""
        var state = state
        state.position = .snapshot(page: nil)
        let began = state
        try intake.commit { try $0.transaction.put(began) }
        log.notice("a snapshot of what upstream knows is taken in", metadata: ["upstream": "\(source.description)"])
        goOn()
    }

    /// A page or a piece of a snapshot is done, the next one is due.
    private func goOn() {
        pace.took(hasMore: true, wasHeld: false, isTrusted: !isDoubtful, at: clock.now())
    }

    private func take(_ page: SnapshotPage, _ state: FeedState) throws {
        try checkLength(page.changes)
        var state = state
        switch page.next {
        case .page(let name):
            if state.position == .snapshot(page: name) {
                throw Self.nonsense("a page of the snapshot is its own next one")
            }
            state.position = .snapshot(page: name)
        case .changes(let cursor, let complete):
            state.position = .sweeping(cursor: cursor, kinds: complete.compactMap { FeedKind(rawValue: $0) })
        }
        try take(page.changes, isSnapshot: true, state)
        goOn()
    }

    private func take(_ page: ChangePage, _ state: FeedState, wasHeld: Bool) throws {
        try checkLength(page.changes)
        if page.hasMore, state.position == .following(cursor: page.cursor) {
            throw Self.nonsense("there is more, but the cursor stays where it was")
        }
        var state = state
        let isNews = !page.changes.isEmpty || state.position != .following(cursor: page.cursor)
        state.position = .following(cursor: page.cursor)
        // An upstream that has nothing to tell costs no writing.
        if isNews { try take(page.changes, isSnapshot: false, state) }
        freshCursor = nil
        isDoubtful = false
        pace.took(hasMore: page.hasMore, wasHeld: wasHeld, at: clock.now())
    }

    private func checkLength(_ changes: [[UInt8]]) throws(SourceFailure) {
        guard changes.count > Self.changesPerPageMaximum else { return }
        throw Self.nonsense("a page of \(changes.count) changes, \(pace.limit) were asked for")
    }

    private static func nonsense(_ what: String) -> SourceFailure {
        .failed(reason: "malformed answer: " + what, retryAfterMilliseconds: nil)
    }

    private func take(_ changes: [[UInt8]], isSnapshot: Bool, _ state: FeedState) throws {
        let received = changes.map(reader.read)
        var state = state
        state.takenAt = clock.now()
        let before = state
        if journal.planted.contains(.cursorBeforeChange) { try intake.commit { try $0.transaction.put(before) } }
        let counts = try intake.take(
            received, isSnapshot: isSnapshot,
            mayGoOn: { !isStopping.load(ordering: .sequentiallyConsistent) }
        ) { transaction, counts in
            var state = before
            state.applied += Int64(counts.applied)
            state.known += Int64(counts.known)
            state.refused += Int64(counts.refused)
            try transaction.put(state)
        }
        guard counts.refused > 0 else { return }
        log.warning("changes from upstream were refused", metadata: ["count": "\(counts.refused)"])
    }

    /// The snapshot is complete: what it did not name is withdrawn, a piece at a time, and then changes follow.
    private func sweep(_ kinds: [FeedKind], cursor: String, _ state: FeedState) throws {
        if kinds.contains(.product), try isSweepable() {
            // Looked for beside the writer, which a receipt may want meanwhile.
            let after = sweptThrough
            let skus = try journal.read { try $0.unseenProducts(after: after, limit: Self.rowsPerCommit) }
            if let last = skus.last {
                try intake.commit { application in
                    for sku in skus { try application.withdrawUnseen(sku) }
                }
                sweptThrough = last
                return goOn()
            }
        }
        sweptThrough = ""
        while try intake.commit({ try $0.transaction.forgetSeen(limit: Self.rowsPerCommit) }) {}
        var state = state
        state.position = .following(cursor: cursor)
        state.snapshotAt = clock.now()
        let done = state
        try intake.commit { try $0.transaction.put(done) }
        freshCursor = cursor
        log.notice("the snapshot of what upstream knows is complete")
        goOn()
    }

    /// A snapshot without a single product is taken for a mistake: nobody empties a shop in one go. And when a row does
    /// not say which product it is, nobody knows which one it keeps.
    private func isSweepable() throws -> Bool {
        let (hasSeen, hasUnreadable) = try journal.read { view in
            (try view.hasSeen(.product), try view.hasUnreadable(.product))
        }
        guard hasUnreadable else { return hasSeen }
        log.warning("no product is withdrawn: a row of the snapshot does not say which product it is")
        return false
    }

    // MARK: Failures

    private func settle(_ failure: SourceFailure) {
        switch failure {
        case .startAgain:
            do {
                try startAgain()
            } catch {
                fail("\(error)")
            }
        case .tooSlow(let reason):
            _ = pace.wasTooLong()
            fail(reason)
        case .tooLong:
            if !pace.wasTooLong() { fail("a single change is longer than the gateway reads") }
        case .notOffered:
            if pace.isNotOffered(at: clock.now()) {
                log.notice("upstream sends nothing down", metadata: ["upstream": "\(source.description)"])
            }
        case .failed(let reason, let pause):
            fail(reason, retryAfterMilliseconds: pause)
        }
    }

    /// Upstream does not know the place where the gateway is.
    private func startAgain() throws {
        var state = try journal.read { try $0.feedState() }
        let place = state.position
        state.source = source.description
        state.position = .unknown
        let fresh = state
        try intake.commit { try $0.transaction.put(fresh) }
        switch place {
        case .following(let cursor) where cursor != freshCursor:
            log.notice("upstream does not know the cursor any more")
            // Not at once: an upstream that says so again and again must not be hammered.
            pace.took(hasMore: false, wasHeld: false, isTrusted: !isDoubtful, at: clock.now())
        case .following:
            isDoubtful = true
            fail("upstream does not know the cursor of the snapshot that it has just given")
        default:
            isDoubtful = true
            fail("upstream does not know a page of the snapshot that it is giving")
        }
    }

    private func fail(_ reason: String, retryAfterMilliseconds: Int? = nil) {
        guard !isStopping.load(ordering: .sequentiallyConsistent) else { return }
        if pace.failed(
            reason, retryAfterMilliseconds: retryAfterMilliseconds, at: clock.now(), using: &generator)
        {
            log.warning("what upstream sends down cannot be had", metadata: ["reason": "\(reason)"])
        }
    }
}
