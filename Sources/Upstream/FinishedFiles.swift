import Foundation
import Glibc

/// The files of events that are finished, beside the one that is written.
struct FinishedFiles {
    /// Digits of a place in a file's name: names in the order of the alphabet are in the order of the journal.
    private static let digits = 12
    /// Files that are looked into for the last events that were written; very short ones would not have enough.
    private static let filesRead = 20

    private let folder: String
    private let stem: String
    private let ending: String
    private let path: String

    /// Those that were `path` once.
    init(besides path: String) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let dot = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 }
        stem = dot.map { String(name[..<$0]) } ?? name
        ending = dot.map { String(name[$0...]) } ?? ""
    }

    /// Gives the file that is written its last name; the disk has it when this returns.
    func finish(first: Int64, last: Int64) throws(NDJSONUpstreamError) {
        var name = "\(folder)/\(stem).\(Self.padded(first))-\(Self.padded(last))\(ending)"
        // Another gateway's journal may have had the same places; its file is not overwritten.
        var copy = 1
        while FileManager.default.fileExists(atPath: name) {
            copy += 1
            name = "\(folder)/\(stem).\(Self.padded(first))-\(Self.padded(last)).\(copy)\(ending)"
        }
        guard rename(path, name) == 0 else { throw NDJSONUpstreamError(name, FileFault(.rename)) }
    }

    /// The last events of the newest of them.
    func recentIDs() throws(NDJSONUpstreamError) -> RecentIDs {
        var recent = RecentIDs()
        for name in newest() {
            // A file that somebody is just taking away is not needed.
            guard let file = try? DiskRecordFile(reading: "\(folder)/\(name)") else { continue }
            guard let log = try? RecordLog(file, path: name, earlier: recent) else { continue }
            recent = log.recent
        }
        return recent
    }

    /// Names of the newest ones, the oldest of them first.
    private func newest() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter(isFinished).sorted().suffix(Self.filesRead)
    }

    private func isFinished(_ name: String) -> Bool {
        guard name.hasPrefix(stem + "."), name.hasSuffix(ending), name.count > stem.count + ending.count + 1 else {
            return false
        }
        let range = name.dropFirst(stem.count + 1).prefix { $0 != "." }.split(separator: "-")
        return range.count == 2 && range.allSatisfy { $0.count >= Self.digits && $0.allSatisfy(\.isWholeNumber) }
    }

    private static func padded(_ place: Int64) -> String {
        let text = String(place)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
