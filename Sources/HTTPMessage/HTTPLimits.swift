/// What a request may take at most; a larger one is refused, never cut.
public struct HTTPLimits: Hashable, Sendable {
    /// The request line and all header fields with their line ends, and the empty line. Beyond it: 431.
    public var headBytes: Int
    /// The target alone, so that a long address is told from long headers. Beyond it: 414.
    public var targetBytes: Int
    /// Header fields. Beyond it: 431.
    public var headerCount: Int
    /// The body as announced by `Content-Length`. Beyond it: 413, before a byte of it is read.
    public var bodyBytes: Int

    /// Limits of 16 KiB for the head, 8 KiB for the target, 100 fields and 1 MiB for the body unless told otherwise.
    public init(
        headBytes: Int = 16_384, targetBytes: Int = 8_192, headerCount: Int = 100, bodyBytes: Int = 1_048_576
    ) {
        precondition(headBytes > 0 && targetBytes > 0 && headerCount > 0 && bodyBytes >= 0)
        self.headBytes = headBytes
        self.targetBytes = targetBytes
        self.headerCount = headerCount
        self.bodyBytes = bodyBytes
    }
}
