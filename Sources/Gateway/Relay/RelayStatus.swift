import Retail

/// How the relay stands, for the operator.
struct RelayStatus: Hashable, Sendable {
    /// How requests go at present.
    enum Circuit: Hashable, Sendable {
        /// Requests go out as there is something to send.
        case closed
        /// Requests failed one after the other; after pauses a single entry is tried.
        case open
    }

    /// A stream that waits behind an entry that upstream did not take.
    struct Held: Hashable, Sendable {
        var stream: String
        var id: String
        var type: String
        var since: Instant
        var attempts: Int
        var nextAttemptAt: Instant
        var lastError: String
    }

    /// Where entries go.
    var upstream: String
    var circuit = Circuit.closed
    /// Since when the circuit is so.
    var since: Instant
    /// Requests that failed one after the other.
    var failures = 0
    /// When the next request may go out; nil when it may now.
    var nextAttemptAt: Instant?
    /// Why the last request that failed did.
    var lastError: String?
    var failedAt: Instant?
    /// When upstream last took something.
    var storedAt: Instant?
    /// Entries of a batch at present.
    var batchEntries = BatchSize.maximum
    /// The streams that wait, the longest first.
    var held: [Held] = []
}
