import Foundation

/// Why something could not be kept or found again.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system refused a call.
    case system(path: String, reason: String)
    /// There are records without the file that says which ids they have.
    case missingIndex(path: String)
    /// A line of the index that cannot be read.
    case damagedIndex(path: String, line: Int)

    /// One line for the person at the terminal.
    public var description: String {
        switch self {
        case .system(let path, let reason): "\(path): \(reason)"
        case .missingIndex(let path): "there are records, but the file with their ids, \(path), is gone"
        case .damagedIndex(let path, let line): "\(path): line \(line) cannot be read"
        }
    }
}

/// A file that only grows, line by line.
final class LineFile {
    let path: String
    private(set) var sizeBytes: Int64
    private let handle: FileHandle

    /// Opens the file, making it first where there is none.
    init(path: String) throws(StoreError) {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        (handle, sizeBytes) = try attempt(path) {
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            return (handle, Int64(try handle.seekToEnd()))
        }
    }

    /// Writes whole lines behind the others; they are on the disk after ``synchronize()``.
    func append(_ lines: [UInt8]) throws(StoreError) {
        // Counted first: a write that fails halfway leaves something to be cut off.
        sizeBytes += Int64(lines.count)
        try attempt(path) { try handle.write(contentsOf: lines) }
    }

    func synchronize() throws(StoreError) {
        try attempt(path) { try handle.synchronize() }
    }

    /// Cuts the file to this size; what was written behind it is gone.
    func truncate(to size: Int64) throws(StoreError) {
        try attempt(path) {
            try handle.truncate(atOffset: UInt64(size))
            _ = try handle.seekToEnd()
        }
        sizeBytes = size
    }

    func content() throws(StoreError) -> Data {
        try attempt(path) { try Data(contentsOf: URL(fileURLWithPath: path)) }
    }
}

private func attempt<Value>(_ path: String, _ work: () throws -> Value) throws(StoreError) -> Value {
    do {
        return try work()
    } catch {
        throw .system(path: path, reason: error.localizedDescription)
    }
}
