/// Where a transcript is played: the gateway's sessions in memory, or a server behind a socket.
protocol TranscriptStage: AnyObject {
    func connect(_ connection: Character, as device: Transcript.Device) throws
    /// The client closes.
    func close(_ connection: Character)
    func send(_ bytes: ArraySlice<UInt8>, on connection: Character)
    /// The lines that a connection has received so far.
    func received(on connection: Character) -> [[UInt8]]
    func isClosed(_ connection: Character) -> Bool
    /// Lets the gateway work until `condition` holds; false when it does not in time.
    func wait(until condition: () -> Bool) -> Bool
    /// Waits until everything that is under way has been told.
    ///
    /// - Returns: what a connection that is still open hears because of that.
    func settle() throws -> [WireLine]
}

/// How a client's bytes are delivered.
enum Delivery: Hashable, Sendable, CustomStringConvertible {
    case whole
    case byteByByte
    /// Every run of bytes in two parts, cut after this many.
    case cut(after: Int)

    var description: String {
        switch self {
        case .whole: "whole"
        case .byteByByte: "byte by byte"
        case .cut(let position): "cut after \(position)"
        }
    }

    func parts(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        switch self {
        case .whole: [bytes[...]]
        case .byteByByte: bytes.indices.map { bytes[$0...$0] }
        case .cut(let position):
            position < bytes.count ? [bytes[..<position], bytes[position...]] : [bytes[...]]
        }
    }
}

/// A place where the gateway says something else than a transcript.
struct Difference: Error, CustomStringConvertible {
    var file: String
    var line: Int
    var delivery: Delivery
    var text: String

    var description: String { "\(file):\(line) (\(delivery)): \(text)" }
}

/// Plays a transcript and holds every answer against it.
struct TranscriptReplay {
    let transcript: Transcript
    let delivery: Delivery
    let stage: any TranscriptStage
    private var looked: [Character: Int] = [:]

    init(_ transcript: Transcript, _ delivery: Delivery, on stage: any TranscriptStage) {
        self.transcript = transcript
        self.delivery = delivery
        self.stage = stage
    }

    /// - Throws: the first ``Difference``.
    mutating func run() throws {
        for step in transcript.steps {
            switch step {
            case .connect(let connection, let device):
                looked[connection] = 0
                try stage.connect(connection, as: device)
            case .close(let connection):
                try expectNothingMore(on: connection)
                stage.close(connection)
                looked[connection] = nil
            case .send(let connection, let bytes, _):
                for part in delivery.parts(of: bytes) { stage.send(part, on: connection) }
            case .expect(let expected):
                try expect(expected)
            case .closed(let connection, let line):
                guard stage.wait(until: { stage.isClosed(connection) }) else {
                    throw difference(line, "the gateway does not close the connection")
                }
            }
        }
        let open = Set(looked.keys.filter { !stage.isClosed($0) })
        let farewell = try stage.settle()
        for connection in looked.keys.sorted() {
            try expectNothingMore(on: connection, but: open.contains(connection) ? farewell : [])
        }
    }

    private mutating func expect(_ expected: [Transcript.Expectation]) throws {
        var wanted: [Character: [Transcript.Expectation]] = [:]
        for line in expected { wanted[line.connection, default: []].append(line) }
        let start = looked
        let stage = stage
        _ = stage.wait {
            wanted.allSatisfy { connection, lines in
                stage.received(on: connection).count - (start[connection] ?? 0) >= lines.count
            }
        }
        for (connection, lines) in wanted.sorted(by: { $0.key < $1.key }) {
            let begin = looked[connection] ?? 0
            let came = stage.received(on: connection).dropFirst(begin).prefix(lines.count)
            looked[connection] = begin + came.count
            try compare(came.map { $0 }, with: lines)
        }
    }

    private func compare(_ came: [[UInt8]], with expected: [Transcript.Expectation]) throws {
        var open = expected
        for bytes in came {
            let wire = WireLine(bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            // An event has its turn; an answer belongs to its tag.
            let place = open.firstIndex { wire.event == nil ? $0.wire.tag == wire.tag : $0.wire.event != nil }
            guard let place else { throw difference(expected[0].line, "nobody expects \(text)") }
            let wanted = open.remove(at: place)
            guard wire.matches(wanted.wire) else {
                throw difference(wanted.line, "\n  expected \(wanted.text)\n  came     \(text)")
            }
        }
        if let missing = open.first { throw difference(missing.line, "does not come: \(missing.text)") }
    }

    private func expectNothingMore(on connection: Character, but farewell: [WireLine] = []) throws {
        let more = stage.received(on: connection).dropFirst(looked[connection] ?? 0)
        guard more.map({ WireLine($0) }) != farewell else { return }
        let line = more.first ?? Array("nothing".utf8)
        throw difference(0, "at the end comes \(String(decoding: line, as: UTF8.self))")
    }

    private func difference(_ line: Int, _ text: String) -> Difference {
        Difference(file: transcript.name, line: line, delivery: delivery, text: text)
    }
}
