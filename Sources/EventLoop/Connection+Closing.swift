import CEventLoop
import Glibc

extension Connection {
    /// Closes at once: no more calls but the last, which comes when nobody is inside the connection any more.
    func abandon(reason: CloseReason) {
        if stage == .lingering { return release() }
        guard stage < .closed else { return }
        if case .handshakeFailed(let failure) = reason, stage == .handshaking { listener?.report(failure, of: peer) }
        leaveDoor()
        if stage != .flushing { mayLinger = false }
        if !output.isEmpty { mayLinger = false }
        stage = .closed
        closeReason = reason
        loop.finishLater(self)
    }

    /// Says goodbye, gives the memory back and makes the last call.
    func finish() {
        guard stage == .closed else { return }
        freeTLS()
        input.removeAll(pool: &loop.pool)
        output.removeAll(pool: &loop.pool)
        deadlineNanoseconds = .max
        connector = nil
        if mayLinger, !isDeaf, !loop.isStopped { linger() } else { release() }
        let last = handler
        handler = nil
        last?.connectionClosed(self, reason: closeReason)
    }

    private func freeTLS() {
        guard let ssl else { return }
        shim_ssl_goodbye(ssl, maySayGoodbye && SSL_is_init_finished(ssl) == 1 ? 1 : 0)
        SSL_free(ssl)
        self.ssl = nil
        (serverContext, clientContext) = (nil, nil)
    }

    /// Half a record may be on its way, or OpenSSL have given the connection up: then nothing more may be sent.
    private var maySayGoodbye: Bool {
        switch closeReason {
        case .tlsFailed, .handshakeFailed, .peerReset: false
        default: output.isEmpty && !isDeaf && !isHungUp
        }
    }

    /// Waits a little for the peer's own end: closing with unread input would make the system send a reset, which can
    /// overtake the last answer.
    private func linger() {
        guard let key, shutdown(descriptor, Int32(SHUT_WR)) == 0 else { return release() }
        stage = .lingering
        deadlineNanoseconds = loop.nowNanoseconds + UInt64(limits.lingerMilliseconds) * 1_000_000
        armCheck()
        let operation = watched == nil ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        watched = shim_epollin()
        if shim_epoll_control(loop.epollDescriptor, operation, descriptor, shim_epollin(), key) != 0 { release() }
    }

    func discardInput() {
        let result = shim_socket_read(descriptor, loop.readBuffer, Int32(EventLoop.readBufferBytes))
        guard result.count <= 0, UInt32(result.outcome) != shim_outcome_want_read.rawValue else { return }
        release()
    }

    /// Gives back the descriptor, the place in the registry and the place among the listener's connections.
    private func release() {
        guard stage != .released else { return }
        stage = .released
        if let checkToken { loop.cancel(checkToken) }
        checkToken = nil
        if let key { loop.registry.remove(key) }
        key = nil
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
        listener?.census.leave(peer)
        listener = nil
    }
}

// MARK: - Deadlines

extension Connection {
    /// When the peer's silence becomes too long. It is not silent while its input or output is held up on this side.
    private var idleNanoseconds: UInt64 {
        guard stage == .open, let milliseconds = limits.idleDeadlineMilliseconds else { return .max }
        return lastReceivedNanoseconds + UInt64(milliseconds) * 1_000_000
    }

    /// Makes sure that a check comes no later than the earliest deadline. A deadline that moved back is noticed by the
    /// check itself, so the usual case costs a comparison.
    func armCheck() {
        let due = min(deadlineNanoseconds, idleNanoseconds)
        guard due < checkNanoseconds else { return }
        if let checkToken { loop.cancel(checkToken) }
        checkNanoseconds = due
        checkToken = loop.schedule(atNanoseconds: due) { [self] in check() }
    }

    private func check() {
        checkNanoseconds = .max
        checkToken = nil
        let now = loop.nowNanoseconds
        if deadlineNanoseconds <= now { return deadlinePassed() }
        if idleNanoseconds <= now {
            if isPaused { lastReceivedNanoseconds = now } else { return idleTooLong() }
        }
        armCheck()
    }

    private func idleTooLong() {
        close(afterFlush: false, reason: .idle(milliseconds: limits.idleDeadlineMilliseconds ?? 0))
    }

    private func deadlinePassed() {
        switch stage {
        case .connecting: abandon(reason: .connectFailed("timed out"))
        case .handshaking:
            abandon(reason: .handshakeFailed(.deadline(milliseconds: limits.handshakeDeadlineMilliseconds)))
        case .open: abandon(reason: .deadline)
        case .flushing: abandon(reason: closeReason)
        case .lingering: release()
        case .closed, .released: break
        }
    }
}
