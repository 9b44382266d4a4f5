import LineProtocol

extension FuzzTarget {
    /// The JSON reader against the grammar of RFC 8259 written down a second time, and against its own writer.
    static let json = FuzzTarget("json", bytesMaximum: 2_048) { input in
        // Made for each input, so that a memory checker sees what outlives them.
        let strict = JSONReader()
        let lenient = JSONReader(
            limits: JSONLimits(depth: 5_000, membersPerObject: 100_000, textBytes: 1 << 24), duplicateKeys: .accepted)
        let isLenient = (try? lenient.read(input)) != nil
        precondition(isLenient == JSONGrammar.accepts(input), "the reader takes what RFC 8259 has, and nothing else")
        guard let value = try? strict.read(input) else { return }
        precondition(isLenient, "what a message may be, a text may be")
        let writer = ByteWriter()
        withExtendedLifetime(strict) {
            visit(value)
            copy(value, to: writer)
        }
        precondition(jsonContentsEqual(input, writer.bytes), "what is written says what was read")
    }
}

private func visit(_ value: JSONValue) {
    _ = value.path
    _ = value.int64()
    _ = value.uint64()
    _ = value.decimal(fractionDigits: 3)
    _ = value.string()
    _ = value.characterCount
    _ = value["card"]
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
