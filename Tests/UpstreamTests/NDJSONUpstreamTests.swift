import Foundation
import TestSupport
import Testing

@testable import Upstream

@Suite("Delivering to a file")
struct NDJSONUpstreamTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/events.ndjson"
    }

    private func deliver(_ events: [UpstreamEvent]) throws -> DeliveryOutcome {
        try NDJSONUpstream(path: path).deliver(events)
    }

    private func line(_ number: Int) -> String {
        #"{"sequence":\#(number),"stream":"S1/T01","id":"e\#(number)","type":"receipt","body":"#
            + String(decoding: awkwardBody(number), as: UTF8.self) + "}\n"
    }

    private func content() throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    @Test("events are appended one per line, their bodies byte for byte")
    func appends() throws {
        #expect(try deliver(makeEvents(1...2)) == .answered([.stored, .stored]))
        #expect(try deliver(makeEvents(3...3)) == .answered([.stored]))
        #expect(try content() == line(1) + line(2) + line(3))
    }

    @Test("what the file has is reported as stored and not written again, also after a restart")
    func skipsWhatIsThere() throws {
        do {
            let upstream = try NDJSONUpstream(path: path)
            #expect(upstream.deliver(makeEvents(1...3)) == .answered([.stored, .stored, .stored]))
            #expect(upstream.deliver(makeEvents(2...4)) == .answered([.stored, .stored, .stored]))
        }
        #expect(try deliver(makeEvents(1...5)) == .answered(Array(repeating: .stored, count: 5)))
        #expect(try content() == (1...5).map(line).joined())
    }

    @Test("a last line torn at any byte is cut off and delivered again")
    func tornTail() throws {
        let whole = line(1) + line(2)
        for length in line(1).utf8.count..<whole.utf8.count {
            try Data(whole.utf8.prefix(length)).write(to: URL(fileURLWithPath: path))
            #expect(try deliver(makeEvents(1...3)) == .answered([.stored, .stored, .stored]))
            #expect(try content() == whole + line(3), "torn after \(length) bytes")
        }
    }

    @Test("a torn line longer than one step of the search is cut off, too")
    func longTornTail() throws {
        let torn = line(1) + #"{"sequence":2,"body":""# + String(repeating: "x", count: 200_000)
        try torn.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try deliver(makeEvents(2...2)) == .answered([.stored]))
        #expect(try content() == line(1) + line(2))
    }

    @Test("a file that is one torn line begins anew")
    func onlyTornLine() throws {
        try line(1).dropLast().write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try deliver(makeEvents(1...1)) == .answered([.stored]))
        #expect(try content() == line(1))
    }

    @Test("a line feed between the tokens of a body does not become a line's end")
    func lineFeedInBody() throws {
        let event = UpstreamEvent(
            sequence: 1, stream: "S1", id: "e1", type: "receipt", body: Array("{\n\"a\":\"\\n\"\n}".utf8))
        #expect(try deliver([event]) == .answered([.stored]))
        #expect(try content() == #"{"sequence":1,"stream":"S1","id":"e1","type":"receipt","body":{ "a":"\n" }}"# + "\n")
    }

    @Test("ids with quotation marks and control characters are escaped")
    func escaping() throws {
        let event = UpstreamEvent(sequence: 1, stream: "S1", id: "a\"b\\c\u{1D}", type: "t", body: Array("{}".utf8))
        #expect(try deliver([event]) == .answered([.stored]))
        #expect(try content() == #"{"sequence":1,"stream":"S1","id":"a\"b\\c\u001d","type":"t","body":{}}"# + "\n")
    }

    @Test("a file whose last line is no event is left alone, and the error names the place")
    func damaged() throws {
        try (line(1) + "not an event\n").write(toFile: path, atomically: false, encoding: .utf8)
        let place = Int64(line(1).utf8.count)
        #expect(throws: NDJSONUpstreamError.damaged(path: path, offsetBytes: place)) {
            try NDJSONUpstream(path: path)
        }
        #expect(try content() == line(1) + "not an event\n")
    }

    @Test("a second writer is refused while the first lives")
    func secondWriter() throws {
        let first = try NDJSONUpstream(path: path)
        #expect(throws: NDJSONUpstreamError.inUse(path: path)) { try NDJSONUpstream(path: path) }
        #expect(first.deliver(makeEvents(1...1)) == .answered([.stored]))
    }

    @Test("what is no file is refused")
    func notAFile() throws {
        #expect(throws: NDJSONUpstreamError.notRegularFile(path: "/dev/null")) { try NDJSONUpstream(path: "/dev/null") }
        let missing = folder.path + "/missing/events.ndjson"
        #expect(throws: NDJSONUpstreamError.self) { try NDJSONUpstream(path: missing) }
    }

    @Test("the file is for its owner only")
    func permissions() throws {
        _ = try deliver([])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("after stop nothing is written")
    func stop() throws {
        let upstream = try NDJSONUpstream(path: path)
        upstream.stop()
        #expect(upstream.deliver(makeEvents(1...1)) == .failed(DeliveryFailure("stopped", cause: .away)))
        #expect(try content().isEmpty)
    }
}

