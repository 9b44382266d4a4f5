import Locking
import Logging

/// Keeps what is logged, for a test to read: each line as its message and its metadata in order of their names.
final class LogKeeper: Sendable {
    private let kept = Mutex<[String]>([])

    var logger: Logger { Logger(label: "tests", factory: { _ in Handler(keeper: self) }) }

    var lines: [String] { kept.withLock { $0 } }

    fileprivate func keep(_ line: String) { kept.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let keeper: LogKeeper
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.notice

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            keeper.keep("\(event.message)" + fields.joined())
        }
    }
}
