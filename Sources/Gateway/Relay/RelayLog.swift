import Logging

/// Tells the log what changes, not what goes on: an outage of a week is two lines, and an upstream that refuses everything is
/// a line every ten seconds.
///
/// What upstream says about an event may name the customer ("phone +7916… is blocked"): its own words are kept with the
/// event, for the operator who looks there, and do not reach the log.
final class RelayLog {
    private static let refusalPauseMilliseconds: Int64 = 10_000

    private let log: Logger
    private var quietUntil = Int64.min
    private var untold = 0

    init(_ log: Logger) {
        self.log = log
    }

    /// Something changed.
    func tell(_ consequence: RelayCourse.Consequence, at now: Int64) {
        switch consequence {
        case .opened(let reason, let failures):
            log.warning(
                "upstream takes nothing; what is unsent waits",
                metadata: ["reason": "\(reason)", "failures": "\(failures)"])
        case .closed(let milliseconds):
            log.notice("upstream takes events again", metadata: ["away_ms": "\(milliseconds)"])
        case .held(let place):
            log.info(
                "upstream did not take an event; its stream waits behind it, and relay status says why",
                metadata: ["stream": "\(place.stream)", "id": "\(place.id)"])
        case .released(let stream):
            log.info("a stream goes on", metadata: ["stream": "\(stream)"])
        case .quarantine(let place, _):
            refused(place, at: now)
        }
    }

    /// An entry goes to quarantine.
    func refused(_ place: RelayedPlace, at now: Int64) {
        guard now >= quietUntil else {
            untold += 1
            return
        }
        quietUntil = now + Self.refusalPauseMilliseconds
        var metadata: Logger.Metadata = ["id": "\(place.id)"]
        if untold > 0 { metadata["others"] = "\(untold)" }
        untold = 0
        log.error("upstream refuses an event for good: it is in quarantine, with the reason", metadata: metadata)
    }
}
