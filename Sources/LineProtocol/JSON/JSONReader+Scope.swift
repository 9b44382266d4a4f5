/// Reads one text with a reader of its own and hands its value to `body`; for places where no reader is at hand.
///
/// A value must not outlive its reader, which a reader made on the spot would let it do: here both end together.
public func withJSON<Result>(
    _ bytes: UnsafeRawBufferPointer, _ body: (JSONValue) throws -> Result
) throws -> Result {
    let reader = JSONReader()
    return try withExtendedLifetime(reader) { try body(reader.read(bytes)) }
}
