import Glibc

/// One client's way to the server through the proxy, with the faults that it meets.
struct ProxyLink {
    /// Bytes on their way in one direction.
    private struct Flow {
        var pieces: [(bytes: ArraySlice<UInt8>, dueMilliseconds: Int)] = []
        var waitingBytes = 0
        /// The sender has ended; the receiver is told when everything before has arrived.
        var hasEnded = false
        var hasToldEnd = false

        var isIdle: Bool { pieces.isEmpty && hasToldEnd }
    }

    private static let waitingBytesMaximum = 262_144
    private static let readBytes = 16_384

    let client: ProxySocket
    let server: ProxySocket
    /// Gets what the client sends, and its answers are thrown away.
    private(set) var shadow: ProxySocket?

    private let delayMilliseconds: Int
    private var faults: LinkFaults
    private var toServer = Flow()
    private var toClient = Flow()
    private var isStalled = false
    /// The link is over; its sockets are closed.
    private(set) var isClosed = false
    /// It was over because the plan said so.
    private(set) var wasCut = false

    init(client: ProxySocket, server: ProxySocket, shadow: ProxySocket?, plan: FaultPlan, number: UInt64) {
        self.client = client
        self.server = server
        self.shadow = shadow
        delayMilliseconds = plan.delayMilliseconds
        faults = LinkFaults(plan: plan, link: number)
    }

    /// When something can be sent that waits for its time now; nil when nothing does.
    var dueMilliseconds: Int? {
        guard !isStalled else { return nil }
        return [toServer.pieces.first?.dueMilliseconds, toClient.pieces.first?.dueMilliseconds].compactMap { $0 }.min()
    }

    /// What to wait for, at this time: the client, the server and the shadow. Nothing once the link has stalled.
    func watched(nowMilliseconds: Int) -> [pollfd] {
        guard !isStalled else { return [] }
        var entries = [
            pollfd(
                fd: client.descriptor, events: interest(reading: toServer, writing: toClient, nowMilliseconds),
                revents: 0),
            pollfd(
                fd: server.descriptor, events: interest(reading: toClient, writing: toServer, nowMilliseconds),
                revents: 0),
        ]
        if let shadow { entries.append(pollfd(fd: shadow.descriptor, events: Int16(POLLIN), revents: 0)) }
        return entries
    }

    private func interest(reading: Flow, writing: Flow, _ now: Int) -> Int16 {
        var events = Int16(0)
        if !reading.hasEnded, reading.waitingBytes < Self.waitingBytesMaximum { events |= Int16(POLLIN) }
        if let first = writing.pieces.first, first.dueMilliseconds <= now { events |= Int16(POLLOUT) }
        return events
    }

    /// Moves what can be moved.
    ///
    /// - Parameter found: what was found of `watched`.
    mutating func step(nowMilliseconds now: Int, found: ArraySlice<pollfd>) {
        guard !isClosed, !isStalled else { return }
        read(from: client, .toServer, now)
        if !isClosed { read(from: server, .toClient, now) }
        if !isClosed { write(to: server, .toServer, now) }
        if !isClosed { write(to: client, .toClient, now) }
        if !isClosed { drainShadow() }
        if isClosed { return }
        if toServer.isIdle, toClient.isIdle { return close() }
        if isGone(client, found), toServer.hasEnded, toServer.pieces.isEmpty { return breakLink() }
        if isGone(server, found), toClient.hasEnded, toClient.pieces.isEmpty { breakLink() }
    }

    /// Whether the other end is no longer there, so that nothing is left to wait for from it.
    private func isGone(_ socket: ProxySocket, _ found: ArraySlice<pollfd>) -> Bool {
        found.contains { $0.fd == socket.descriptor && $0.revents & Int16(POLLHUP | POLLERR) != 0 }
    }

    /// Breaks the connection on both sides.
    mutating func cut() {
        guard !isClosed else { return }
        isClosed = true
        wasCut = true
        client.reset()
        server.reset()
        shadow?.reset()
    }

    private mutating func close() {
        isClosed = true
        client.close()
        server.close()
        shadow?.close()
    }

    private mutating func read(from socket: ProxySocket, _ direction: FlowDirection, _ now: Int) {
        let flow = direction == .toServer ? toServer : toClient
        guard !flow.hasEnded, flow.waitingBytes < Self.waitingBytesMaximum else { return }
        switch socket.receive(atMost: Self.readBytes) {
        case .nothing: break
        case .failed: breakLink()
        case .end: change(direction) { $0.hasEnded = true }
        case .bytes(let bytes):
            let due = now + delayMilliseconds
            change(direction) { flow in
                flow.waitingBytes += bytes.count
                flow.pieces.append((bytes[...], due))
            }
        }
    }

    private mutating func write(to socket: ProxySocket, _ direction: FlowDirection, _ now: Int) {
        var flow = direction == .toServer ? toServer : toClient
        if let first = flow.pieces.first, first.dueMilliseconds <= now {
            let piece = first.bytes.prefix(faults.pieceBytesMaximum)
            guard isWritable(socket) else { return }
            let verdict = faults.judge(piece.count, direction)
            guard let sent = socket.send(piece.prefix(verdict.passing)) else { return breakLink() }
            if direction == .toServer, let shadow { _ = shadow.send(piece.prefix(sent)) }
            flow.pieces[0].bytes = first.bytes.dropFirst(sent)
            flow.waitingBytes -= sent
            if flow.pieces[0].bytes.isEmpty { flow.pieces.removeFirst() }
            change(direction) { $0 = flow }
            apply(verdict.then)
            if isClosed { return }
            flow = direction == .toServer ? toServer : toClient
        }
        if flow.pieces.isEmpty, flow.hasEnded, !flow.hasToldEnd {
            socket.endSending()
            change(direction) { $0.hasToldEnd = true }
        }
    }

    private mutating func apply(_ consequence: LinkFaults.Consequence) {
        switch consequence {
        case .nothing: break
        case .reset: cut()
        case .stall: isStalled = true
        case .endTowardsServer:
            toServer.pieces = []
            toServer.waitingBytes = 0
            toServer.hasEnded = true
        }
    }

    /// One side broke the connection, so the other one sees it broken, too.
    private mutating func breakLink() {
        cut()
        wasCut = false
    }

    private mutating func drainShadow() {
        guard let shadow else { return }
        switch shadow.receive(atMost: Self.readBytes) {
        case .bytes, .nothing: break
        case .end, .failed:
            shadow.close()
            self.shadow = nil
        }
    }

    private mutating func change(_ direction: FlowDirection, _ body: (inout Flow) -> Void) {
        switch direction {
        case .toServer: body(&toServer)
        case .toClient: body(&toClient)
        }
    }

    private func isWritable(_ socket: ProxySocket) -> Bool {
        var entry = pollfd(fd: socket.descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&entry, 1, 0) == 1 && entry.revents & Int16(POLLOUT) != 0
    }
}
