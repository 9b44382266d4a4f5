import LineProtocol

/// Reads a message out of fields that came from outside; one that can be read must say the same when it is written and
/// read again, or two programs would understand it differently.
func roundTrip<Message: MessageBody>(_ type: Message.Type, _ fields: FieldReader) {
    roundTrip(
        fields, read: { fields throws(FieldError) in try Message(fields) }, write: { $0.write(to: $1) })
}

/// The same for what is read and written in a way of its own.
func roundTrip<Message: Hashable>(
    _ fields: FieldReader, read: (FieldReader) throws(FieldError) -> Message, write: (Message, ByteWriter) -> Void
) {
    guard let message = try? read(fields) else { return }
    let writer = ByteWriter()
    write(message, writer)
    let again = try? withJSON(writer.bytes) { try read(FieldReader($0)) }
    precondition(again == message, "\(Message.self) is read as it was written")
}
