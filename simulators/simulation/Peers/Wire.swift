import EventLoop
import Gateway

/// A connection between a peer and a gateway: bytes take their time, come in pieces, in order, and one day not at all.
final class Wire: ClientLink {
    let clientCertificate: PeerCertificate?
    let isLocalSocket: Bool
    let peerDescription: String
    private(set) var isCut = false
    /// What was asked on it and not answered, by tag.
    var open: [String: Ask] = [:]
    /// When that was.
    var sentAt: [String: Int64] = [:]

    private let network: Network
    private let loop: SimulatedLoop
    private weak var peer: Peer?
    private var session: Session?
    private var unread: [UInt8] = []
    private var isPaused = false
    /// When the last piece arrives on each side: none overtakes another.
    private var gatewayHears: Int64 = 0
    private var peerHears: Int64 = 0

    init(_ network: Network, to gateway: Gateway, on loop: SimulatedLoop, from peer: Peer) {
        self.network = network
        self.loop = loop
        self.peer = peer
        isLocalSocket = peer.role == .operator
        peerDescription = peer.name
        clientCertificate =
            isLocalSocket
            ? nil
            : PeerCertificate(
                store: peer.store, role: peer.role.rawValue, device: peer.name,
                fingerprint: "\(peer.store)/\(peer.name)", notAfter: .max)
        network.agenda.after(network.delay(), loop.lane) { [self] in
            guard !isCut else { return }
            session = Session(gateway: gateway, link: self, executor: loop, workbench: loop.workbench)
            give()
        }
    }

    // MARK: The peer's side

    /// Sends bytes, in pieces as a network makes them.
    func send(_ bytes: [UInt8]) {
        guard !isCut else { return }
        for piece in network.pieces(of: bytes) {
            gatewayHears = max(gatewayHears, network.agenda.now + network.delay())
            network.agenda.after(gatewayHears - network.agenda.now, loop.lane) { [self] in
                guard !isCut else { return }
                unread += piece
                give()
            }
        }
    }

    /// The network is gone; each side notices in its own time.
    func cut() {
        guard !isCut else { return }
        isCut = true
        network.cuts += 1
        network.agenda.after(network.slowDelay(), loop.lane) { [self] in end() }
        tellPeer(after: network.slowDelay())
    }

    /// The gateway's process is gone: nobody is there to notice but the peer. What was on its way to it still arrives.
    func gatewayDied() {
        guard !isCut else { return }
        isDead = true
        tellPeer(after: max(network.slowDelay(), peerHears - network.agenda.now))
    }

    private var isDead = false

    private func tellPeer(after milliseconds: Int64) {
        guard let peer else { return }
        network.agenda.after(milliseconds, peer.lane) { [self] in
            isCut = true
            peer.lost(self)
        }
    }

    private func give() {
        guard !isPaused, !unread.isEmpty, let session else { return }
        let consumed = unread.withUnsafeBytes { session.receive($0) }
        unread.removeFirst(consumed)
    }

    private func end() { forgetSession() }

    /// Nobody talks any more.
    func forgetSession() {
        session?.ended()
        session = nil
    }

    // MARK: The gateway's side

    func write(_ bytes: UnsafeRawBufferPointer) {
        guard !isCut, !isDead, !loop.lane.life.isOver, let peer else { return }
        let bytes = Array(bytes)
        for piece in network.pieces(of: bytes) {
            peerHears = max(peerHears, network.agenda.now + network.delay())
            network.agenda.after(peerHears - network.agenda.now, peer.lane) { [self] in
                if !isCut { peer.heard(piece, on: self) }
            }
        }
    }

    func pauseReading() { isPaused = true }

    func resumeReading() {
        isPaused = false
        network.agenda.add(loop.lane) { [self] in give() }
    }

    func closeAfterFlush() {
        guard !isCut, !isDead else { return }
        isDead = true
        network.agenda.add(loop.lane) { [self] in end() }
        tellPeer(after: max(0, peerHears - network.agenda.now))
    }
}

/// The network of a world.
final class Network {
    let agenda: Agenda
    var cuts = 0
    /// How long bytes take at most, in milliseconds.
    private let delayMaximum: Int
    private var dice: Dice
    private let breaksLines: Bool

    init(_ agenda: Agenda, dice: Dice, delayMaximum: Int) {
        self.agenda = agenda
        self.dice = dice
        self.delayMaximum = delayMaximum
        breaksLines = self.dice.chance(2)
    }

    /// How long bytes can be under way.
    var delayAtMost: Int64 { Int64(delayMaximum) * 10 }

    func delay() -> Int64 {
        dice.chance(12) ? Int64(dice.number(0...delayMaximum * 10)) : Int64(dice.number(0...delayMaximum))
    }

    /// Until somebody notices that nobody is there.
    func slowDelay() -> Int64 { Int64(dice.number(0...3_000)) }

    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        guard breaksLines, bytes.count > 1, dice.chance(3) else { return [bytes] }
        let place = dice.number(1...bytes.count - 1)
        return [Array(bytes[..<place]), Array(bytes[place...])]
    }
}
