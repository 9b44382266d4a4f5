import Foundation
import Glibc
import LineProtocol
import Retail

/// What tills were told is stored, and whether the gateway still knows it after it was killed and started again.
struct AcknowledgedReceipts {
    private let folder: RunFolder
    private var files: [(path: String, offset: UInt64)]
    /// Receipts that were asked about so far.
    private(set) var checked = 0

    /// The receipts of these tills.
    init(folder: RunFolder, tills: [String]) {
        self.folder = folder
        files = tills.map { (folder.acknowledged($0), 0) }
    }

    /// Asks the running gateway about every receipt that was acknowledged since the last time.
    ///
    /// - Returns: what is wrong, a sentence for each receipt.
    mutating func check() throws -> [String] {
        let keys = try files.indices.flatMap { try fresh($0) }
        guard !keys.isEmpty else { return [] }
        let directory = open(folder.gatewayData, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw RunFailure(reason: "\(folder.gatewayData) cannot be opened") }
        defer { close(directory) }
        // However deep the folder lies, a socket's path must be short.
        guard let channel = try OperatorChannel(socketPath: OperatorSocket.path(folder: "/proc/self/fd/\(directory)"))
        else { throw RunFailure(reason: "the gateway's operator socket does not answer") }
        checked += keys.count
        return try keys.compactMap { key in
            let reply: StatusReply = try channel.ask(OperatorRequest(.status, Status(.receipt(key)))).message()
            return reply.state == .stored ? nil : "receipt \(key.text) was acknowledged and is \(reply.state.rawValue)"
        }
    }

    /// Files that are not there although their tills have rung up, a sentence for each: what stood in them was not checked.
    func missingFiles() -> [String] {
        files.map(\.path).filter { !FileManager.default.fileExists(atPath: $0) }
            .map { "\($0) is not there: nobody knows what the till was told" }
    }

    /// The keys of whole lines that came since the last time.
    private mutating func fresh(_ index: Int) throws -> [ReceiptKey] {
        // A till that has not begun yet has none; what must be there at the end is asked for then.
        guard FileManager.default.fileExists(atPath: files[index].path) else { return [] }
        guard let file = FileHandle(forReadingAtPath: files[index].path) else {
            throw RunFailure(reason: "\(files[index].path) cannot be read")
        }
        defer { try? file.close() }
        try file.seek(toOffset: files[index].offset)
        let bytes = try file.readToEnd() ?? Data()
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        files[index].offset += UInt64(end - bytes.startIndex + 1)
        return try bytes[...end].split(separator: UInt8(ascii: "\n")).map { line in
            guard let key = ReceiptKey(text: String(decoding: line, as: UTF8.self)) else {
                throw RunFailure(reason: "\(files[index].path) has a line that is no receipt's key")
            }
            return key
        }
    }
}
