import EventLoop
import LineProtocol

@testable import Gateway

/// A client in a simulated world, at the other end of a ``TestLink``. It keeps its world alive, and leaves when it goes.
final class TestClient {
    /// The gateway has closed the connection.
    private(set) var isClosed = false
    /// The gateway does not read at present.
    private(set) var isPaused = false
    /// The lines that came, without their LF.
    private(set) var received: [[UInt8]] = []

    private let world: TestWorld
    private var loop: TestLoop { world.loop }
    /// The gateway's side of the conversation.
    private(set) var session: Session?
    private var partialLine: [UInt8] = []
    private var unconsumed: [UInt8] = []
    /// Bytes that the gateway has not taken yet.
    var waitingBytes: Int { unconsumed.count }
    private var nextTag = 1
    private var parsed: [WireLine] = []

    init(
        world: TestWorld, certificate: PeerCertificate?, isLocalSocket: Bool = false, networkKey: UInt64? = nil
    ) {
        self.world = world
        let link = TestLink(certificate: certificate, isLocalSocket: isLocalSocket, networkKey: networkKey)
        session = Session(gateway: world.gateway, link: link, executor: world.loop, workbench: world.workbench)
        link.client = self
    }

    deinit { session?.ended() }

    // MARK: The gateway's side

    fileprivate func write(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                received.append(partialLine)
                partialLine.removeAll(keepingCapacity: true)
            } else {
                partialLine.append(byte)
            }
        }
    }

    fileprivate func pauseReading() { isPaused = true }

    fileprivate func resumeReading() {
        isPaused = false
        nonisolated(unsafe) weak let client = self
        loop.execute { client?.give() }
    }

    fileprivate func closeAfterFlush() {
        guard !isClosed else { return }
        isClosed = true
        nonisolated(unsafe) weak let client = self
        loop.execute { client?.end() }
    }

    // MARK: The client's side

    /// Bytes arrive at the gateway; what it leaves is kept for it, as a connection does.
    func send(_ bytes: some Sequence<UInt8>) {
        guard !isClosed else { return }
        unconsumed += bytes
        give()
    }

    /// Sends one line.
    func send(_ line: String) { send(Array((line + "\n").utf8)) }

    /// The client says that nothing more will come, as one that closes does.
    func close() {
        session?.peerFinished()
        if !isClosed { session?.ended() }
        isClosed = true
        session = nil
    }

    /// The network is gone from one moment to the next.
    func vanish() {
        isClosed = true
        end()
    }

    private func give() {
        guard !isPaused, !isClosed, !unconsumed.isEmpty, let session else { return }
        let consumed = unconsumed.withUnsafeBytes { session.receive($0) }
        unconsumed.removeFirst(consumed)
    }

    private func end() {
        session?.ended()
        session = nil
    }

    // MARK: Talking

    /// Sends a request with a tag of its own and waits for its answer; events that come meanwhile stay unread.
    func request(_ verb: String, _ body: String = "{}") -> WireLine {
        let tag = "t\(nextTag)"
        nextTag += 1
        send("\(verb) \(tag) \(body)")
        return answer(to: tag)
    }

    /// Waits for the answer to a tag.
    func answer(to tag: String, seconds: Int = 20) -> WireLine {
        var found: WireLine?
        _ = loop.run(seconds: seconds) {
            found = lines.last { $0.tag == tag }
            return found != nil || isClosed
        }
        return found ?? .none
    }

    /// Every line that came.
    var lines: [WireLine] {
        while parsed.count < received.count { parsed.append(WireLine(received[parsed.count])) }
        return parsed
    }

    /// The events that came.
    var events: [WireLine] { lines.filter { $0.event != nil } }

    /// Waits for a number of events and returns all that are there.
    func events(count: Int, seconds: Int = 20) -> [WireLine] {
        _ = loop.run(seconds: seconds) { events.count >= count }
        return events
    }
}

/// What a session holds of a ``TestClient``.
private final class TestLink: ClientLink {
    let clientCertificate: PeerCertificate?
    let isLocalSocket: Bool
    let networkKey: UInt64?
    weak var client: TestClient?
    var peerDescription: String { clientCertificate?.device ?? "nobody" }

    init(certificate: PeerCertificate?, isLocalSocket: Bool, networkKey: UInt64?) {
        clientCertificate = certificate
        self.networkKey = networkKey
        self.isLocalSocket = isLocalSocket
    }

    func write(_ bytes: UnsafeRawBufferPointer) { client?.write(bytes) }
    func pauseReading() { client?.pauseReading() }
    func resumeReading() { client?.resumeReading() }
    func closeAfterFlush() { client?.closeAfterFlush() }
}
