import LineProtocol

/// A request that was handed over for sending, and whose answer can be waited for.
///
/// Requests are sent in the order in which they were begun, so a till that begins several and then waits for their
/// answers knows the order in which they take effect.
public struct PendingReply<Reply: Sendable>: Sendable {
    typealias Decode = @Sendable ([UInt8]) throws(TillClientError) -> Reply

    let slot: ReplySlot
    let decode: Decode

    /// The answer. Every call gets one: a reply, a refusal, or an error when the deadline has passed.
    ///
    /// Cancelling the task that waits gives the request up.
    public func reply() async throws(TillClientError) -> Reply {
        try decode(await slot.value())
    }
}

/// Reads a reply of a known type.
func decodeReply<Reply: MessageBody>(
    _ type: Reply.Type, verb: Verb, _ bytes: [UInt8]
) throws(TillClientError) -> Reply {
    let reader = JSONReader()
    let result: Result<Reply, TillClientError> = bytes.withUnsafeBytes { text in
        do {
            return .success(try Reply(FieldReader(reader.read(text))))
        } catch let error as FieldError {
            return .failure(.badReply(verb: "\(verb.name)", reason: "\(error.field) \(error.reason)"))
        } catch {
            return .failure(.badReply(verb: "\(verb.name)", reason: "\(error)"))
        }
    }
    return try result.get()
}

/// The JSON text of a request.
func encodedBody(_ write: (ByteWriter) -> Void) -> [UInt8] {
    let writer = ByteWriter()
    write(writer)
    return Array(writer.bytes)
}

/// Checks that a text is one JSON object, and puts it on one line.
///
/// Line breaks can only stand between the parts of a text, never in a string, so spaces may take their place.
func singleLineObject(_ json: [UInt8]) throws(TillClientError) -> [UInt8] {
    let reader = JSONReader()
    let problem: String? = json.withUnsafeBytes { text in
        do throws(JSONSyntaxError) {
            return try reader.read(text).kind == .object ? nil : "it must be a JSON object"
        } catch {
            return "\(error.reason.rawValue), at byte \(error.offset)"
        }
    }
    if let problem { throw .badRequest(reason: problem) }
    return json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
}
