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
    do {
        return try bytes.withUnsafeBytes { text in
            try withJSON(text) { try Reply(FieldReader($0)) }
        }
    } catch let error as FieldError {
        throw .badReply(verb: "\(verb.name)", reason: "\(error.field) \(error.reason)")
    } catch {
        throw .badReply(verb: "\(verb.name)", reason: jsonProblem(error))
    }
}

/// What is wrong with a JSON text, for people.
private func jsonProblem(_ error: any Error) -> String {
    guard let error = error as? JSONSyntaxError else { return "\(error)" }
    return "\(error.reason.rawValue), at byte \(error.offset)"
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
    do {
        let isObject = try json.withUnsafeBytes { text in try withJSON(text) { $0.kind == .object } }
        guard isObject else { throw TillClientError.badRequest(reason: "it must be a JSON object") }
    } catch let error as TillClientError {
        throw error
    } catch {
        throw .badRequest(reason: jsonProblem(error))
    }
    return json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
}
