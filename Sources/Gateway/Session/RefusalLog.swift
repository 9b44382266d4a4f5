import EventLoop
import LineProtocol
import Locking
import Logging
import Retail

/// Tells the log who was turned away or cut off, and why, in words for the operator.
///
/// Strangers can cause such lines as fast as the network carries them. Of each kind the first few within ten seconds are
/// written, the rest is counted and told in one line, so that a flood neither fills the disk nor hides the certificate that
/// has expired this morning.
package final class RefusalLog: Sendable {
    /// Lines of one kind in one period, before the rest is only counted.
    static let linesPerPeriod = 5
    static let periodMilliseconds: Int64 = 10_000
    /// What a certificate or a client says of itself is cut to this.
    private static let foreignCharacters = 64

    /// What is counted together. As many as there are reasons, whatever strangers send.
    enum Kind: Hashable {
        case certificate(Certificate)
        case handshakeTooSlow, handshakeLeft, noTLS, crowdedOut, tooManyConnections, tooManyFromAddress
        case hello(ErrorCode)
        /// A HELLO with a certificate of the authority whose device may not connect.
        case objection(Objection)
        case cut(ErrorCode)
        case doesNotRead, brokenTLS

        enum Objection: Hashable { case revoked, replaced, otherRole, otherStore, registeredForAnother, unknown }
        enum Certificate: Hashable { case expired, notYetValid, unknownAuthority, wrongPurpose, other }
    }

    private struct Count {
        var since: Int64
        var told = 0
        var untold = 0
    }

    private let log: Logger
    private let clock: any WallClock
    private let counts = Mutex<[Kind: Count]>([:])

    init(log: Logger, clock: any WallClock) {
        self.log = log
        self.clock = clock
    }

    // MARK: Occasions

    /// A peer did not get through its TLS handshake.
    func tell(_ failure: HandshakeFailure, peer: PeerAddress, port: String) {
        var metadata: Logger.Metadata = ["peer": "\(peer)", "port": "\(port)", "reason": "\(failure.explanation)"]
        if case .certificate(_, of: let certificate?) = failure { metadata.merge(Self.fields(of: certificate)) { $1 } }
        tell(failure.kind, "handshake refused", metadata)
    }

    /// A HELLO was refused. `objection`, to the certificate, says more than the client is told.
    func tellHello(_ refusal: Refusal, objection: CertificateObjection?, certificate: PeerCertificate?, peer: String) {
        var metadata: Logger.Metadata = [
            "peer": "\(peer)", "code": "\(refusal.code.name)",
            "reason": "\(objection?.description ?? Self.plain(refusal.message))",
        ]
        if let certificate { metadata.merge(Self.fields(of: certificate)) { $1 } }
        // Counted apart from HELLOs without a credential, which any stranger can send.
        tell(objection.map { .objection($0.kind) } ?? .hello(refusal.code), "HELLO refused", metadata)
    }

    /// A client was cut off for what it did.
    func tellCut(_ refusal: Refusal, _ principal: Principal?, peer: String) {
        var metadata: Logger.Metadata = [
            "peer": "\(peer)", "code": "\(refusal.code.name)", "reason": "\(Self.plain(refusal.message))",
        ]
        metadata["device"] = principal.map { "\($0.store)/\($0.device)" }
        tell(.cut(refusal.code), "a client was cut off", metadata)
    }

    /// A connection broke; nothing is told of those that ended as connections do.
    func tell(_ reason: CloseReason, _ principal: Principal?, peer: PeerAddress) {
        var metadata: Logger.Metadata = ["peer": "\(peer)"]
        metadata["device"] = principal.map { "\($0.store)/\($0.device)" }
        switch reason {
        case .outputLimit(let bytes):
            metadata["reason"] = "it does not read: more than \(bytes) bytes wait for it"
            tell(.doesNotRead, "a client was cut off", metadata)
        case .inputLimit(let bytes):
            metadata["reason"] = "more than \(bytes) bytes of it were not taken"
            tell(.doesNotRead, "a client was cut off", metadata)
        case .tlsFailed(let text):
            metadata["reason"] = "TLS: \(text)"
            tell(.brokenTLS, "a client was cut off", metadata)
        case .peerClosed, .peerReset, .finished, .refused, .deadline, .idle, .handshakeFailed, .connectFailed,
            .loopStopped:
            break
        }
    }

    // MARK: Counting

    /// Tells what was only counted, once its period is over.
    func passTime() {
        let now = clock.now().millisecondsSinceEpoch
        let over = counts.withLock { counts in
            let over = counts.filter { Self.isOver($0.value, now) }
            for kind in over.keys { counts[kind] = nil }
            return over
        }
        for (kind, count) in over { summarize(kind, count) }
    }

    private func tell(_ kind: Kind, _ message: Logger.Message, _ metadata: Logger.Metadata) {
        let now = clock.now().millisecondsSinceEpoch
        let (isTold, before) = counts.withLock { counts in
            var count = counts[kind] ?? Count(since: now)
            let before = Self.isOver(count, now) ? count : nil
            if before != nil { count = Count(since: now) }
            let isTold = count.told < Self.linesPerPeriod
            if isTold { count.told += 1 } else { count.untold += 1 }
            counts[kind] = count
            return (isTold, before)
        }
        if let before { summarize(kind, before) }
        if isTold { log.notice(message, metadata: metadata) }
    }

    private func summarize(_ kind: Kind, _ count: Count) {
        guard count.untold > 0 else { return }
        log.notice(
            "more of the same was not told one by one",
            metadata: [
                "what": "\(kind.name)", "count": "\(count.untold)", "within_ms": "\(Self.periodMilliseconds)",
            ])
    }

    /// A clock that was set back ends a period, too.
    private static func isOver(_ count: Count, _ now: Int64) -> Bool {
        now < count.since || now >= count.since + periodMilliseconds
    }

    // MARK: Words

    /// What a certificate says of itself. Until it is verified, that is a stranger's text.
    private static func fields(of certificate: PeerCertificate) -> Logger.Metadata {
        [
            "device": "\(plain(certificate.store))/\(plain(certificate.device))", "role": "\(plain(certificate.role))",
            "good_until": "\(Instant(millisecondsSinceEpoch: certificate.notAfter.clampedSeconds * 1_000).rfc3339)",
            "fingerprint": "\(certificate.fingerprint.prefix(16))",
        ]
    }

    /// A stranger's text on one line, and no longer than a line.
    private static func plain(_ text: String) -> String {
        let kept = text.unicodeScalars.prefix(foreignCharacters).map { scalar in
            scalar.properties.generalCategory.isPrintable ? Character(scalar) : "?"
        }
        return String(kept)
    }
}

