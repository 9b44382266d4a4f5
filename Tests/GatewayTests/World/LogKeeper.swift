import Logging
import TestSupport

/// Keeps what is logged, for a test to read.
final class LogKeeper: Sendable {
    private struct Line {
        var level: Logger.Level
        var text: String
    }

    private let kept = Gathered<Line>()
    private let level: Logger.Level

    /// Keeps what is logged at `level` and above.
    init(_ level: Logger.Level = .notice) { self.level = level }

    var logger: Logger { Logger(label: "tests", factory: { [self] _ in Handler(keeper: self, logLevel: level) }) }

    /// Every line: its message and its metadata in order of their names.
    var lines: [String] { kept.all.map(\.text) }

    /// Those that somebody has to look at.
    var warnings: [String] { lines(at: .warning) }

    /// The lines of one level.
    func lines(at level: Logger.Level) -> [String] { kept.all.filter { $0.level == level }.map(\.text) }

    private struct Handler: LogHandler {
        let keeper: LogKeeper
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            keeper.kept.add(Line(level: event.level, text: "\(event.message)" + fields.joined()))
        }
    }
}
