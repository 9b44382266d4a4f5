import Foundation
import LineProtocol

/// What the simulator sends down: a snapshot of generated customers and of what a file holds, and then the changes
/// that are added to the file while it runs.
///
/// The file has one change a line, `{"id","type","at","body"}`. Lines that are there at the start belong to the
/// snapshot; a cursor counts the lines of the file.
public final class ChangeBook {
    /// What a book begins with.
    public struct Settings: Hashable, Sendable {
        /// Customers to be made up.
        public var customers = 0
        /// The same seed makes up the same customers.
        public var seed: UInt64 = 1
        /// The file of changes; nil: none.
        public var path: String?
        /// Cursors that are more than this behind are too old; nil: none is.
        public var keptChanges: Int?

        /// A book without anything in it.
        public init() {}
    }

    /// What a question for changes is answered with.
    enum Page {
        case body([UInt8])
        case tooOld
    }

    private static let pageMaximum = 5_000

    private let settings: Settings
    private var lines: [[UInt8]] = []
    private var readBytes = 0

    /// Reads the file.
    public init(_ settings: Settings) throws {
        self.settings = settings
        if let path = settings.path, !FileManager.default.fileExists(atPath: path) {
            throw StoreError.system(path: path, reason: "there is no such file")
        }
        readFile()
    }

    /// Takes in what was added to the file: whole lines only.
    private func readFile() {
        guard let path = settings.path, let data = FileManager.default.contents(atPath: path), data.count > readBytes
        else { return }
        let fresh = data[readBytes...]
        guard let end = fresh.lastIndex(of: UInt8(ascii: "\n")) else { return }
        for line in fresh[...end].split(separator: UInt8(ascii: "\n")) { lines.append(Array(line)) }
        readBytes = end + 1
    }

    // MARK: Changes

    /// `GET /v1/changes`
    func changes(after cursor: String?, limit: Int) -> Page {
        readFile()
        guard let cursor, let place = Int(cursor), (0...lines.count).contains(place) else { return .tooOld }
        if let kept = settings.keptChanges, lines.count - place > kept { return .tooOld }
        let end = min(lines.count, place + min(limit, Self.pageMaximum))
        let writer = ByteWriter(capacity: 4_096)
        writer.beginObject()
        write(lines[place..<end], to: writer)
        writer.field("cursor", "\(end)")
        writer.field("more", end < lines.count)
        writer.endObject()
        return .body(Array(writer.bytes))
    }

    private func write(_ changes: ArraySlice<[UInt8]>, to writer: ByteWriter) {
        writer.name("changes")
        writer.beginArray()
        for change in changes { change.withUnsafeBytes { writer.rawValue($0) } }
        writer.endArray()
    }

    // MARK: The snapshot

    /// `GET /v1/snapshot`; pages are named by the customer that they begin with.
    func snapshot(page: String?, limit: Int) -> Page {
        guard let start = page.map({ Int($0) }) ?? 0, (0...settings.customers).contains(start) else { return .tooOld }
        let end = min(settings.customers, start + min(limit, Self.pageMaximum))
        let writer = ByteWriter(capacity: (end - start) * 384 + 4_096)
        writer.beginObject()
        if start < settings.customers {
            writer.name("changes")
            writer.beginArray()
            for number in start..<end { writeCustomer(number, to: writer) }
            writer.endArray()
            writer.field("next", "\(end)")
        } else {
            // The page after the last customer has the file, and what follows it are its further lines.
            readFile()
            write(lines[...], to: writer)
            writer.field("cursor", "\(lines.count)")
            writer.field("complete", lines.contains { Self.isProduct($0) } ? ["product"] : [])
        }
        writer.endObject()
        return .body(Array(writer.bytes))
    }

