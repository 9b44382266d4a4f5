import Foundation
import LineProtocol

/// How long the two files of records were when an event was in.
struct RecordSizes: Hashable {
    var receiptsBytes: Int64 = 0
    var eventsBytes: Int64 = 0
}

/// Which ids are stored: a line for each, written when its record is on the disk already.
///
/// A receipt's body need not say the id it came under, so the ids have a file of their own. Its last line also says how
/// long the files of records are; what stands behind was never answered and is cut off.
final class IDIndex {
    private(set) var ids: Set<String> = []
    private(set) var receiptCount = 0
    private(set) var sizes = RecordSizes()

    private let file: LineFile
    private var keptBytes: Int64 = 0
    private let writer = ByteWriter()

    /// Reads the file up to the last id whose record is really there.
    ///
    /// - Parameter present: how long the files of records are now. They are shorter than an id says only if somebody
    ///   has cut or removed them; such ids are forgotten.
    init(path: String, present: RecordSizes) throws(StoreError) {
        // With an index that is empty the records are those of a crash in the first batch; without one, somebody's.
        if !FileManager.default.fileExists(atPath: path), present != RecordSizes() { throw .missingIndex(path: path) }
        file = try LineFile(path: path)
        let content = try file.content()
        let reader = JSONReader()
        let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() {
            // Without its line feed a line is torn, and so is all that would follow.
            guard line.endIndex < content.endIndex else { break }
            guard let entry = Self.entry(line, reader) else { throw .damagedIndex(path: path, line: number + 1) }
            guard entry.sizes.receiptsBytes <= present.receiptsBytes,
                entry.sizes.eventsBytes <= present.eventsBytes
            else { break }
            note(id: entry.id, sizes: entry.sizes)
            keptBytes = Int64(line.endIndex) + 1
        }
        if keptBytes < file.sizeBytes { try file.truncate(to: keptBytes) }
    }

    /// Adds ids whose records are on the disk; they are stored when this returns.
    func append(_ entries: [(id: String, sizes: RecordSizes)]) throws(StoreError) {
        writer.removeAll()
        for entry in entries {
            writer.beginObject()
            writer.name("id")
            writer.value(entry.id)
            writer.name("receiptsBytes")
            writer.value(entry.sizes.receiptsBytes)
            writer.name("eventsBytes")
            writer.value(entry.sizes.eventsBytes)
            writer.endObject()
            writer.append(byte: UInt8(ascii: "\n"))
        }
        if file.sizeBytes != keptBytes { try file.truncate(to: keptBytes) }
        try file.append(Array(writer.bytes))
        try file.synchronize()
        keptBytes = file.sizeBytes
        for entry in entries { note(id: entry.id, sizes: entry.sizes) }
    }

    private func note(id: String, sizes new: RecordSizes) {
        ids.insert(id)
        if new.receiptsBytes > sizes.receiptsBytes { receiptCount += 1 }
        sizes = new
    }

    private static func entry(_ line: Data, _ reader: JSONReader) -> (id: String, sizes: RecordSizes)? {
        line.withUnsafeBytes { bytes in
            guard let value = try? reader.read(bytes), let id = value["id"]?.string(),
                let receipts = value["receiptsBytes"]?.int64(), let events = value["eventsBytes"]?.int64()
            else { return nil }
            return (id, RecordSizes(receiptsBytes: receipts, eventsBytes: events))
        }
    }
}
