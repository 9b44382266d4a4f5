/// What a framer finds at a place in the bytes that have arrived.
public enum Framing: Hashable, Sendable {
    /// A whole line: where it stands, without its LF or CR LF, and where the next one begins.
    case line(Range<Int>, next: Int)
    /// The line has no end yet.
    case incomplete
    /// The line is longer than the limit, whether or not its end has come.
    case tooLong
}

/// Finds the ends of lines in a stream that arrives in pieces of any size.
///
/// The answers do not depend on how the stream was cut. What was searched once is not searched again, so a line that
/// arrives byte by byte costs time in proportion to its length.
public struct LineFramer: Sendable {
    /// The longest line that is taken, in bytes, without its LF or CR LF.
    public var limit: Int
    /// How much of the line that is under way holds no LF.
    private var searched = 0

    /// Makes a framer for lines of at most `limit` bytes.
    public init(limit: Int) {
        self.limit = limit
    }

    /// Looks for the line that begins at `start`.
    ///
    /// - Parameters:
    ///   - bytes: what has arrived and was not consumed. After `incomplete` the next call has the same bytes at the
    ///     line's beginning and more behind them; where in the buffer that beginning stands may change.
    ///   - start: where the line begins.
    public mutating func next(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Framing {
        precondition(start >= 0 && start <= bytes.count, "a line begins within the bytes that arrived")
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return .incomplete }
        // A CR that belongs to the line's end and the LF behind it may stand beyond the limit.
        let searchEnd = min(bytes.count, start + limit + 2)
        let searchStart = min(start + searched, searchEnd)
        let end = Word.firstIndex(of: Ascii.lineFeed, in: base, from: searchStart, to: searchEnd)
        guard end < searchEnd else {
            searched = searchEnd - start
            return searched > limit + 1 ? .tooLong : .incomplete
        }
        searched = 0
        let contentEnd = end > start && base[end - 1] == Ascii.carriageReturn ? end - 1 : end
        return contentEnd - start <= limit ? .line(start..<contentEnd, next: end + 1) : .tooLong
    }
}
