/// Why a file of events cannot be used.
public enum NDJSONUpstreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system refused a call.
    case system(path: String, reason: String)
    /// The path is a folder, a device or a pipe.
    case notRegularFile(path: String)
    /// Another adapter, perhaps of another gateway, writes the file.
    case inUse(path: String)
    /// The last whole line is not an event, so what the file already holds is not known.
    case damaged(path: String, offsetBytes: Int64)

    init(_ path: String, _ fault: FileFault) {
        self = .system(path: path, reason: fault.reason)
    }

    /// One line for the operator.
    public var description: String {
        switch self {
        case .system(let path, let reason): "\(path): \(reason)"
        case .notRegularFile(let path): "\(path) is not a regular file"
        case .inUse(let path): "\(path) is written by another program"
        case .damaged(let path, let offset): "\(path): the line at byte \(offset) is not an event"
        }
    }
}
