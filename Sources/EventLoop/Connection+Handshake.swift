import CEventLoop
import Glibc

extension Connection {
    /// Enters the loop. A plain connection is open at once.
    func start(socket: Int32) {
        descriptor = socket
        waitsForWritable = false
        if key == nil { key = loop.registry.add(self) }
        guard !loop.isStopped else { return abandon(reason: .loopStopped) }
        if serverContext != nil || clientContext != nil {
            startHandshake()
        } else {
            stage = .open
            open()
        }
    }

    private func startHandshake() {
        stage = .handshaking
        guard let context = serverContext?.pointer ?? clientContext?.pointer, let ssl = SSL_new(context) else {
            return abandon(reason: .handshakeFailed(.tls(takeTLSErrorText())))
        }
        self.ssl = ssl
        guard SSL_set_fd(ssl, descriptor) == 1 else {
            return abandon(reason: .handshakeFailed(.tls(takeTLSErrorText())))
        }
        watch()
        if serverContext != nil {
            deadlineNanoseconds = loop.nowNanoseconds + UInt64(limits.handshakeDeadlineMilliseconds) * 1_000_000
            armCheck()
            SSL_set_accept_state(ssl)
        } else {
            clientContext?.prepare(ssl, connection: self, host: connector?.serverHost)
            SSL_set_connect_state(ssl)
            continueHandshake()
        }
    }

    /// The peer has sent something, or takes something. A server's step waits for its turn in the loop.
    func handshakeCanGoOn() {
        // The event came once and must be asked for again.
        watched = 0
        guard serverContext != nil else { return continueHandshake() }
        guard !isInHandshakeQueue else { return }
        isInHandshakeQueue = true
        loop.handshakes.append(self)
    }

    /// The turn has come; the connection may be gone by now.
    func takeHandshakeStep() {
        isInHandshakeQueue = false
        if stage == .handshaking { continueHandshake() }
    }

    private func continueHandshake() {
        guard let ssl else { return }
        let result = shim_ssl_handshake(ssl)
        switch UInt32(result.outcome) {
        case shim_outcome_done.rawValue: handshakeDone(ssl)
        case shim_outcome_want_read.rawValue:
            waitsForWritable = false
            watch()
        case shim_outcome_want_write.rawValue:
            waitsForWritable = true
            watch()
        case shim_outcome_tls_error.rawValue: abandon(reason: .handshakeFailed(tlsFailure(ssl)))
        default: abandon(reason: .handshakeFailed(.peerClosed))
        }
    }

    private func tlsFailure(_ ssl: OpaquePointer) -> HandshakeFailure {
        let text = takeTLSErrorText()
        let refused = shim_take_refused_certificate()
        defer { X509_free(refused) }
        guard let problem = CertificateProblem(verifyResult: SSL_get_verify_result(ssl)) else { return .tls(text) }
        return .certificate(problem, of: refused.map(PeerCertificate.init(certificate:)))
    }

    private func handshakeDone(_ ssl: OpaquePointer) {
        waitsForWritable = false
        isResumed = SSL_session_reused(ssl) == 1
        certificate = PeerCertificate(ssl: ssl)
        // OpenSSL verifies in full handshakes only; a resumed session must not outlive its certificate.
        if isResumed, let certificate, certificate.notAfter < Int64(time(nil)) {
            return abandon(reason: .handshakeFailed(.certificate(.expired, of: certificate)))
        }
        leaveDoor()
        stage = .open
        open()
        guard stage == .open else { return }
        if let key, serverContext != nil { loop.tickets.append(key) }
        if holdsInput { runLater() }
    }

    /// Gives a client of TLS 1.3 the ticket that it is owed; one of TLS 1.2 has had it within the handshake. What the
    /// socket does not take now goes with what is written or read next.
    func sendTicket() {
        guard let ssl, stage == .open, !isDeaf, SSL_new_session_ticket(ssl) == 1 else { return }
        let result = shim_ssl_handshake(ssl)
        if UInt32(result.outcome) == shim_outcome_tls_error.rawValue { abandon(reason: .tlsFailed(takeTLSErrorText())) }
    }

    /// The handshake is over, one way or the other.
    func leaveDoor() {
        door?.handshakeIsOver()
        door = nil
    }

    private func open() {
        deadlineNanoseconds = .max
        connector = nil
        lastReceivedNanoseconds = loop.nowNanoseconds
        if let listener {
            guard let accepted = listener.accept(self) else { return abandon(reason: .refused("not accepted")) }
            if handler == nil { handler = accepted }
        }
        watch()
        armCheck()
        handler?.connectionOpened(self)
    }
}
