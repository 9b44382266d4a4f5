/// Whether two JSON texts say the same.
///
/// The order of members, whitespace, and the way a string is escaped do not matter. The order of elements does, and a
/// number is its digits: `1.0` and `1` differ, because a till that sends another spelling sends another text. A text
/// that a message could not be says the same only as its own bytes.
public func jsonContentsEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    if sameRawBytes(a, b) { return true }
    let readers = (JSONReader(), JSONReader())
    return withExtendedLifetime(readers) {
        guard let one = try? readers.0.read(a), let other = try? readers.1.read(b) else { return false }
        return one.saysTheSame(as: other)
    }
}

extension JSONValue {
    /// Compares two values. A reader's depth limit bounds how deep this calls itself.
    fileprivate func saysTheSame(as other: JSONValue) -> Bool {
        let node = node
        let otherNode = other.node
        guard node.kind == otherNode.kind else { return false }
        switch node.kind {
        case .string:
            return sameContent(node, in: tape.pointee.source, otherNode, in: other.tape.pointee.source)
        case .null, .bool, .number:
            return sameRawBytes(rawBytes, other.rawBytes)
        case .array:
            return count == other.count && zip(elements, other.elements).allSatisfy { $0.saysTheSame(as: $1) }
        case .object:
            return count == other.count
                && members.allSatisfy { member in
                    other.member(named: member.name)?.saysTheSame(as: member.value) ?? false
                }
        }
    }

    /// The value of the member with the same name as one of another text.
    private func member(named name: JSONValue) -> JSONValue? {
        let wanted = name.node
        for member in members {
            let node = member.name.node
            let isEqual =
                node.payload == wanted.payload
                && sameContent(node, in: tape.pointee.source, wanted, in: name.tape.pointee.source)
            if isEqual { return member.value }
        }
        return nil
    }
}

private func sameRawBytes(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard one.count == other.count else { return false }
    guard let oneStart = one.baseAddress, let otherStart = other.baseAddress else { return true }
    return sameBytes(
        oneStart.assumingMemoryBound(to: UInt8.self), otherStart.assumingMemoryBound(to: UInt8.self), count: one.count)
}
