import LineProtocol
import TestSupport
import Testing

/// A JSON value of the tests' own, to compare with what reader and writer make of it.
private indirect enum Tree: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case text(String)
    case list([Tree])
    case object([(name: String, value: Tree)])

    static func == (one: Tree, other: Tree) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        // Swift takes "é" and "e" with an accent for the same text; JSON does not.
        case (.text(let a), .text(let b)): Array(a.utf8) == Array(b.utf8)
        case (.list(let a), .list(let b)): a == b
        case (.object(let a), .object(let b)):
            a.map { Array($0.name.utf8) } == b.map { Array($0.name.utf8) } && a.map(\.value) == b.map(\.value)
        default: false
        }
    }

    init(random generator: inout SeededGenerator, depth: Int) {
        switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &generator) {
        case 0: self = .null
        case 1: self = .bool(Bool.random(using: &generator))
        case 2: self = .integer(Int64.random(in: Int64.min...Int64.max, using: &generator))
        case 3: self = .integer(Int64.random(in: -9...9, using: &generator))
        case 4: self = .text(Self.randomText(&generator))
        case 5:
            self = .list(
                (0..<Int.random(in: 0...5, using: &generator)).map { _ in Tree(random: &generator, depth: depth - 1) })
        default:
            var seen: Set<[UInt8]> = []
            var members: [(name: String, value: Tree)] = []
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                let name = Self.randomText(&generator)
                guard seen.insert(Array(name.utf8)).inserted else { continue }
                members.append((name, Tree(random: &generator, depth: depth - 1)))
            }
            self = .object(members)
        }
    }

    private static func randomText(_ generator: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            let ranges: [ClosedRange<UInt32>] = [
                0...0x7F, 0x61...0x66, 0x400...0x44F, 0x80...0xD7FF, 0x1_0000...0x10_FFFF,
            ]
            let range = ranges[Int.random(in: 0..<ranges.count, using: &generator)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    init(_ value: JSONValue) throws {
        switch value.kind {
        case .null: self = .null
        case .bool: self = .bool(try #require(value.bool() as Bool?))
        case .number: self = .integer(try #require(value.int64()))
        case .string: self = .text(try #require(value.string()))
        case .array: self = .list(try value.elements.map { try Tree($0) })
        case .object:
            self = .object(try value.members.map { (try #require($0.name.string()), try Tree($0.value)) })
        }
    }

    func write(to writer: ByteWriter) {
        switch self {
        case .null: writer.nullValue()
        case .bool(let truth): writer.value(truth)
        case .integer(let number): writer.value(number)
        case .text(let text): writer.value(text)
        case .list(let list):
            writer.beginArray()
            for element in list { element.write(to: writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.name(text: member.name)
                member.value.write(to: writer)
            }
            writer.endObject()
        }
    }

    /// Another spelling of the same: members turned round, space between everything, letters as escapes.
    func otherSpelling() -> String {
        switch self {
        case .null: " null "
        case .bool(let truth): " \(truth) "
        case .integer(let number): " \(number)\n"
        case .text(let text): Self.escaped(text)
        case .list(let list): "[ " + list.map { $0.otherSpelling() }.joined(separator: " ,\t") + " ]"
        case .object(let members):
            "{\r"
                + members.reversed().map { "\(Self.escaped($0.name)) : \($0.value.otherSpelling())" }
                .joined(separator: ",") + "\n}"
        }
    }

    private static func escaped(_ text: String) -> String {
        let units = text.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"" + units.joined() + "\""
    }
}

@Suite("JSON, whatever the value")
struct JSONPropertyTests {
    @Test("what is written is read as the same, and another spelling says the same", arguments: [UInt64(20_261_122)])
    func roundTrips(seed: UInt64) throws {
        let reader = JSONReader()
        for round in 0..<200 {
            var generator = SeededGenerator(seed: seed &+ UInt64(round))
            let tree = Tree(random: &generator, depth: 4)
            let written = written { tree.write(to: $0) }
            let other = tree.otherSpelling()
            for spelling in [written, other] {
                try withRawBytes(spelling) { bytes in
                    let value = try Tree(reader.read(bytes))
                    if spelling == written { #expect(value == tree, "seed \(seed), round \(round)") }
                }
            }
            let isSame = withRawBytes(written) { a in withRawBytes(other) { b in jsonContentsEqual(a, b) } }
            #expect(isSame, "seed \(seed), round \(round)")
        }
    }

    @Test("a text with one byte changed is read or refused, and what is read keeps its bytes", arguments: [UInt64(5)])
    func survivesMutations(seed: UInt64) throws {
        let reader = JSONReader()
        for round in 0..<500 {
            var generator = SeededGenerator(seed: seed &+ UInt64(round))
            let tree = Tree(random: &generator, depth: 3)
            var bytes = Array(written { tree.write(to: $0) }.utf8)
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
            bytes.withUnsafeBytes { raw in
                guard let value = try? reader.read(raw) else { return }
                #expect(text(value.rawBytes).utf8.count <= bytes.count, "seed \(seed), round \(round)")
                #expect(jsonContentsEqual(raw, value.rawBytes), "seed \(seed), round \(round)")
            }
        }
    }

    @Test("a text that is cut short is refused", arguments: [UInt64(9)])
    func refusesTruncated(seed: UInt64) {
        let reader = JSONReader()
        for round in 0..<100 {
            var generator = SeededGenerator(seed: seed &+ UInt64(round))
            let tree = Tree.list([Tree(random: &generator, depth: 1)])
            let whole = Array(written { tree.write(to: $0) }.utf8)
            whole.withUnsafeBytes { bytes in
                for end in 0..<bytes.count {
                    let isRead = (try? reader.read(UnsafeRawBufferPointer(rebasing: bytes[..<end]))) != nil
                    if isRead { Issue.record("seed \(seed), round \(round): read with \(end) bytes") }
                }
            }
        }
    }
}
