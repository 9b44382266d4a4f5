import Foundation

/// Where a run keeps its things: the results at the top, everything else under `run/`.
struct RunFolder: Sendable {
    /// The folder that was asked for, absolute.
    let path: String

    init(_ path: String) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// The working folder of all processes.
    var run: String { path + "/run" }
    /// The gateway's data.
    var gatewayData: String { run + "/gateway" }
    /// What upstream stores, while the run lasts.
    var receipts: String { run + "/upstream/receipts.ndjson" }
    /// What upstream stores beside receipts.
    var events: String { run + "/upstream/events.ndjson" }
    /// The receipts as upstream has received them.
    var upstream: String { path + "/upstream.ndjson" }
    /// What the run has shown.
    var summary: String { path + "/summary.json" }
    /// The days, where they were made up.
    var dataset: String { path + "/dataset" }

    /// A device's bundle.
    func bundle(_ device: String) -> String { "\(run)/devices/\(device)" }
    /// What a till rings up.
    func script(_ till: String) -> String { "\(run)/scripts/\(till).ndjson" }
    /// What a till was told is stored: a receipt's key on a line.
    func acknowledged(_ till: String) -> String { "\(run)/acknowledged/\(till).txt" }
    /// What a program says.
    func log(_ name: String) -> String { "\(run)/logs/\(name).log" }

    /// Removes what an earlier run left, and nothing else that may lie there.
    func clear() throws {
        let files = FileManager.default
        for old in [run, upstream, summary, dataset] where files.fileExists(atPath: old) {
            try files.removeItem(atPath: old)
        }
        for folder in ["/upstream", "/devices", "/scripts", "/acknowledged", "/logs"] {
            try files.createDirectory(atPath: run + folder, withIntermediateDirectories: true)
        }
    }

    /// A file's bytes; none when it is not there.
    func read(_ path: String) -> Data {
        FileManager.default.contents(atPath: path) ?? Data()
    }

    /// Writes a file.
    func write(_ path: String, _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}

/// Counts the lines of a file that grows.
struct GrowingFile {
    private static let lineFeed = UInt8(ascii: "\n")

    private let path: String
    private var offset: UInt64 = 0
    /// Whole lines so far.
    private(set) var lines = 0

    init(path: String) {
        self.path = path
    }

    /// Looks at what came since the last time; true when there was something.
    mutating func look() -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: offset)) != nil, let fresh = try? file.readToEnd(), !fresh.isEmpty else {
            return false
        }
        offset += UInt64(fresh.count)
        lines += fresh.count { $0 == Self.lineFeed }
        return true
    }
}
