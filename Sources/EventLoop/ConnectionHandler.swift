/// What a connection tells its owner. Every call comes on the connection's loop.
public protocol ConnectionHandler: AnyObject {
    /// The connection is ready: after the TLS handshake, or at once for a plain one.
    func connectionOpened(_ connection: Connection)

    /// Bytes arrived. `bytes` is only valid during the call.
    ///
    /// - Returns: how many bytes were consumed, from the front. The rest is kept and given again together with what
    ///   follows, and also when reading resumes after a pause.
    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) -> Int

    /// The output fell to the low-water mark after having been above the high-water mark.
    func connectionDrained(_ connection: Connection)

    /// The peer will send nothing more, but may still be waiting for answers. By default the connection is closed
    /// after what was written so far; a handler with answers under way closes it itself when they are written.
    func connectionEnded(_ connection: Connection)

    /// The last call. A connection that never opened (a failed `connect`) gets only this one.
    func connectionClosed(_ connection: Connection, reason: CloseReason)
}

extension ConnectionHandler {
    /// Nothing was held back, so there is nothing to do.
    public func connectionDrained(_ connection: Connection) {}

    /// Closes after what was written so far.
    public func connectionEnded(_ connection: Connection) {
        connection.close(afterFlush: true, reason: .peerClosed)
    }
}

/// Why a connection came to its end.
public enum CloseReason: Error, Equatable, Sendable {
    /// The peer closed it in good order.
    case peerClosed
    /// The peer or the network cut it; errno of the call that found out, 0 when the hang-up was only signalled.
    case peerReset(number: Int32)
    /// This side was done with it.
    case finished
    /// The owner closed it for a reason of its own, in its own words.
    case refused(String)
    /// The deadline that the owner set has passed.
    case deadline
    /// Nothing was received for this long.
    case idle(milliseconds: Int)
    /// The peer does not read: more output was waiting than one connection may hold.
    case outputLimit(bytes: Int)
    /// The owner left more bytes unconsumed than one connection may hold.
    case inputLimit(bytes: Int)
    /// The TLS handshake did not come about.
    case handshakeFailed(HandshakeFailure)
    /// TLS broke after the handshake (an alert, a bad record); OpenSSL's words.
    case tlsFailed(String)
    /// No connection could be made; in the system's words.
    case connectFailed(String)
    /// The loop was stopped.
    case loopStopped
}

/// Why a peer was turned away before the connection opened. For the log.
public enum HandshakeFailure: Error, Equatable, Sendable {
    /// The peer's certificate was refused; which it was, as far as it can be read. What it says was proved by nobody.
    case certificate(CertificateProblem, of: PeerCertificate?)
    /// The handshake took longer than allowed.
    case deadline(milliseconds: Int)
    /// The peer went away in the middle.
    case peerClosed
    /// Everything else, in OpenSSL's words: no common version or cipher, an alert from the peer, not TLS at all.
    case tls(String)
    /// It had waited longer for its peer than any other when more handshakes were under way than allowed.
    case crowdedOut(limit: Int)
    /// As many connections as allowed are open already.
    case tooManyConnections(limit: Int)
    /// As many connections as allowed are open from this address already.
    case tooManyFromAddress(limit: Int)
}

/// What is wrong with a certificate.
public enum CertificateProblem: Equatable, Sendable {
    /// Its time is over.
    case expired
    /// Its time has not come; often the peer's or the gateway's clock is wrong.
    case notYetValid
    /// It was not issued by the authority that is trusted here.
    case unknownAuthority
    /// It was issued for another purpose (a server's certificate shown by a client, for example).
    case wrongPurpose
    /// It names another host than the one connected to.
    case wrongName
    /// Everything else, in OpenSSL's words.
    case other(String)
}
