import LineProtocol

/// A request as it is sent, and sent again: the same bytes each time.
struct OutgoingRequest: Hashable, Sendable {
    var verb: Verb
    /// One JSON object without line breaks.
    var body: [UInt8]
    /// Whether it is sent again when the connection broke before its answer came.
    var isRepeatable: Bool
}

/// The requests that have no answer yet: which wait, which are under way, and in which order they go out. Pure.
///
/// Requests are numbered in the order in which they were made, and that is the order in which they are sent, also
/// after a new connection: what had been under way goes first. The number is the request's tag. Numbers are never used
/// twice, so an answer that comes after its caller has given up cannot be taken for another one.
struct RequestTable: Sendable {
    typealias Number = UInt64

    private enum Stage: Hashable {
        case waiting
        case underWay(sinceNanoseconds: UInt64)
        /// The gateway asked to come back later with it.
        case paused
    }

    private struct Entry {
        let request: OutgoingRequest
        var stage = Stage.waiting
    }

    /// Requests without an answer at a time.
    let capacity: Int
    /// Requests under way on one connection.
    var pipelineLimit: Int

    private var entries: [Number: Entry] = [:]
    /// Ascending.
    private var waiting: [Number] = []
    /// Under way, but nobody is interested any more. They count until their answer has come.
    private var abandoned: [Number: UInt64] = [:]
    private var lastNumber: Number = 0
    private var sentCount = 0

    init(capacity: Int, pipelineLimit: Int) {
        precondition(capacity > 0 && pipelineLimit > 0, "a table has room for at least one request")
        self.capacity = capacity
        self.pipelineLimit = pipelineLimit
    }

    /// Requests that were made and neither answered nor given up.
    var count: Int { entries.count }

    /// Requests that were sent on this connection and have no answer.
    var underWayCount: Int { sentCount + abandoned.count }

    /// When the request was sent that has been under way for the longest time; nil when there is none.
    var oldestSentNanoseconds: UInt64? {
        var oldest = abandoned.values.min()
        for entry in entries.values {
            if case .underWay(let since) = entry.stage { oldest = min(oldest ?? since, since) }
        }
        return oldest
    }

    /// Takes a request in.
    ///
    /// - Returns: its number, or nil when the table is full.
    mutating func add(_ request: OutgoingRequest) -> Number? {
        guard entries.count < capacity else { return nil }
        lastNumber += 1
        entries[lastNumber] = Entry(request: request)
        waiting.append(lastNumber)
        return lastNumber
    }

    /// The next request to send, which counts as sent from now on; nil when none waits or the pipeline is full.
    mutating func takeNext(
        nowNanoseconds: UInt64
    ) -> (number: Number, request: OutgoingRequest)? {
        guard underWayCount < pipelineLimit, let number = waiting.first, var entry = entries[number] else { return nil }
        waiting.removeFirst()
        entry.stage = .underWay(sinceNanoseconds: nowNanoseconds)
        entries[number] = entry
        sentCount += 1
        return (number, entry.request)
    }

    /// The final answer has come, or the caller is told something else.
    ///
    /// - Returns: false for an answer that nobody waits for any more, or that belongs to nothing.
    mutating func finish(_ number: Number) -> Bool {
        if abandoned.removeValue(forKey: number) != nil { return false }
        guard let entry = entries.removeValue(forKey: number) else { return false }
        leave(entry.stage, number)
        return true
    }

    /// Nobody waits for the answer any more. A request that is under way keeps its place in the pipeline.
    mutating func abandon(_ number: Number) {
        guard let entry = entries.removeValue(forKey: number) else { return }
        leave(entry.stage, number)
        if case .underWay(let since) = entry.stage { abandoned[number] = since }
    }

    /// The gateway has answered that the request should come again later.
    mutating func pause(_ number: Number) {
        move(number, to: .paused)
    }

    /// The request is to be sent again as soon as there is room.
    mutating func sendAgain(_ number: Number) {
        move(number, to: .waiting)
    }

    /// Whether somebody waits for this request's answer.
    func isExpected(_ number: Number) -> Bool { entries[number] != nil }

    /// The connection broke: what was under way waits again, before everything that was made later.
    ///
    /// - Returns: how many are sent again, and which are not: those are gone from the table.
    mutating func connectionLost() -> (repeated: Int, dropped: [Number]) {
        abandoned.removeAll()
        var repeated = 0
        var dropped: [Number] = []
        for (number, entry) in entries where entry.stage != .waiting {
            guard case .underWay = entry.stage else { continue }
            if entry.request.isRepeatable {
                repeated += 1
                move(number, to: .waiting)
            } else {
                dropped.append(number)
            }
        }
        for number in dropped { _ = finish(number) }
        return (repeated, dropped.sorted())
    }

    /// Forgets everything.
    ///
    /// - Returns: the requests that there were.
    mutating func removeAll() -> [Number] {
        let numbers = entries.keys.sorted()
        entries.removeAll()
        waiting.removeAll()
        abandoned.removeAll()
        sentCount = 0
        return numbers
    }

    private mutating func move(_ number: Number, to stage: Stage) {
        guard var entry = entries[number], entry.stage != stage else { return }
        leave(entry.stage, number)
        entry.stage = stage
        entries[number] = entry
        if stage == .waiting { waiting.insert(number, at: placeInWaiting(number)) }
    }

    private mutating func leave(_ stage: Stage, _ number: Number) {
        switch stage {
        case .waiting:
            let place = placeInWaiting(number)
            if place < waiting.count, waiting[place] == number { waiting.remove(at: place) }
        case .underWay: sentCount -= 1
        case .paused: break
        }
    }

    /// Where the number stands, or would stand, among those that wait.
    private func placeInWaiting(_ number: Number) -> Int {
        var low = 0
        var high = waiting.count
        while low < high {
            let middle = (low + high) / 2
            if waiting[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
