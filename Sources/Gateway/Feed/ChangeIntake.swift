import Crew
import Journal
import LineProtocol
import Locking
import Retail
import Upstream

/// Takes what upstream sends down into the journal and, after each commit, into memory: in pieces so small that a
/// till's receipt between them waits for one of them at most.
final class ChangeIntake: Sendable {
    /// Runs in the transaction of the last piece, told what became of all of them.
    typealias Finish = @Sendable (JournalTransaction, FeedCounts) throws -> Void

    /// Changes that one commit takes: some milliseconds of the writer.
    static let changesPerCommit = 200

    private let journal: Journal
    private let directory: CustomerDirectory
    private let products: ProductMemory
    private let programmes: Programmes
    private let rules: ProgrammeDesk
    private let clock: any WallClock
    private let relayWaker: Waker
    /// The clock by which points expire: customers belong to no single store.
    private let calendar: StoreCalendar

    init(
        journal: Journal, directory: CustomerDirectory, products: ProductMemory, programmes: Programmes,
        rules: ProgrammeDesk, clock: any WallClock, relayWaker: Waker, calendar: StoreCalendar
    ) {
        self.journal = journal
        self.directory = directory
        self.products = products
        self.programmes = programmes
        self.rules = rules
        self.clock = clock
        self.relayWaker = relayWaker
        self.calendar = calendar
    }

    // MARK: Many changes

    /// Changes that are applied in the same way.
    private enum Run {
        case pieces([ReceivedChange])
        case rules([ReceivedChange])
    }

    /// Applies changes in their order and returns when the disk has them. Blocks; not for loops.
    ///
    /// - Parameters:
    ///   - isSnapshot: what is named belongs to a snapshot.
    ///   - mayGoOn: asked before each piece; when it says no, what is left comes again another time.
    ///   - finish: runs in the transaction of the last piece; also when there are no changes.
    func take(
        _ changes: [ReceivedChange], isSnapshot: Bool, mayGoOn: () -> Bool = { true }, finish: @escaping Finish
    ) throws -> FeedCounts {
        var counts = FeedCounts()
        let runs = Self.runs(changes)
        for (index, run) in runs.enumerated() {
            let last = index == runs.count - 1 ? finish : nil
            switch run {
            case .rules(let edits):
                guard mayGoOn() else { throw Self.stopped }
                counts = try rules.take(edits, after: counts, finish: last)
            case .pieces(let changes):
                counts = try take(changes, isSnapshot: isSnapshot, mayGoOn: mayGoOn, after: counts, finish: last)
            }
        }
        if counts.refused > 0 { relayWaker.wake() }
        return counts
    }

    private func take(
        _ changes: [ReceivedChange], isSnapshot: Bool, mayGoOn: () -> Bool, after before: FeedCounts, finish: Finish?
    ) throws -> FeedCounts {
        var counts = before
        var next = 0
        repeat {
            guard mayGoOn() else { throw Self.stopped }
            let end = min(next + Self.changesPerCommit, changes.count)
            let piece = changes[next..<end]
            let finish = end == changes.count ? finish : nil
            do {
                counts = try commit(piece, isSnapshot: isSnapshot, carefully: false, after: counts, finish: finish)
            } catch let error where Self.isOfOneChange(error) {
                counts = try commit(piece, isSnapshot: isSnapshot, carefully: true, after: counts, finish: finish)
            }
            next = end
        } while next < changes.count
        return counts
    }

    private static let stopped = SourceFailure.failed(reason: "stopped", retryAfterMilliseconds: nil)

    private static func runs(_ changes: [ReceivedChange]) -> [Run] {
        var runs: [Run] = []
        var pending: [ReceivedChange] = []
        var isOfRules = false
        func flush() {
            if !pending.isEmpty { runs.append(isOfRules ? .rules(pending) : .pieces(pending)) }
            pending = []
        }
        for change in changes {
            if change.isOfRules != isOfRules { flush() }
            isOfRules = change.isOfRules
            pending.append(change)
        }
        flush()
        return runs.isEmpty ? [.pieces([])] : runs
    }

