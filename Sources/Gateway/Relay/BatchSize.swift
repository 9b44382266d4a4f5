/// How many entries a batch has: few behind a failure, twice as many with each success.
///
/// A batch that failed although upstream had it may have one entry that upstream cannot take. Its front half is sent alone,
/// then half of what is left, and so on, until a single entry fails or all of them have gone through. Where upstream is too
/// slow for a large batch this finds a size that it is not too slow for.
struct BatchSize: Hashable, Sendable {
    /// Entries of one batch when all is well: some hundred kilobytes, and the work of one commit.
    static let maximum = 200

    /// Entries of the next batch.
    private(set) var limit = BatchSize.maximum
    /// The last entry of the batch that is being taken apart.
    private var suspectThrough: Int64?

    /// A batch went through, up to this place of the outbox.
    mutating func succeeded(through place: Int64) {
        if let suspect = suspectThrough, place < suspect {
            limit = max(1, limit / 2)
        } else {
            suspectThrough = nil
            limit = min(limit * 2, Self.maximum)
        }
    }

    /// A batch of more than one entry failed, and one of them may be the reason.
    mutating func failed(entries: Int, through place: Int64) {
        limit = max(1, entries / 2)
        suspectThrough = place
    }

    /// The entry that made batches fail is known; the others are not suspected any more.
    mutating func found() {
        suspectThrough = nil
    }

    /// Begins again with one entry.
    mutating func restart() {
        limit = 1
        suspectThrough = nil
    }
}
