import LineProtocol
import Testing

/// Reads a text and gives the value to `body` while reader and text live.
@discardableResult
func reading<Result>(
    _ text: String, limits: JSONLimits = .message, duplicateKeys: DuplicateKeys = .refused,
    _ body: (JSONValue) throws -> Result
) throws -> Result {
    try reading(Array(text.utf8), limits: limits, duplicateKeys: duplicateKeys, body)
}

/// Reads a text of bytes and gives the value to `body` while reader and text live.
@discardableResult
func reading<Result>(
    _ bytes: [UInt8], limits: JSONLimits = .message, duplicateKeys: DuplicateKeys = .refused,
    _ body: (JSONValue) throws -> Result
) throws -> Result {
    let reader = JSONReader(limits: limits, duplicateKeys: duplicateKeys)
    return try bytes.withUnsafeBytes { raw in
        try withExtendedLifetime(reader) { try body(reader.read(raw)) }
    }
}

/// Why a text is refused, or nil if it is read.
func refusal(_ text: String, limits: JSONLimits = .message) -> JSONSyntaxError? {
    refusal(Array(text.utf8), limits: limits)
}

/// Why bytes are refused, or nil if they are read.
func refusal(
    _ bytes: [UInt8], limits: JSONLimits = .message, duplicateKeys: DuplicateKeys = .refused
) -> JSONSyntaxError? {
    do {
        try reading(bytes, limits: limits, duplicateKeys: duplicateKeys) { _ in }
        return nil
    } catch {
        return error as? JSONSyntaxError
    }
}

/// Bytes as text, for comparing in tests.
func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes, as: UTF8.self)
}

/// What a writer holds, as text.
func written(_ write: (ByteWriter) throws -> Void) rethrows -> String {
    let writer = ByteWriter(capacity: 0)
    try write(writer)
    return text(writer.bytes)
}

/// A text's bytes at an address of their own, so that reading behind their end is caught by a memory checker.
@discardableResult
func withRawBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try Array(text.utf8).withUnsafeBytes(body)
}

/// Reads a text as a message's body.
func message<Body: MessageBody>(_ json: String) throws -> Body {
    try reading(json) { try Body(FieldReader($0)) }
}

/// Reads a text as a message's body of the given type.
func message<Body: MessageBody>(_ type: Body.Type, _ json: String) throws -> Body {
    try message(json)
}

/// The error that a message's body is refused with, or nil if it is taken.
func fieldError<Body: MessageBody>(_ type: Body.Type, _ json: String) -> FieldError? {
    do {
        _ = try message(type, json)
        return nil
    } catch {
        return error as? FieldError
    }
}

/// Expects that a message's body is read as it was written.
func roundTrip<Body: MessageBody>(_ body: Body, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try message(Body.self, json(body)) == body, "\(json(body))", sourceLocation: sourceLocation)
}

/// A message's body as it is written.
func json(_ body: some MessageBody) -> String {
    written { body.write(to: $0) }
}
