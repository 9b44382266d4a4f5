import Foundation
import Retail

/// A dialogue of the protocol specification, taken apart.
struct Transcript: Sendable {
    /// Who holds a connection's credential.
    struct Device: Hashable, Sendable {
        var role: DeviceRole
        var store: String
        var name: String
    }

    /// One group of a dialogue: what a client sends without waiting, and all that is awaited before the next one.
    enum Step: Sendable {
        case connect(Character, Device)
        case close(Character)
        case send(Character, bytes: [UInt8], line: Int)
        /// Lines of all connections; replies of one connection in any order, its events in this order.
        case expect([Expectation])
        case closed(Character, line: Int)
    }

    struct Expectation: Sendable {
        var connection: Character
        var line: Int
        var text: String
        var wire: WireLine
    }

    struct Malformed: Error {
        var file: String
        var line: Int
        var text: String
    }

    /// The connection that lines without a letter belong to.
    static let unnamed: Character = "-"

    var name: String
    var customers: [String] = []
    var products: [String] = []
    var stock: [String] = []
    var devices: Set<Device> = []
    var steps: [Step] = []

    /// The folder of the specification, beside the sources.
    static let specification = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../../protocol-spec")

    /// The names of all transcripts.
    static let names: [String] = {
        let folder = specification.appending(path: "transcripts").path
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.sorted()
    }()

    /// Reads a transcript by its name.
    ///
    /// - Parameter now: what `"<now>"` in a client's line becomes.
    init(_ name: String, now: Instant) throws {
        self.name = name
        let text = try String(
            contentsOf: Self.specification.appending(path: "transcripts/\(name)"), encoding: .utf8)
        var isCRLF = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = String(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line == "@ crlf" {
                isCRLF = true
            } else if line.hasPrefix("@ ") {
                guard direct(line.dropFirst(2), line: index + 1) else {
                    throw Malformed(file: name, line: index + 1, text: line)
                }
            } else {
                guard say(line, line: index + 1, isCRLF: isCRLF, now: now) else {
                    throw Malformed(file: name, line: index + 1, text: line)
                }
            }
        }
    }

    private mutating func direct(_ text: Substring, line: Int) -> Bool {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words[0] {
        case "customer": customers.append(rest)
        case "product": products.append(rest)
        case "stock": stock.append(rest)
        case "device": return connect(Self.unnamed, rest.split(separator: " "))
        case "connect":
            let parts = rest.split(separator: " ")
            guard let letter = parts.first?.first else { return false }
            return connect(letter, Array(parts.dropFirst()))
        case "close":
            guard let letter = rest.first else { return false }
            steps.append(.close(letter))
        case "closed": steps.append(.closed(rest.first ?? Self.unnamed, line: line))
        default: return false
        }
        return true
    }

    private mutating func connect(_ connection: Character, _ words: [Substring]) -> Bool {
        guard words.count == 3, let role = DeviceRole(rawValue: String(words[0])) else { return false }
        let device = Device(role: role, store: String(words[1]), name: String(words[2]))
        devices.insert(device)
        steps.append(.connect(connection, device))
        return true
    }

    private mutating func say(_ text: String, line: Int, isCRLF: Bool, now: Instant) -> Bool {
        var text = Substring(text)
        var connection = Self.unnamed
        if let letter = text.first, text.dropFirst().hasPrefix(" C: ") || text.dropFirst().hasPrefix(" S: ") {
            connection = letter
            text = text.dropFirst(2)
        }
        let content = String(text.dropFirst(3))
        if text.hasPrefix("C: ") {
            let bytes = Array((content.replacing("<now>", with: now.rfc3339) + (isCRLF ? "\r\n" : "\n")).utf8)
            if case .send(connection, let before, let first)? = steps.last {
                steps[steps.count - 1] = .send(connection, bytes: before + bytes, line: first)
            } else {
                steps.append(.send(connection, bytes: bytes, line: line))
            }
        } else if text.hasPrefix("S: ") {
            let wire = WireLine(Array(content.utf8))
            guard wire != .none else { return false }
            let expected = Expectation(connection: connection, line: line, text: content, wire: wire)
            if case .expect(let before)? = steps.last {
                steps[steps.count - 1] = .expect(before + [expected])
            } else {
                steps.append(.expect([expected]))
            }
        } else {
            return false
        }
        return true
    }

    /// The longest run of bytes that a client sends without waiting: every place where a replay can cut.
    var longestSend: Int {
        steps.reduce(0) { longest, step in
            if case .send(_, let bytes, _) = step { max(longest, bytes.count) } else { longest }
        }
    }
}
