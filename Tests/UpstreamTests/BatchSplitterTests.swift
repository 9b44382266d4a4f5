import Testing

@testable import Upstream

@Suite("Splitting refused batches")
struct BatchSplitterTests {
    private let events = makeEvents(1...8)

    /// Refuses every request with one of the bad sequences in it; records what was sent.
    private func deliver(bad: Set<Int64>, mayContinue: () -> Bool = { true }) -> (DeliveryOutcome, [[Int64]]) {
        var sent: [[Int64]] = []
        let outcome = BatchSplitter.deliver(events, mayContinue: mayContinue) { part in
            sent.append(part.map(\.sequence))
            return part.contains { bad.contains($0.sequence) }
                ? .refused(reason: "bad") : .answered(part.map { _ in .stored })
        }
        return (outcome, sent)
    }

    @Test("whichever events are bad, exactly those are refused", arguments: 0..<256)
    func everySubset(mask: Int) {
        let bad = Set(events.map(\.sequence).filter { mask & (1 << ($0 - 1)) != 0 })
        let (outcome, sent) = deliver(bad: bad)
        let expected = events.map { bad.contains($0.sequence) ? EventVerdict.refused(reason: "bad") : .stored }
        #expect(outcome == .answered(expected))
        #expect(sent.count <= 15)
    }

    @Test("one bad event of eight takes seven requests, sent from the first event to the last")
    func requests() {
        let (_, sent) = deliver(bad: [3])
        #expect(sent == [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4], [1, 2], [3, 4], [3], [4], [5, 6, 7, 8]])
    }

    @Test("behind an event that upstream wants later nothing of its stream is sent, in no part of the batch")
    func later() {
        let events = zip(makeEvents(1...4), ["A", "B", "A", "C"]).map { event, stream in
            UpstreamEvent(sequence: event.sequence, stream: stream, id: event.id, type: event.type, body: event.body)
        }
        var sent: [[Int64]] = []
        let outcome = BatchSplitter.deliver(events, mayContinue: { true }) { part in
            sent.append(part.map(\.sequence))
            if part.count > 2 { return .refused(reason: "too many") }
            return .answered(part.map { $0.sequence == 1 ? .retry(reason: "later") : .stored })
        }
        #expect(sent == [[1, 2, 3, 4], [1, 2], [4]])
        let behind = EventVerdict.retry(reason: "an earlier event of its stream has to come first")
        #expect(outcome == .answered([.retry(reason: "later"), .stored, behind, .stored]))
    }

    @Test("a delivery that takes too long ends, but not before one event is out of the way")
    func deadline() {
        let (outcome, sent) = deliver(bad: [1, 5], mayContinue: { false })
        #expect(sent.last == [1])
        let late = DeliveryFailure("the delivery took too long", cause: .away)
        #expect(outcome == .failed(late, after: [.refused(reason: "bad")]))
    }

    @Test("wherever a failure comes, no event behind it is sent and none is given a verdict", arguments: 1...7)
    func failure(at failing: Int) {
        var count = 0
        var known: Set<Int64> = []
        let outcome = BatchSplitter.deliver(events, mayContinue: { true }) { part in
            count += 1
            if count == failing { return .failed(DeliveryFailure("cut", cause: .unclear, retryAfterMilliseconds: 5)) }
            if part.contains(where: { $0.sequence == 3 }) { return .refused(reason: "bad") }
            known.formUnion(part.map(\.sequence))
            return .answered(part.map { _ in .stored })
        }
        #expect(count == failing)
        guard case .failed(let failure, let verdicts) = outcome else {
            Issue.record("unexpected \(outcome)")
            return
        }
        #expect(failure == DeliveryFailure("cut", cause: .unclear, retryAfterMilliseconds: 5))
        for (event, verdict) in zip(events, verdicts) where verdict == .stored {
            #expect(known.contains(event.sequence))
        }
        #expect(verdicts.filter { $0 == .stored }.count == known.count)
        #expect(verdicts.count < events.count)
    }
}
