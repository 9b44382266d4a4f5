import Crew
import Journal
import LineProtocol
import Locking
import Logging
import Retail
import Upstream

/// Asks upstream for customers who are not known here, away from the loops.
///
/// A till waits for no longer than its deadline. An answer that comes later is stored all the same, and the next scan
/// finds the customer. The same identifier is asked for once however many tills show it, what upstream does not know
/// is remembered for a while, and while upstream does not answer nobody waits for it. Identifiers never reach a log.
final class CustomerLookups: Sendable {
    /// What asking has brought.
    enum Answer: Sendable, Equatable {
        /// The customer is stored and in memory.
        case known(CustomerID)
        /// Upstream knows nobody either.
        case unknown
        /// Nothing is known: upstream was not asked, has not answered in time, or failed.
        case unanswered
    }

    /// The bounds of asking.
    struct Limits: Sendable {
        /// Questions under way at once.
        var concurrent = 4
        /// Identifiers that wait for a question to end.
        var waiting = 64
        /// Tills that wait for one identifier.
        var tillsPerIdentifier = 64
        /// Identifiers that upstream does not know.
        var unknown = 10_000
        /// How long they are remembered.
        var unknownMilliseconds: Int64 = 60_000
        /// How long a question may take after its till has gone on: its answer is of use to the next scan.
        var requestMilliseconds = 5_000
    }

    /// What was asked so far.
    struct Counts: Sendable, Equatable {
        var asked: Int64 = 0
        var found: Int64 = 0
        var unknown: Int64 = 0
        var failed: Int64 = 0
        /// Tills that went on before the answer.
        var late: Int64 = 0
    }

    typealias Completion = @Sendable (Answer) -> Void
    /// Runs what may block, somewhere else or later.
    typealias Workers = @Sendable (_ work: @escaping @Sendable () -> Void) -> Void

    private struct Question {
        var completions: [Completion] = []
        var isUnderWay = false
        /// Some till has gone on without the answer.
        var isLate = false
    }

    private struct State {
        var questions: [CustomerIdentifier: Question] = [:]
        var queue: [CustomerIdentifier] = []
        var underWay = 0
        var breaker = LookupBreaker()
        var unknown: UnknownIdentifiers
        var counts = Counts()
        var isStopped = false
    }

    /// How long a till waits, in milliseconds.
    let deadlineMilliseconds: Int
    private let source: any CustomerSource
    private let intake: ChangeIntake
    private let clock: any WallClock
    private let limits: Limits
    private let workers: Workers
    private let log: Logger
    private let state: Mutex<State>

    init(
        source: any CustomerSource, intake: ChangeIntake, clock: any WallClock, deadlineMilliseconds: Int,
        limits: Limits = Limits(), workers: @escaping Workers, log: Logger
    ) {
        self.source = source
        self.intake = intake
        self.clock = clock
        self.deadlineMilliseconds = deadlineMilliseconds
        self.limits = limits
        self.workers = workers
        self.log = log
        state = Mutex(
            State(unknown: UnknownIdentifiers(limit: limits.unknown, forMilliseconds: limits.unknownMilliseconds)))
    }