extension Int64 {
    /// Seconds that can be told as an instant; certificates may name any.
    fileprivate var clampedSeconds: Int64 { Swift.min(Swift.max(self, 0), 253_402_300_799) }
}

extension Unicode.GeneralCategory {
    fileprivate var isPrintable: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}

extension RefusalLog.Kind {
    fileprivate var name: String {
        switch self {
        case .certificate(.expired): "certificates that have expired"
        case .certificate(.notYetValid): "certificates that are not yet good"
        case .certificate(.unknownAuthority): "certificates of another authority"
        case .certificate(.wrongPurpose): "certificates for another purpose"
        case .certificate(.other): "other certificates"
        case .handshakeTooSlow: "handshakes that took too long"
        case .handshakeLeft: "peers that left in the handshake"
        case .noTLS: "handshakes without a common TLS"
        case .crowdedOut: "handshakes that gave way to others"
        case .tooManyConnections: "connections beyond the limit"
        case .tooManyFromAddress: "connections beyond the limit of an address"
        case .hello(let code): "HELLO refused: \(code.name)"
        case .objection(.revoked): "certificates of revoked devices"
        case .objection(.replaced): "certificates that were replaced"
        case .objection(.otherRole): "certificates of another role"
        case .objection(.otherStore): "certificates of another store"
        case .objection(.registeredForAnother): "certificates that were registered for another device"
        case .objection(.unknown): "certificates of unknown devices"
        case .cut(let code): "clients cut off: \(code.name)"
        case .doesNotRead: "clients that do not read"
        case .brokenTLS: "clients whose TLS broke"
        }
    }
}

extension CertificateObjection {
    fileprivate var kind: RefusalLog.Kind.Objection {
        switch self {
        case .revoked: .revoked
        case .replaced: .replaced
        case .otherRole: .otherRole
        case .otherStores: .otherStore
        case .registeredForAnother: .registeredForAnother
        case .unknown: .unknown
        }
    }
}

extension HandshakeFailure {
    fileprivate var kind: RefusalLog.Kind {
        switch self {
        case .certificate(.expired, _): .certificate(.expired)
        case .certificate(.notYetValid, _): .certificate(.notYetValid)
        case .certificate(.unknownAuthority, _): .certificate(.unknownAuthority)
        case .certificate(.wrongPurpose, _): .certificate(.wrongPurpose)
        case .certificate(.wrongName, _), .certificate(.other, _): .certificate(.other)
        case .deadline: .handshakeTooSlow
        case .peerClosed: .handshakeLeft
        case .tls: .noTLS
        case .crowdedOut: .crowdedOut
        case .tooManyConnections: .tooManyConnections
        case .tooManyFromAddress: .tooManyFromAddress
        }
    }

    /// For somebody who runs a shop.
    fileprivate var explanation: String {
        switch self {
        case .certificate(.expired, _): "the certificate has expired; give the device a new one (device add)"
        case .certificate(.notYetValid, _):
            "the certificate is not yet good; the clock of the gateway or of whoever issued it is wrong"
        case .certificate(.unknownAuthority, _): "the certificate is not from this gateway's authority"
        case .certificate(.wrongPurpose, _): "the certificate is not a device's"
        case .certificate(.wrongName, _): "the certificate names another host"
        case .certificate(.other(let text), _): "the certificate is not good: \(text)"
        case .deadline(let milliseconds): "the TLS handshake took longer than \(milliseconds) ms"
        case .peerClosed: "the peer left in the TLS handshake"
        case .tls(let text): "no TLS came about: \(text)"
        case .crowdedOut(let limit): "the peer kept a handshake waiting while \(limit) were under way"
        case .tooManyConnections(let limit): "all \(limit) connections are taken"
        case .tooManyFromAddress(let limit): "the address has \(limit) connections already"
        }
    }
}
