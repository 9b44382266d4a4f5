import LineProtocol

/// The readers of this target; one of each is made for each input, so that a memory checker sees what outlives it.
private struct Readers {
    let message = JSONReader()
    let lenient = JSONReader(
        limits: JSONLimits(depth: 1_000, membersPerObject: 100_000, textBytes: 1 << 24), duplicateKeys: .accepted)
}

/// Reads one input in every way that a message is read, and stops the program where two ways disagree.
func fuzzOne(_ bytes: UnsafeRawBufferPointer) {
    let readers = Readers()
    let isLenient = (try? readers.lenient.read(bytes)) != nil
    guard let value = try? readers.message.read(bytes) else { return }
    precondition(isLenient, "what a message may be, a text may be")
    let writer = ByteWriter()
    withExtendedLifetime(readers) {
        visit(value)
        copy(value, to: writer)
    }
    precondition(jsonContentsEqual(bytes, writer.bytes), "what is written says what was read")
}

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzOne(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

private func visit(_ value: JSONValue) {
    _ = value.path
    _ = value.int64()
    _ = value.uint64()
    _ = value.decimal(fractionDigits: 3)
    _ = value.string()
    _ = value.characterCount
    _ = value["card"]
    if let fields = try? FieldReader(value) {
        _ = try? Identify(fields)
        _ = try? Enrol(fields)
        _ = try? QuoteRequest(fields)
        _ = try? ReceiptRequest(fields, kind: .sale)
        _ = try? OrderPush(fields)
    }
    for element in value.elements { visit(element) }
    for member in value.members { visit(member.value) }
}

private func copy(_ value: JSONValue, to writer: ByteWriter) {
    switch value.kind {
    case .array:
        writer.beginArray()
        for element in value.elements { copy(element, to: writer) }
        writer.endArray()
    case .object:
        writer.beginObject()
        for member in value.members {
            writer.name(text: member.name.string() ?? "")
            copy(member.value, to: writer)
        }
        writer.endObject()
    case .string:
        writer.value(value.string() ?? "")
    case .null, .bool, .number:
        writer.rawValue(value.rawBytes)
    }
}
