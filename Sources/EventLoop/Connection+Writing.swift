import CEventLoop

extension Connection {
    /// Sends what was written so far without waiting for the end of the wake-up.
    public func flush() {
        guard stage == .open || stage == .flushing, descriptor >= 0 else { return }
        while !output.isEmpty, !waitsForWritable {
            let result = send(output.bytes)
            if result.count > 0 {
                output.dropFirst(Int(result.count), pool: &loop.pool)
            } else {
                sendingStopped(result)
                break
            }
        }
        if stage == .open { applyWaterMarks() }
    }

    /// The loop's call for a connection that was written to outside of its own events.
    func flushAtEndOfRound() {
        isInFlushList = false
        flush()
        if stage == .flushing, output.isEmpty { abandon(reason: closeReason) }
    }

    @inline(__always)
    private func send(_ bytes: UnsafeRawBufferPointer) -> shim_result {
        let count = Int32(clamping: bytes.count)
        guard let ssl else { return shim_socket_write(descriptor, bytes.baseAddress, count) }
        return shim_ssl_write(ssl, bytes.baseAddress, count)
    }

    private func sendingStopped(_ result: shim_result) {
        switch UInt32(result.outcome) {
        case shim_outcome_want_write.rawValue:
            waitsForWritable = true
            watch()
        default:
            if UInt32(result.outcome) == shim_outcome_tls_error.rawValue { ERR_clear_error() }
            peerIsGone(Int32(result.number))
        }
    }

    /// The peer takes no more. What it sent before is still read to its end, and then the connection closes.
    private func peerIsGone(_ number: Int32) {
        mayLinger = false
        guard stage == .open, !hasEnded else { return abandon(reason: .peerReset(number: number)) }
        becomeDeaf()
        isHungUp = true
        unwatch()
        runLater()
    }

    private func applyWaterMarks() {
        if isHeld {
            guard output.count <= limits.outputLowWaterBytes else { return }
            isHeld = false
            isDrained = true
            runLater()
        } else if output.count > limits.outputHighWaterBytes {
            isHeld = true
        }
    }

    /// Sends first, so that only a peer that does not read is over the limit. False when the connection is done for.
    func makeRoom(for count: Int) -> Bool {
        flush()
        guard stage == .open, !isDeaf else { return false }
        guard output.count + count > limits.outputMaximumBytes else { return true }
        abandon(reason: .outputLimit(bytes: limits.outputMaximumBytes))
        return false
    }
}
