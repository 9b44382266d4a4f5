import CEventLoop

extension Connection {
    /// One connection's share of a round over TLS, the length of its longest record; without TLS a bufferful. What is left
    /// is taken up in the next round, behind what others have sent: who sends without an end keeps nobody waiting for more.
    private static let bytesPerRound = 16_384

    /// Reads into the loop's buffer and gives to the handler, until the socket and OpenSSL are empty.
    func readAvailable() {
        var taken = 0
        repeat {
            let result = read()
            guard result.count > 0 else { return readEnded(result) }
            lastReceivedNanoseconds = loop.nowNanoseconds
            deliver(Int(result.count))
            if output.count > limits.outputHighWaterBytes { flush() }
            guard mayRead else { return }
            taken += Int(result.count)
            let mayHaveMore = ssl == nil ? Int(result.count) == EventLoop.readBufferBytes : holdsInput
            guard mayHaveMore || isHungUp else { return }
        } while taken < Self.bytesPerRound
        runLater()
    }

    @inline(__always)
    private func read() -> shim_result {
        let count = Int32(EventLoop.readBufferBytes)
        guard let ssl else { return shim_socket_read(descriptor, loop.readBuffer, count) }
        return shim_ssl_read(ssl, loop.readBuffer, count)
    }

    /// Gives fresh bytes: right from the loop's buffer when nothing is kept, otherwise joined to what is.
    private func deliver(_ count: Int) {
        let fresh = UnsafeRawBufferPointer(start: loop.readBuffer, count: count)
        guard input.isEmpty else {
            input.append(fresh, pool: &loop.pool)
            return redeliver()
        }
        let consumed = give(fresh)
        guard consumed < count else { return }
        input.append(UnsafeRawBufferPointer(rebasing: fresh[consumed...]), pool: &loop.pool)
        checkInputLimit()
    }

    /// Gives the kept bytes again.
    func redeliver() {
        guard !input.isEmpty else { return }
        let consumed = give(input.bytes)
        input.dropFirst(consumed, pool: &loop.pool)
        checkInputLimit()
    }

    @inline(__always)
    private func give(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let handler else { return bytes.count }
        let consumed = handler.connection(self, received: bytes)
        precondition(consumed >= 0 && consumed <= bytes.count, "a handler consumed more than it was given")
        return consumed
    }

    private func checkInputLimit() {
        guard input.count > limits.inputMaximumBytes else { return }
        abandon(reason: .inputLimit(bytes: limits.inputMaximumBytes))
    }

    private func readEnded(_ result: shim_result) {
        switch UInt32(result.outcome) {
        case shim_outcome_want_read.rawValue:
            if isHungUp { abandon(reason: .peerReset(number: 0)) }
        case shim_outcome_want_write.rawValue:
            // A TLS message of the protocol itself, such as a key update, waits for the socket. Nothing is read before it
            // has gone, so nothing more is asked of epoll, or the loop would spin.
            waitsForWritable = true
            readsWhenWritable = true
            watch()
        case shim_outcome_ended.rawValue:
            if let ssl, listener != nil, shim_has_too_many_control_messages(ssl) != 0 {
                return abandon(reason: .tlsFailed("too many key updates or renegotiations"))
            }
            peerEnded()
        case shim_outcome_tls_error.rawValue: abandon(reason: .tlsFailed(takeTLSErrorText()))
        default: abandon(reason: .peerReset(number: Int32(result.number)))
        }
    }

    private func peerEnded() {
        hasEnded = true
        guard !isDeaf else { return abandon(reason: .peerClosed) }
        watch()
        handler?.connectionEnded(self)
    }
}
