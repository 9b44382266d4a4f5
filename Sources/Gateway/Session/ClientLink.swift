import EventLoop

/// What a session needs of a connection. The server gives it TLS connections; a simulated world gives it its own.
///
/// Everything is called on the connection's loop.
package protocol ClientLink: AnyObject {
    /// The other side's address, for the log.
    var peerDescription: String { get }
    /// Whether the other side is a process of this machine on the gateway's own socket file.
    var isLocalSocket: Bool { get }
    /// The other side's network as far as guesses are counted by it; nil: a program of this machine.
    var networkKey: UInt64? { get }
    /// The certificate the other side has proved to own.
    var clientCertificate: PeerCertificate? { get }

    /// Queues bytes; what is queued in one wake-up goes out together.
    func write(_ bytes: UnsafeRawBufferPointer)
    /// Gives no more bytes to the session until ``resumeReading()``.
    func pauseReading()
    /// Gives the session what it left and what has arrived since.
    func resumeReading()
    /// Closes, after what is queued has gone out or `deadlineMilliseconds` have passed.
    func closeAfterFlush()
}

extension ClientLink {
    /// Simulated worlds are on this machine unless they say otherwise.
    package var networkKey: UInt64? { nil }
}

/// Runs a session's work in its own place and order.
package protocol SessionExecutor: AnyObject, Sendable {
    /// Runs `work` on the session's loop, after what was handed over before.
    func execute(_ work: @escaping @Sendable () -> Void)
    /// Runs `work` on the session's loop once the time has passed. Called on the loop.
    func after(milliseconds: Int, _ work: @escaping () -> Void)
    /// The loop's ticks, which nobody puts back. Read on the loop.
    var milliseconds: Int64 { get }
}
