/// A part of what upstream sends down.
public struct ChangePage: Hashable, Sendable {
    /// Each one JSON object `{"id","type","at","body"}`, in the order in which they are to be applied.
    public var changes: [[UInt8]]
    /// Where the next page begins; kept by the gateway once this one is applied.
    public var cursor: String
    /// Whether there is more at once.
    public var hasMore: Bool

    /// A page with every field given.
    public init(changes: [[UInt8]], cursor: String, hasMore: Bool) {
        self.changes = changes
        self.cursor = cursor
        self.hasMore = hasMore
    }
}

/// A part of everything that upstream knows.
public struct SnapshotPage: Hashable, Sendable {
    /// What comes after a page.
    public enum Next: Hashable, Sendable {
        /// A further page of the snapshot.
        case page(String)
        /// Changes from this cursor on. Of the types named, what the snapshot did not have is not there any more.
        case changes(cursor: String, complete: [String])
    }

    /// Each one JSON object as in a ``ChangePage``; what others refer to comes before them.
    public var changes: [[UInt8]]
    /// What comes next.
    public var next: Next

    /// A page with every field given.
    public init(changes: [[UInt8]], next: Next) {
        self.changes = changes
        self.next = next
    }
}

/// Why there is no page.
public enum SourceFailure: Error, Hashable, Sendable {
    /// The cursor, or the page of a snapshot, is too old or unknown: begin with a snapshot.
    case startAgain
    /// The page has more bytes than the gateway reads: ask for fewer changes.
    case tooLong
    /// The page did not come in time: ask for fewer changes, after a pause.
    case tooSlow(reason: String)
    /// The upstream does not send anything down.
    case notOffered
    /// Nothing is known: ask again, not before the pause if the upstream named one.
    case failed(reason: String, retryAfterMilliseconds: Int?)
}

/// A way to what upstream sends down. The reference is ``HTTPSChangeSource``; the contract is written down in
/// `protocol-spec/upstream.md`.
public protocol ChangeSource: AnyObject, Sendable {
    /// Where the changes come from, for logs and the operator; holds no secret. A cursor belongs to the source that gave
    /// it: another description begins with a snapshot.
    var description: String { get }

    /// Changes after a cursor, at most so many. Where there are none the upstream may hold the question for a while. Blocks;
    /// call it on a thread of its own, one call at a time.
    func changes(after cursor: String, limit: Int, waitMilliseconds: Int) throws(SourceFailure) -> ChangePage

    /// A page of everything; nil: the first one.
    func snapshot(page: String?, limit: Int) throws(SourceFailure) -> SnapshotPage

    /// Ends a call that is under way within about a second and makes later ones fail. May be called on any thread.
    func stop()
}

/// What upstream says of an identifier.
public enum CustomerAnswer: Hashable, Sendable {
    /// A customer: `{"at":…,"body":{…}}`, the body that of a change of type `customer`.
    case found([UInt8])
    /// Upstream knows nobody with it.
    case unknown
    /// Nothing is known.
    case failed(reason: String)
}

/// A way to ask upstream for one customer.
public protocol CustomerSource: AnyObject, Sendable {
    /// Who has this identifier, normalised, its kind named as on the wire. Blocks for no longer than the deadline; may be
    /// called on several threads at a time.
    func customer(kind: String, value: String, deadlineMilliseconds: Int) -> CustomerAnswer

    /// Ends calls that are under way within about a second and makes later ones fail. May be called on any thread.
    func stop()
}
