import LineProtocol
import Retail

/// The session: the gateway's clock, what became of things, events.
extension TillClient {
    /// Asks for the gateway's clock. The client sends PING by itself when it has been silent; a till need not.
    public func ping(options: CallOptions = .standard) async throws(TillClientError) -> PingReply {
        try await call(.ping, EmptyBody(), options: options)
    }

    /// Asks what became of a receipt or an order.
    public func status(
        of subject: Status.Subject, options: CallOptions = .standard
    ) async throws(TillClientError) -> StatusReply {
        try await call(.status, Status(subject), options: options)
    }

    /// Asks how much waits for the upstream system.
    public func backlog(options: CallOptions = .standard) async throws(TillClientError) -> BacklogReply {
        try await call(.backlog, EmptyBody(), options: options)
    }

    /// Says that all events up to this number were dealt with.
    ///
    /// For manual acknowledgement. It need not be called for each event; numbers that are lower than before do no harm.
    @discardableResult
    public func acknowledge(
        through number: Int64, options: CallOptions = .standard
    ) async throws(TillClientError) -> AcknowledgeReply {
        markHandled(through: number)
        return try await call(.ack, Acknowledge(through: number), options: options)
    }
}

/// Customers, quotes and held points.
extension TillClient {
    /// Finds a customer. An unknown one is refused with `not_found`.
    public func identify(
        _ subject: Identify.Subject, options: CallOptions = .standard
    ) async throws(TillClientError) -> CustomerReply {
        try await call(.identify, Identify(subject), options: options)
    }

    /// Finds the customer whom these identifiers lead to, or makes one.
    public func enrol(
        _ enrolment: Enrol, options: CallOptions = .standard
    ) async throws(TillClientError) -> EnrolReply {
        try await call(.enrol, enrolment, options: options)
    }

    /// Asks what a basket costs and earns; it has no effect.
    public func quote(
        _ basket: QuoteRequest, options: CallOptions = .standard
    ) async throws(TillClientError) -> QuoteReply {
        try await call(.quote, basket, options: options)
    }

    /// Puts points aside for a receipt to come, so that no other till can spend them. Repeating it renews the hold.
    ///
    /// More points than there are are refused with `bad_field`; the refusal's `body.available` says how many there are.
    public func hold(
        _ request: HoldRequest, options: CallOptions = .standard
    ) async throws(TillClientError) -> HoldReply {
        try await call(.hold, request, options: options)
    }

    /// Gives held points back: the customer has changed their mind.
    @discardableResult
    public func release(
        _ request: ReleaseRequest, options: CallOptions = .standard
    ) async throws(TillClientError) -> ReleaseReply {
        try await call(.release, request, options: options)
    }
}