    private static func isProduct(_ line: [UInt8]) -> Bool {
        String(decoding: line.prefix(400), as: UTF8.self).contains(#""type":"product""#)
    }

    // MARK: Customers

    /// The customer with an identifier, as `{"at","body"}`; nil when there is none.
    func customer(kind: String, value: String) -> [UInt8]? {
        let number: Int?
        switch kind {
        case "external": number = value.hasPrefix("K-") ? Int(value.dropFirst(2)) : nil
        case "card": number = value.hasPrefix("77") && value.count == 12 ? Int(value.dropFirst(2)) : nil
        case "phone": number = value.hasPrefix("+7950") && value.count == 12 ? phoneOwner(value) : nil
        default: number = nil
        }
        guard let number, (0..<settings.customers).contains(number) else { return customerInFile(kind, value) }
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        writer.field("at", Self.generatedAt)
        writer.name("body")
        writeBody(number, to: writer)
        writer.endObject()
        return Array(writer.bytes)
    }

    /// A customer of the file who names the identifier.
    private func customerInFile(_ kind: String, _ value: String) -> [UInt8]? {
        readFile()
        for line in lines.reversed() {
            let found: [UInt8]? = try? line.withUnsafeBytes { raw in
                try withJSON(raw) { change in
                    guard change["type"]?.string() == "customer", let body = change["body"] else { return nil }
                    let isMeant =
                        kind == "external" && body["external"]?.string() == value
                        || body["identifiers"]?.elements.contains {
                            $0["kind"]?.string() == kind && $0["value"]?.string() == value
                        } == true
                    guard isMeant, let at = change["at"] else { return nil }
                    return Array(#"{"at":"#.utf8) + Array(at.rawBytes) + Array(#","body":"#.utf8)
                        + Array(body.rawBytes) + Array("}".utf8)
                }
            }
            if let found { return found }
        }
        return nil
    }

    private static let generatedAt = "2026-01-01T00:00:00Z"
    private static let names = ["Anna", "Boris", "Clara", "Dmitri", "Elena", "Fyodor", "Galina", "Ivan"]

    private func writeCustomer(_ number: Int, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("id", "g\(settings.seed)-\(number)")
        writer.field("type", "customer")
        writer.field("at", Self.generatedAt)
        writer.name("body")
        writeBody(number, to: writer)
        writer.endObject()
    }

    private func writeBody(_ number: Int, to writer: ByteWriter) {
        let dice = mixed(UInt64(number) &+ settings.seed &* 0x9E37_79B9_7F4A_7C15)
        writer.beginObject()
        writer.field("external", "K-\(number)")
        writer.field("full", true)
        writer.field("name", Self.names[Int(dice % 8)] + " \(number)")
        let (year, month, day) = (60 + (dice >> 8) % 40, 1 + (dice >> 16) % 9, (dice >> 24) % 10)
        writer.field("birthday", "19\(year)-0\(month)-1\(day)")
        if (dice >> 32) % 10 == 0 { writer.field("segment", "premium") }
        writer.field("consents", (dice >> 40) % 2 == 0 ? ["receipts", "marketing"] : ["receipts"])
        writer.name("identifiers")
        writer.beginArray()
        for (kind, value) in [("card", "77" + padded(number, 10)), ("phone", phone(number))] {
            writer.beginObject()
            writer.field("kind", kind)
            writer.field("value", value)
            writer.endObject()
        }
        writer.endArray()
        writer.name("opening")
        writer.beginObject()
        writer.field("points", Int64((dice >> 44) % 2_000))
        writer.field("turnover", Int64((dice >> 48) % 5_000) * 1_000)
        writer.field("as_of", Self.generatedAt)
        writer.endObject()
        writer.endObject()
    }

    /// Phones are not in the order of the customers, as in life: a multiplication modulo ten million that can be
    /// undone.
    private func phone(_ number: Int) -> String { "+7950" + padded(number * 3_333_331 % 10_000_000, 7) }

    private func phoneOwner(_ phone: String) -> Int? {
        Int(phone.dropFirst(5)).map { $0 * Self.phoneInverse % 10_000_000 }
    }

    private static let phoneInverse: Int = {
        var (old, remainder) = (3_333_331, 10_000_000)
        var (oldFactor, factor) = (1, 0)
        while remainder != 0 {
            let quotient = old / remainder
            (old, remainder) = (remainder, old - quotient * remainder)
            (oldFactor, factor) = (factor, oldFactor - quotient * factor)
        }
        return (oldFactor % 10_000_000 + 10_000_000) % 10_000_000
    }()

    private func padded(_ number: Int, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    private func mixed(_ number: UInt64) -> UInt64 {
        var mixed = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
