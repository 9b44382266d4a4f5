import EventLoop
import Gateway
import LineProtocol
import ReaderTargets

extension FuzzTarget {
    /// Whole conversations with a gateway. The first byte chooses who talks, and whether HELLO was said already; the next
    /// two choose where the stream is cut.
    ///
    /// Every line is answered once, with its own tag, or the connection is closed; no answer is `internal`; and
    /// somebody else is answered all the same.
    static let session = FuzzTarget("session", bytesMaximum: 4_096) { input in
        guard let choice = input.first, let cut = CutInput(UnsafeRawBufferPointer(rebasing: input[1...])) else {
            return
        }
        do {
            let world = try FuzzWorld.next()
            let peer = FuzzWorld.peers[Int(choice & 7) % FuzzWorld.peers.count]
            let client = FuzzClient(world, certificate: peer, isLocalSocket: peer == nil && choice & 8 == 0)
            if choice & 16 == 0 { client.send(Array("HELLO h {\"protocol\":1}\n".utf8)) }
            try world.settle()
            for piece in CutInput.pieces(cut.stream, at: cut.cuts) { client.send(piece) }
            precondition(world.loop.run { client.hasItsAnswers }, "every line is answered")
            try world.settle()
            client.judge()
            client.leave()
            world.admitDevices()
            let witness = FuzzClient(world, certificate: FuzzWorld.peers[1], isLocalSocket: false)
            witness.send(Array("HELLO w {\"protocol\":1}\nPING p\n".utf8))
            precondition(world.loop.run { witness.hasItsAnswers }, "so are those of somebody else")
            precondition(witness.lines.last?.starts(with: "OK p ".utf8) == true, "the others are answered")
            witness.leave()
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

/// A client at the other end of a session.
private final class FuzzClient: ClientLink {
    let clientCertificate: PeerCertificate?
    let isLocalSocket: Bool
    let peerDescription = "fuzz"

    private let world: FuzzWorld
    private var session: Session?
    private var sent: [UInt8] = []
    private var output: [UInt8] = []
    private var unconsumed: [UInt8] = []
    private var isPaused = false
    private var isClosed = false

    init(_ world: FuzzWorld, certificate: PeerCertificate?, isLocalSocket: Bool) {
        self.world = world
        clientCertificate = certificate
        self.isLocalSocket = isLocalSocket
        session = Session(gateway: world.gateway, link: self, executor: world.loop, workbench: world.workbench)
    }

    /// Ends the session, which would hold its client for ever.
    func leave() {
        session?.ended()
        session = nil
        world.loop.drain()
    }

    // MARK: The gateway's side

    func write(_ bytes: UnsafeRawBufferPointer) {
        precondition(!isClosed, "nothing is written behind the end")
        output += bytes
    }

    func pauseReading() { isPaused = true }

    func resumeReading() {
        isPaused = false
        nonisolated(unsafe) let client = self
        world.loop.execute { client.give() }
    }

    func closeAfterFlush() { isClosed = true }

    // MARK: The client's side

    func send(_ bytes: [UInt8]) {
        sent += bytes
        unconsumed += bytes
        give()
    }

    private func give() {
        guard !isPaused, !isClosed, !unconsumed.isEmpty, let session else { return }
        // A copy, so that a memory checker sees a step behind what has arrived.
        let arrived = Array(unconsumed)
        let consumed = arrived.withUnsafeBytes { session.receive($0) }
        precondition(consumed <= arrived.count, "what was not there is not consumed")
        unconsumed.removeFirst(consumed)
    }

    /// The lines that came, without their ends.
    var lines: [ArraySlice<UInt8>] { output.split(separator: Self.lineFeed) }

    /// Whether each line has an answer, or none will come any more.
    var hasItsAnswers: Bool {
        isClosed || lines.count { !$0.starts(with: "EVENT ".utf8) } >= sent.count { $0 == Self.lineFeed }
    }

    /// Compares what was sent with what came back.
    func judge() {
        precondition(output.isEmpty || output.last == Self.lineFeed, "only whole lines are sent")
        let answers = lines.compactMap(Self.answeredTag)
        let answered = Dictionary(answers.map { ($0, 1) }, uniquingKeysWith: +)
        let asked = Dictionary(
            sent.split(separator: Self.lineFeed, omittingEmptySubsequences: false).dropLast()
                .map { (Self.askedTag($0), 1) }, uniquingKeysWith: +)
        if isClosed {
            // The last answer may be about the connection, and have no tag.
            for (tag, count) in answered where tag != Self.noTag {
                precondition(count <= asked[tag, default: 0], "nobody is answered who has not asked")
            }
        } else {
            precondition(!unconsumed.contains(Self.lineFeed), "every line was taken")
            precondition(answered == asked, "and has one answer, with its own tag")
        }
    }

    private static let lineFeed = UInt8(ascii: "\n")
    private static let noTag = Array("-".utf8)

    /// The tag of an answer; nil for an event.
    private static func answeredTag(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        Array(line).withUnsafeBytes { bytes in
            switch try? ServerLine.parse(bytes) {
            case .ok(let tag, _): return Array(tag)
            case .error(let tag, let code, _):
                precondition(ErrorCode(code) != nil, "a code is one of the list")
                precondition(ErrorCode(code) != .internal, "nothing that is sent is a defect of the gateway")
                return Array(tag)
            case .event: return nil
            case nil: preconditionFailure("what a gateway sends is a line: \(String(decoding: line, as: UTF8.self))")
            }
        }
    }

    /// The tag that the answer to a line carries.
    private static func askedTag(_ line: ArraySlice<UInt8>) -> [UInt8] {
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return Array(line).withUnsafeBytes { bytes in
            do throws(MalformedLine) {
                return Array(try RequestLine.parse(bytes).tag)
            } catch {
                return error.tag.map { Array(bytes[$0]) } ?? noTag
            }
        }
    }
}