    /// An error that says something about a change, not about the store.
    private static func isOfOneChange(_ error: any Error) -> Bool {
        !(error is JournalError) && (error as? SQLError)?.isConstraint != false
    }

    private func commit(
        _ piece: ArraySlice<ReceivedChange>, isSnapshot: Bool, carefully: Bool, after before: FeedCounts,
        finish: Finish?
    ) throws -> FeedCounts {
        try commit(isSnapshot: isSnapshot) { application in
            for change in piece { try application.take(change, carefully: carefully) }
            let counts = before + application.counts
            try finish?(application.transaction, counts)
            return counts
        }
    }

    /// Runs a transaction on changes and carries its effects into memory, before anybody is told of it.
    func commit<Value: Sendable>(
        isSnapshot: Bool = false, _ body: @escaping @Sendable (inout ChangeApplication) throws -> Value
    ) throws -> Value {
        let done = journal.crew.latch()
        let outcome = Mutex<Result<Value, any Error>?>(nil)
        submit(isSnapshot: isSnapshot, body) { result in
            outcome.withLock { $0 = result }
            done.open()
        }
        done.wait()
        guard let result = outcome.withLock({ $0 }) else { throw JournalError.closed }
        return try result.get()
    }

    private func submit<Value: Sendable>(
        isSnapshot: Bool, _ body: @escaping @Sendable (inout ChangeApplication) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        let bench = AccountBench(active: programmes.active, clock: calendar.clock(at: clock.now()))
        journal.submit { transaction -> (Value, [FeedEffect]) in
            var application = try ChangeApplication(transaction, bench, isSnapshot: isSnapshot)
            let value = try body(&application)
            return (value, application.effects)
        } completion: { [self] result in
            if case .success(let (_, effects)) = result { carry(effects) }
            completion(result.map(\.0))
        }
    }

    // MARK: One customer

    /// Stores a customer whom upstream was asked for.
    func take(
        _ customer: CustomerChange, at: Instant, completion: @escaping @Sendable (Result<CustomerID, any Error>) -> Void
    ) {
        submit(isSnapshot: false) { application in
            try FeedRefusal.check(at, "at", now: application.now)
            try customer.checkOpening(at: application.now)
            return try application.apply(customer, at: at).customer
        } completion: {
            completion($0)
        }
    }

    // MARK: What waited

    /// Applies what waited for things that have become known otherwise than by upstream. Returns at once.
    func applyWaiting(for needs: [FeedRefusal.Need]) {
        for start in stride(from: 0, to: needs.count, by: Self.changesPerCommit) {
            let piece = needs[start..<min(start + Self.changesPerCommit, needs.count)]
            submit(isSnapshot: false) { application in
                for need in piece { try application.applyWaiting(for: need) }
                return application.counts
            } completion: { [relayWaker] result in
                // What fails here waits on, for the next word on the same thing or an operator's.
                if case .success(let counts) = result, counts != FeedCounts() { relayWaker.wake() }
            }
        }
    }

    // MARK: Memory

    /// Carries what was committed into memory, on the writer's thread.
    private func carry(_ effects: [FeedEffect]) {
        for effect in effects {
            switch effect {
            case .customer(let record): directory.put(record)
            case .merged where journal.planted.contains(.mergeNotTold): break
            case .merged(let gone, let survivor): directory.setMerged(gone, into: survivor)
            case .account(let update): directory.take(update)
            case .product(let product): products.put(product)
            case .productWithdrawn(let sku): products.remove(sku)
            }
        }
    }
}

extension FeedCounts {
    static func + (left: FeedCounts, right: FeedCounts) -> FeedCounts {
        FeedCounts(
            applied: left.applied + right.applied, known: left.known + right.known,
            refused: left.refused + right.refused)
    }
}

extension ReceivedChange {
    /// Whether it changes programmes, which are checked as a whole.
    var isOfRules: Bool {
        guard case .success(let change) = change else { return false }
        switch change.content {
        case .programmes, .promotion, .promotionWithdrawn: return true
        default: return false
        }
    }
}
