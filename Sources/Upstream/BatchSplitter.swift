/// What one request came to.
package enum RequestOutcome: Hashable, Sendable {
    /// One verdict per event of the request.
    case answered([EventVerdict])
    /// The request as a whole was refused: at least one of its events is bad, or all are too much at once.
    case refused(reason: String)
    /// Nothing is known of any event of the request.
    case failed(DeliveryFailure)
}

/// Finds the bad events of a batch that was refused whole by sending halves, down to single events.
enum BatchSplitter {
    /// Sends the batch, and parts of it as needed, strictly from the first event to the last.
    ///
    /// The first failure ends it: what has no verdict by then is to be delivered again, and a later event never
    /// overtakes an earlier one.
    ///
    /// - Parameters:
    ///   - mayContinue: asked before every further request once there is a verdict; false ends the delivery. Not asked
    ///     before, so that each delivery gets at least one event out of the way.
    ///   - send: sends one request.
    static func deliver(
        _ events: [UpstreamEvent], mayContinue: () -> Bool, send: (ArraySlice<UpstreamEvent>) -> RequestOutcome
    ) -> DeliveryOutcome {
        var verdicts: [EventVerdict] = []
        verdicts.reserveCapacity(events.count)
        var postponed: Set<String> = []
        var waiting = events.isEmpty ? [] : [events[...]]
        while let part = waiting.popLast() {
            guard verdicts.isEmpty || mayContinue() else {
                return .failed(DeliveryFailure("the delivery took too long", cause: .away), after: verdicts)
            }
            // Upstream does not see in this request what it wants later: it cannot know that these come behind it.
            let sent = part.filter { !postponed.contains($0.stream) }
            switch sent.isEmpty ? .answered([]) : send(sent[...]) {
            case .answered(let answer):
                precondition(answer.count == sent.count, "one verdict per event")
                verdicts += all(of: part, answer, sentWithout: postponed)
                for case (let event, .retry) in zip(sent, answer) { postponed.insert(event.stream) }
            case .refused(let reason) where sent.count == 1:
                verdicts += all(of: part, [.refused(reason: reason)], sentWithout: postponed)
            case .refused:
                let middle = part.startIndex + part.count / 2
                waiting.append(part[middle...])
                waiting.append(part[..<middle])
            case .failed(let failure): return .failed(failure, after: verdicts)
            }
        }
        return .answered(verdicts)
    }

    /// The verdicts of a part of which the events of some streams were not sent.
    private static func all(
        of part: ArraySlice<UpstreamEvent>, _ answer: [EventVerdict], sentWithout postponed: Set<String>
    ) -> [EventVerdict] {
        var answer = answer[...]
        return part.map { event in
            guard !postponed.contains(event.stream), let verdict = answer.popFirst() else {
                return .retry(reason: "an earlier event of its stream has to come first")
            }
            return verdict
        }
    }
}
