/// One value of a text that a `JSONReader` has read.
///
/// It is two words that point into the reader's notes and the text, so copying it costs nothing. It is valid until
/// the reader reads again, the reader is released, or the bytes of the text go; using it later is a programmer's
/// error.
public struct JSONValue {
    let tape: UnsafePointer<JSONTape>
    let index: Int

    var node: JSONNode { tape.pointee.nodes[index] }

    /// What kind of value it is.
    public var kind: JSONKind { node.kind }

    /// The value exactly as it stands in the text, without the whitespace around it.
    public var rawBytes: UnsafeRawBufferPointer {
        let node = node
        return UnsafeRawBufferPointer(
            start: tape.pointee.source + Int(node.start), count: Int(node.end - node.start))
    }

    /// Where the value begins, in bytes from the start of the text.
    public var offset: Int { Int(node.start) }

    /// The number of elements of an array or members of an object; 0 for anything else.
    public var count: Int {
        let node = node
        return node.kind == .array || node.kind == .object ? Int(node.payload) : 0
    }

    /// The value as true or false, or nil if it is neither.
    public func bool() -> Bool? {
        let node = node
        guard node.kind == .bool else { return nil }
        return tape.pointee.source[Int(node.start)] == UInt8(ascii: "t")
    }

    /// Whether it is `null`.
    public var isNull: Bool { node.kind == .null }

    /// The value of the member with this name, or nil if this is no object or has none.
    public subscript(name: StaticString) -> JSONValue? {
        member(utf8: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// The value of the member with this name in UTF-8, or nil if this is no object or has none.
    public func member(utf8 name: UnsafeRawBufferPointer) -> JSONValue? {
        let nodes = tape.pointee.nodes
        let object = nodes[index]
        guard object.kind == .object else { return nil }
        var position = index + 1
        let end = Int(object.next)
        let quotedCount = UInt32(truncatingIfNeeded: name.count + 2)
        while position < end {
            let node = nodes + position
            // Most names differ in their length already.
            let mayBeEqual = node.pointee.end &- node.pointee.start == quotedCount || node.pointee.hasEscapes
            if mayBeEqual, contentEquals(node.pointee, name) { return JSONValue(tape: tape, index: position + 1) }
            position = Int(node[1].next)
        }
        return nil
    }

    private func contentEquals(_ node: JSONNode, _ text: UnsafeRawBufferPointer) -> Bool {
        let content = tape.pointee.source + Int(node.start) + 1
        let count = Int(node.end - node.start) - 2
        guard let start = text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return count == 0 }
        if !node.hasEscapes { return count == text.count && sameBytes(content, start, count: count) }
        var bytes = JSONContentBytes(content, count: count)
        var position = 0
        while let byte = bytes.next() {
            guard position < text.count, start[position] == byte else { return false }
            position += 1
        }
        return position == text.count
    }
}

extension JSONValue {
    /// The values of an array, in its order; empty for anything else.
    public struct Elements: Sequence, IteratorProtocol {
        private let tape: UnsafePointer<JSONTape>
        private var position: Int
        private let end: Int

        init(_ value: JSONValue) {
            tape = value.tape
            position = value.index + 1
            end = value.node.kind == .array ? Int(value.node.next) : position
        }

        /// The next value, or nil at the end.
        public mutating func next() -> JSONValue? {
            guard position < end else { return nil }
            defer { position = Int(tape.pointee.nodes[position].next) }
            return JSONValue(tape: tape, index: position)
        }
    }

    /// The members of an object, in its order; empty for anything else.
    public struct Members: Sequence, IteratorProtocol {
        private let tape: UnsafePointer<JSONTape>
        private var position: Int
        private let end: Int

        init(_ value: JSONValue) {
            tape = value.tape
            position = value.index + 1
            end = value.node.kind == .object ? Int(value.node.next) : position
        }

        /// The next member: its name as a string value, and its value. Nil at the end.
        public mutating func next() -> (name: JSONValue, value: JSONValue)? {
            guard position < end else { return nil }
            defer { position = Int(tape.pointee.nodes[position + 1].next) }
            return (JSONValue(tape: tape, index: position), JSONValue(tape: tape, index: position + 1))
        }
    }

    /// The values of an array, in its order; empty for anything else.
    public var elements: Elements { Elements(self) }

    /// The members of an object, in its order; empty for anything else.
    public var members: Members { Members(self) }
}