    /// As many at once as there are questions under way.
    static func workers(_ crew: any Crew) -> Workers {
        let queue = crew.queue("lookups", isConcurrent: true)
        return { work in queue.async(work) }
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// Whether upstream is not asked at present because it did not answer.
    var isPaused: Bool { state.withLock { $0.breaker.isPaused } }

    /// Ends what is under way; everybody who waits is answered.
    func stop() {
        source.stop()
        let waiting = state.withLock { state in
            state.isStopped = true
            state.queue = []
            return state.questions.values.flatMap(\.completions)
        }
        for completion in waiting { completion(.unanswered) }
    }

    /// Asks for an identifier that nobody here has. Completes at once, or when the answer has come, on any thread;
    /// whoever does not want to wait so long says so with ``wentOn(without:)``.
    func ask(_ identifier: CustomerIdentifier, completion: @escaping Completion) {
        let now = clock.now()
        let (answer, mustBegin) = state.withLock { state -> (Answer?, Bool) in
            if state.isStopped { return (.unanswered, false) }
            if state.unknown.contains(identifier, at: now) { return (.unknown, false) }
            if let count = state.questions[identifier]?.completions.count {
                guard count < limits.tillsPerIdentifier else { return (.unanswered, false) }
                state.questions[identifier]?.completions.append(completion)
                return (nil, false)
            }
            let isFull = state.underWay >= limits.concurrent && state.queue.count >= limits.waiting
            guard !isFull, state.breaker.mayAsk(at: now) else { return (.unanswered, false) }
            var question = Question(completions: [completion])
            question.isUnderWay = state.underWay < limits.concurrent
            state.questions[identifier] = question
            if question.isUnderWay { state.underWay += 1 } else { state.queue.append(identifier) }
            return (nil, question.isUnderWay)
        }
        if let answer { return completion(answer) }
        if mustBegin { begin(identifier) }
    }

    /// A till's time is over: it goes on, and upstream is taken for one that does not answer.
    func wentOn(without identifier: CustomerIdentifier) {
        let now = clock.now()
        state.withLock { state in
            guard let question = state.questions[identifier] else { return }
            state.counts.late += 1
            // One that has only waited in the queue says nothing about upstream that those before it do not say.
            guard question.isUnderWay, !question.isLate else { return }
            state.questions[identifier]?.isLate = true
            state.breaker.failed(at: now)
        }
    }

    // MARK: One question

    private func begin(_ identifier: CustomerIdentifier) {
        workers { [self] in
            state.withLock { $0.counts.asked += 1 }
            let answer = source.customer(
                kind: identifier.kind.rawValue, value: identifier.value,
                deadlineMilliseconds: max(limits.requestMilliseconds, deadlineMilliseconds))
            switch answer {
            case .unknown: finish(identifier, .unknown)
            case .failed(let reason):
                log.notice("upstream did not say who a customer is", metadata: ["reason": "\(reason)"])
                finish(identifier, .unanswered)
            case .found(let bytes): store(bytes, askedBy: identifier)
            }
        }
    }

    private func store(_ bytes: [UInt8], askedBy identifier: CustomerIdentifier) {
        do {
            let record = try FoundCustomer(bytes, askedBy: identifier)
            intake.take(record.customer, at: record.at) { [self] result in
                switch result {
                case .success(let customer): finish(identifier, .known(customer))
                case .failure(let error):
                    log.error("a customer from upstream could not be stored", metadata: ["reason": "\(error)"])
                    finish(identifier, .unanswered)
                }
            }
        } catch {
            // A field's place and what is wrong with it; not what stands there.
            log.error("upstream's answer about a customer cannot be used", metadata: ["reason": "\(error)"])
            finish(identifier, .unanswered)
        }
    }

    private func finish(_ identifier: CustomerIdentifier, _ answer: Answer) {
        let now = clock.now()
        let (completions, next) = state.withLock { state -> ([Completion], CustomerIdentifier?) in
            let question = state.questions.removeValue(forKey: identifier)
            state.underWay -= 1
            switch answer {
            case .known: state.counts.found += 1
            case .unknown:
                state.counts.unknown += 1
                state.unknown.insert(identifier, at: now)
            case .unanswered: state.counts.failed += 1
            }
            // A late answer has been counted as a failure when it was late.
            if question?.isLate != true {
                if answer == .unanswered { state.breaker.failed(at: now) } else { state.breaker.succeeded() }
            }
            let next = state.queue.isEmpty ? nil : state.queue.removeFirst()
            if let next {
                state.underWay += 1
                state.questions[next]?.isUnderWay = true
            }
            return (state.isStopped ? [] : question?.completions ?? [], next)
        }
        for completion in completions { completion(answer) }
        if let next { begin(next) }
    }
}

/// A customer as upstream answers: `{"at":…,"body":{…}}`.
private struct FoundCustomer {
    var at: Instant
    var customer: CustomerChange

    init(_ bytes: [UInt8], askedBy identifier: CustomerIdentifier) throws {
        (at, customer) = try bytes.withUnsafeBytes { raw in
            try withJSON(raw) { value in
                let fields = try FieldReader(value)
                return (try fields.instant("at"), try CustomerChange(try fields.object("body")))
            }
        }
        switch identifier {
        case .external(let external):
            guard external == customer.external else {
                throw FieldError.bad("body.external", "is not the one that was asked for")
            }
        // A token lives for a short time and is told anew each time.
        case .token: break
        case .card, .phone, .email:
            if !customer.identifiers.contains(identifier) { customer.identifiers.append(identifier) }
        }
    }
}
