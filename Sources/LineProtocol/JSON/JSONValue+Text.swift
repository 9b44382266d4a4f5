extension JSONValue {
    /// The content of a string that has no escapes, as it stands in the text; nil for other strings and other values.
    public var plainUTF8: UnsafeRawBufferPointer? {
        let node = node
        guard node.kind == .string, !node.hasEscapes else { return nil }
        return UnsafeRawBufferPointer(
            start: tape.pointee.source + Int(node.start) + 1, count: Int(node.end - node.start) - 2)
    }

    /// The content of a string with its escapes resolved, or nil if it is no string.
    public func string() -> String? {
        let node = node
        guard node.kind == .string else { return nil }
        let content = tape.pointee.source + Int(node.start) + 1
        let count = Int(node.end - node.start) - 2
        guard node.hasEscapes else {
            return String(decoding: UnsafeBufferPointer(start: content, count: count), as: UTF8.self)
        }
        return String(unsafeUninitializedCapacity: count) { buffer in
            var bytes = JSONContentBytes(content, count: count)
            var length = 0
            while let byte = bytes.next() {
                buffer[length] = byte
                length += 1
            }
            return length
        }
    }

    /// The number of characters (Unicode scalars) of a string, or nil if it is no string.
    public var characterCount: Int? {
        let node = node
        guard node.kind == .string else { return nil }
        var characters = 0
        if let plain = plainUTF8 {
            for byte in plain { characters += UTF8Rules.isContinuation(byte) ? 0 : 1 }
            return characters
        }
        let content = tape.pointee.source + Int(node.start) + 1
        var bytes = JSONContentBytes(content, count: Int(node.end - node.start) - 2)
        while let byte = bytes.next() {
            if !UTF8Rules.isContinuation(byte) { characters += 1 }
        }
        return characters
    }
}