@Suite("Beginning another file")
struct NDJSONRotationTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/events.ndjson"
    }

    private func open(_ rotation: NDJSONUpstream.Rotation, at seconds: Int64 = 20_000 * 86_400) throws -> NDJSONUpstream
    {
        try NDJSONUpstream(path: path, rotation: rotation, seconds: { seconds })
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func ids(_ name: String) throws -> [String] {
        try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8).split(separator: "\n").map { line in
            String(line.split(separator: "\"")[9])
        }
    }

    @Test("a file that is full is named after its first and last place, and the next begins")
    func size() throws {
        let upstream = try open(.init(bytes: 300))
        for number in 1...7 { #expect(upstream.deliver(makeEvents(number...number)) == .answered([.stored])) }
        let names = try files()
        #expect(names.count > 2)
        #expect(names.first?.hasPrefix("events.000000000001-00000000000") == true)
        #expect(names.last == "events.ndjson")
        #expect(try names.flatMap(ids) == (1...7).map { "e\($0)" })
    }

    @Test("what was written into the file before is not written again, also after a restart")
    func duplicates() throws {
        do {
            let upstream = try open(.init(bytes: 1))
            #expect(upstream.deliver(makeEvents(1...3)) == .answered([.stored, .stored, .stored]))
            #expect(upstream.deliver(makeEvents(2...5)) == .answered(Array(repeating: .stored, count: 4)))
        }
        #expect(try open(.init(bytes: 1)).deliver(makeEvents(3...6)) == .answered(Array(repeating: .stored, count: 4)))
        #expect(try files().flatMap(ids) == (1...6).map { "e\($0)" })
    }

    @Test("each day has a file of its own, also when the gateway was stopped over night")
    func day() throws {
        let rotation = NDJSONUpstream.Rotation(isDaily: true)
        let today = Int64(Date().timeIntervalSince1970)
        do {
            let upstream = try open(rotation, at: today)
            _ = upstream.deliver(makeEvents(1...2))
            _ = upstream.deliver(makeEvents(3...3))
        }
        #expect(try files() == ["events.ndjson"])
        _ = try open(rotation, at: today + 86_400).deliver(makeEvents(4...4))
        #expect(try files() == ["events.000000000001-000000000003.ndjson", "events.ndjson"])
        #expect(try ids("events.ndjson") == ["e4"])
    }

    @Test("an event that waited behind others, or is another gateway's, is written whatever its place")
    func lowerPlace() throws {
        let upstream = try open(.init())
        _ = upstream.deliver(makeEvents(5...6))
        #expect(upstream.deliver(makeEvents(1...2)) == .answered([.stored, .stored]))
        #expect(try ids("events.ndjson") == ["e5", "e6", "e1", "e2"])
    }

    @Test("a finished file of the same places is not overwritten")
    func sameName() throws {
        let upstream = try open(.init(bytes: 1))
        let taken = folder.path + "/events.000000000001-000000000001.ndjson"
        try "mine\n".write(toFile: taken, atomically: false, encoding: .utf8)
        _ = upstream.deliver(makeEvents(1...1))
        _ = upstream.deliver(makeEvents(2...2))
        #expect(try String(contentsOfFile: taken, encoding: .utf8) == "mine\n")
        #expect(try files().contains("events.000000000001-000000000001.2.ndjson"))
    }

    @Test("the last events are known, and no more of them than there is room for")
    func recent() {
        var recent = RecentIDs()
        for number in 0..<RecentIDs.maximum + 10 { recent.add("\(number)") }
        #expect(recent.count == RecentIDs.maximum)
        #expect(!recent.contains("9"))
        #expect(recent.contains("10"))
        recent.add("10")
        #expect(recent.contains("11"))
    }
}
