/// What one connection, and all connections of a listener together, may take.
public struct ListenerLimits: Sendable {
    /// Connections of this listener at a time, over all its loops.
    public var connectionsMaximum = 10_000
    /// Connections from one address at a time; loopback and Unix sockets are exempt.
    public var perAddressMaximum = 200
    /// From the accepted connection to the end of the TLS handshake, absolute.
    public var handshakeDeadlineMilliseconds = 10_000
    /// Handshakes under way at a time, shared out evenly among the loops; with more, the one that has waited longest for
    /// its peer is closed.
    public var handshakesMaximum = 1_024
    /// Above this much waiting output the connection stops reading by itself.
    public var outputHighWaterBytes = 262_144
    /// At this much waiting output it reads again.
    public var outputLowWaterBytes = 65_536
    /// With more waiting output than this it is closed.
    public var outputMaximumBytes = 4_194_304
    /// With more unconsumed input than this it is closed. A handler should refuse a long line before.
    public var inputMaximumBytes = 2_097_152
    /// Closed when nothing was received for this long; nil: never.
    public var idleDeadlineMilliseconds: Int? = 300_000
    /// How long a connection that is being closed may take to send what was written.
    public var closingDeadlineMilliseconds = 5_000
    /// How long the descriptor waits for the peer's own end afterwards, so that a reset does not destroy the last
    /// answer on its way.
    public var lingerMilliseconds = 1_000

    /// The defaults above with the given changes; the rarer limits are set afterwards.
    public init(
        connectionsMaximum: Int = 10_000,
        perAddressMaximum: Int = 200,
        handshakeDeadlineMilliseconds: Int = 10_000,
        outputHighWaterBytes: Int = 262_144,
        outputLowWaterBytes: Int = 65_536,
        outputMaximumBytes: Int = 4_194_304,
        idleDeadlineMilliseconds: Int? = 300_000
    ) {
        self.connectionsMaximum = connectionsMaximum
        self.perAddressMaximum = perAddressMaximum
        self.handshakeDeadlineMilliseconds = handshakeDeadlineMilliseconds
        self.outputHighWaterBytes = outputHighWaterBytes
        self.outputLowWaterBytes = outputLowWaterBytes
        self.outputMaximumBytes = outputMaximumBytes
        self.idleDeadlineMilliseconds = idleDeadlineMilliseconds
    }
}
