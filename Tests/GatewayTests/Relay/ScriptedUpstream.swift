import Locking
import TestSupport
import Upstream

@testable import Gateway

/// An upstream that answers as the test says, and remembers what it was given.
final class ScriptedUpstream: UpstreamAdapter {
    typealias Script = @Sendable (_ attempt: Int, _ events: [UpstreamEvent]) -> DeliveryOutcome

    let description = "scripted"
    /// Each batch that was handed over.
    let deliveries = Gathered<[UpstreamEvent]>()
    /// Each event that was taken, as often as it was.
    let stored = Gathered<UpstreamEvent>()
    private let script: Script

    /// An upstream that takes everything.
    convenience init() {
        self.init { _, events in .answered(events.map { _ in .stored }) }
    }

    init(_ script: @escaping Script) {
        self.script = script
    }

    func deliver(_ events: [UpstreamEvent]) -> DeliveryOutcome {
        let attempt = deliveries.all.count + 1
        deliveries.add(events)
        let outcome = script(attempt, events)
        for (event, verdict) in zip(events, outcome.verdicts) where verdict == .stored { stored.add(event) }
        return outcome
    }

    func stop() {}
}
