import Locking
import Logging
import TestSupport
import Upstream

/// A log that a test can read, at every level.
final class KeptLog: Sendable {
    private let kept = Gathered<String>()

    /// Every line that was written: level, message and metadata.
    var lines: [String] { kept.all }

    /// Those that somebody has to look at.
    var warnings: [String] { lines.filter { $0.hasPrefix("warning ") } }

    var logger: Logger { Logger(label: "kept", factory: { [kept] _ in Handler(kept: kept) }) }

    private struct Handler: LogHandler {
        let kept: Gathered<String>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let more = metadata.merging(event.metadata ?? [:]) { $1 }
            let words = more.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            kept.add(([event.level.rawValue, "\(event.message)"] + words).joined(separator: " "))
        }
    }
}

/// An upstream that knows some cards, and answers when a test lets it.
final class SlowSource: CustomerSource {
    private let cards = Mutex<Set<String>>([])
    private let gate = Mutex<Gate?>(nil)

    func know(_ card: String) { cards.withLock { _ = $0.insert(card) } }

    /// Questions wait at a gate from now on.
    func hold() -> Gate {
        let gate = Gate()
        self.gate.withLock { $0 = gate }
        return gate
    }

    func customer(kind: String, value: String, deadlineMilliseconds: Int) -> CustomerAnswer {
        gate.withLock { $0 }?.pass()
        guard cards.withLock({ $0.contains(value) }) else { return .unknown }
        let body = #"{"external":"K-\#(value)","full":true,"identifiers":[{"kind":"card","value":"\#(value)"}]}"#
        return .found(Array(#"{"at":"2026-11-22T09:00:00Z","body":\#(body)}"#.utf8))
    }

    func stop() {}
}
