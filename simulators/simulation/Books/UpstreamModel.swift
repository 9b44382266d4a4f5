import Upstream

/// The system above the gateway: takes events by its mood, and remembers each.
final class SimulatedUpstream: UpstreamAdapter, @unchecked Sendable {
    let description = "simulated"
    /// What it has, by id; the first time counts.
    private(set) var events: [String: UpstreamEvent] = [:]
    /// The ids in the order in which they came, by stream.
    private(set) var streams: [String: [String]] = [:]
    /// Nothing goes wrong any more.
    var isKind = false
    private var dice: Dice
    private unowned let world: World
    private let moods: Int

    init(_ world: World) {
        self.world = world
        dice = Dice(seed: world.seed, for: "upstream")
        moods = dice.number(0...3)
    }

    func deliver(_ events: [UpstreamEvent]) -> DeliveryOutcome {
        let life = world.gatewayLife
        world.trace.note("upstream is sent \(events.map(\.id).joined(separator: " "))")
        if dice.chance(4) { world.agenda.pause(Int64(dice.number(1...1_500)), life) }
        if isKind || moods == 0 || !dice.chance(moods * 2) { return .answered(events.map { take($0, life) }) }
        switch dice.number(0...6) {
        case 0: return .failed(DeliveryFailure("away", cause: .away))
        case 1: return .failed(DeliveryFailure("busy", cause: .away, retryAfterMilliseconds: dice.number(1...3_000)))
        case 2:
            // It has them, and nobody hears of it.
            for event in events { _ = take(event, life) }
            return .failed(DeliveryFailure("timeout", cause: .unclear))
        case 3:
            let count = dice.number(0...events.count)
            return .failed(
                DeliveryFailure("cut", cause: .unclear), after: events.prefix(count).map { take($0, life) })
        case 4: return .failed(DeliveryFailure("too large", cause: .unclear))
        default: return .answered(mixed(events, life))
        }
    }

    /// Some are taken, some later; what follows in a stream behind one that comes later comes later, too.
    private func mixed(_ events: [UpstreamEvent], _ life: Life) -> [EventVerdict] {
        var held: Set<String> = []
        return events.map { event in
            if held.contains(event.stream) || dice.chance(4) {
                held.insert(event.stream)
                return .retry(reason: "later")
            }
            if dice.chance(25) { return .refused(reason: "never") }
            return take(event, life)
        }
    }

    private func take(_ event: UpstreamEvent, _ life: Life) -> EventVerdict {
        // A process that is gone has sent nothing after its end.
        guard !life.isOver else { return .retry(reason: "gone") }
        if let known = events[event.id] {
            if Self.fixedPart(of: known) != Self.fixedPart(of: event) || known.type != event.type
                || known.stream != event.stream
            {
                world.fail("upstream was sent \(event.id) with another content than before")
            }
            return .stored
        }
        if let last = streams[event.stream]?.last, let before = events[last], before.sequence > event.sequence {
            world.fail("upstream was sent \(event.id) of \(event.stream) behind \(last), which comes after it")
        }
        events[event.id] = event
        streams[event.stream, default: []].append(event.id)
        return .stored
    }

    /// What is the same whenever an event is sent. Who a receipt's customer is in upstream is told as it is known then.
    private static func fixedPart(of event: UpstreamEvent) -> [UInt8] {
        guard event.type == "receipt", let customer = JSONText(bytes: event.body).raw("customer") else {
            return event.body
        }
        let text = String(decoding: event.body, as: UTF8.self)
        guard let place = text.firstRange(of: #""customer":\#(customer)"#) else { return event.body }
        return Array((text[..<place.lowerBound] + text[place.upperBound...]).utf8)
    }

    func stop() {}
}
