import CEventLoop
import Glibc

// What epoll says, and what it is asked to say.
extension Connection {
    func handleEvents(_ events: UInt32) {
        let hangsUp = events & shim_epoll_hang_up() != 0
        switch stage {
        case .open: handleOpenEvents(events, hangsUp: hangsUp)
        case .handshaking: handshakeCanGoOn()
        case .connecting: continueConnecting()
        case .flushing:
            if hangsUp { return abandon(reason: closeReason) }
            waitsForWritable = false
            flushAtEndOfRound()
            watch()
        case .lingering: discardInput()
        case .closed, .released: break
        }
    }

    private func handleOpenEvents(_ events: UInt32, hangsUp: Bool) {
        isInEvent = true
        if hangsUp { noteHangUp() }
        if events & shim_epollout() != 0, stage == .open {
            waitsForWritable = false
            if readsWhenWritable {
                readsWhenWritable = false
                runLater()
            }
            flush()
            watch()
        }
        if events & shim_epollin() != 0 || isHungUp {
            if mayRead { readAvailable() } else { watch() }
        }
        isInEvent = false
        if !output.isEmpty { flush() }
    }

    /// The peer is gone in both directions. Output has nowhere to go, but what it sent before is still to be read.
    private func noteHangUp() {
        guard !hasEnded else { return abandon(reason: .peerClosed) }
        becomeDeaf()
        isHungUp = true
        // A hang-up cannot be masked, and a paused owner takes its time: leave the set, or the loop would spin.
        if !mayRead { unwatch() }
    }

    /// Discards output from now on and lifts what depended on it.
    func becomeDeaf() {
        isDeaf = true
        waitsForWritable = false
        isHeld = false
        output.removeAll(pool: &loop.pool)
    }

    @inline(__always)
    var mayRead: Bool { stage == .open && !isPaused && !isHeld && !hasEnded && !readsWhenWritable }

    /// Asks for another go in the loop's next round.
    func runLater() {
        guard !isInRunList else { return }
        isInRunList = true
        loop.runLater(self)
    }

    /// The go that was asked for: kept bytes first, then what TLS holds, then whatever epoll says.
    func runAgain() {
        isInRunList = false
        guard stage == .open else { return }
        isInEvent = true
        if isDrained {
            isDrained = false
            handler?.connectionDrained(self)
        }
        if mayRead { redeliver() }
        if mayRead, isHungUp || holdsInput { readAvailable() }
        isInEvent = false
        if !output.isEmpty { flush() }
        watch()
    }

    /// TLS holds bytes that epoll will not announce again.
    @inline(__always)
    var holdsInput: Bool {
        guard let ssl else { return false }
        return SSL_has_pending(ssl) == 1
    }

    /// Tells epoll what is wanted now. Pausing does not come here: the next event does, if there is one.
    func watch() {
        guard let key, stage < .closed, !isHungUp else { return }
        let reads = mayRead || stage == .handshaking ? shim_epollin() : 0
        let writes = waitsForWritable ? shim_epollout() : 0
        // A step of a handshake waits for its turn: until then its event is not to come again and again.
        let once = stage == .handshaking ? shim_epoll_one_shot() : 0
        let wanted = reads | writes | once
        guard watched != wanted else { return }
        let operation = watched == nil ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        watched = wanted
        if shim_epoll_control(loop.epollDescriptor, operation, descriptor, wanted, key) != 0 {
            abandon(reason: .peerReset(number: errno))
        }
    }

    func unwatch() {
        guard watched != nil else { return }
        watched = nil
        _ = shim_epoll_control(loop.epollDescriptor, EPOLL_CTL_DEL, descriptor, 0, 0)
    }
}
