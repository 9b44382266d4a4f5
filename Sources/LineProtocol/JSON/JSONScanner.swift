/// What the text must go on with.
private enum Expectation {
    case value
    case firstElement
    case firstMember
    case member
    case separator
    case nothing
}

/// One pass over the bytes of one text, writing nodes to a tape.
///
/// Open containers stand in frames of the reader's own, not on the program's stack, so no text can exhaust that one.
struct JSONScanner {
    let bytes: UnsafePointer<UInt8>
    let end: Int
    let limits: JSONLimits
    let duplicateKeys: DuplicateKeys
    let tape: UnsafeMutablePointer<JSONTape>
    let workspace: UnsafeMutablePointer<JSONWorkspace>
    var offset = 0

    /// Reads one value and nothing after it.
    mutating func scan() throws(JSONSyntaxError) {
        var expected = Expectation.value
        while expected != .nothing {
            skipWhitespace()
            guard offset < end else { throw error(.unexpectedEnd) }
            switch expected {
            case .value:
                expected = try value()
            case .firstElement:
                expected = bytes[offset] == Ascii.closeBracket ? closeContainer() : try value()
            case .firstMember:
                expected = bytes[offset] == Ascii.closeBrace ? closeContainer() : try memberName()
            case .member:
                expected = try memberName()
            case .separator:
                expected = try separator()
            case .nothing:
                break
            }
        }
        skipWhitespace()
        guard offset == end else { throw error(.trailingBytes) }
    }

    func error(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(reason: reason, offset: offset)
    }

    private mutating func skipWhitespace() {
        while offset < end {
            let byte = bytes[offset]
            if byte > Ascii.space { return }
            guard byte == Ascii.space || byte == Ascii.lineFeed || byte == Ascii.carriageReturn || byte == Ascii.tab
            else { return }
            offset += 1
        }
    }

    private mutating func value() throws(JSONSyntaxError) -> Expectation {
        switch bytes[offset] {
        case Ascii.quote:
            _ = try string()
        case Ascii.openBrace:
            try openContainer(.object)
            return .firstMember
        case Ascii.openBracket:
            try openContainer(.array)
            return .firstElement
        case Ascii.minus, Ascii.zero...Ascii.nine:
            try number()
        case UInt8(ascii: "t"):
            try literal("true", kind: .bool)
        case UInt8(ascii: "f"):
            try literal("false", kind: .bool)
        case UInt8(ascii: "n"):
            try literal("null", kind: .null)
        default:
            throw error(.unexpectedByte)
        }
        return afterValue()
    }

    private func afterValue() -> Expectation {
        workspace.pointee.depth == 0 ? .nothing : .separator
    }

    private mutating func separator() throws(JSONSyntaxError) -> Expectation {
        let frame = workspace.pointee.top
        let byte = bytes[offset]
        if frame.pointee.isObject {
            if byte == Ascii.comma {
                offset += 1
                return .member
            }
            guard byte == Ascii.closeBrace else { throw error(.unexpectedByte) }
            if frame.pointee.mayRepeatNames && duplicateKeys == .refused { try refuseRepeatedNames(frame.pointee) }
            return closeContainer()
        }
        frame.pointee.count += 1
        if byte == Ascii.comma {
            offset += 1
            return .value
        }
        guard byte == Ascii.closeBracket else { throw error(.unexpectedByte) }
        return closeContainer()
    }

    private mutating func openContainer(_ kind: JSONKind) throws(JSONSyntaxError) {
        guard workspace.pointee.depth < limits.depth else { throw error(.tooDeep) }
        let node = tape.pointee.append(JSONNode(kind: kind, start: offset, end: end, next: 0))
        workspace.pointee.push(
            JSONFrame(node: node, count: 0, nameBits: 0, mayRepeatNames: false, isObject: kind == .object)
        )
        offset += 1
    }

    private mutating func closeContainer() -> Expectation {
        let frame = workspace.pointee.pop()
        offset += 1
        let node = tape.pointee.nodes + frame.node
        node.pointee.end = UInt32(truncatingIfNeeded: offset)
        node.pointee.next = UInt32(truncatingIfNeeded: tape.pointee.count)
        node.pointee.meta |= UInt32(truncatingIfNeeded: frame.count) & JSONNode.payloadMask
        return afterValue()
    }

    /// Reads a member's name and the colon after it.
    private mutating func memberName() throws(JSONSyntaxError) -> Expectation {
        guard bytes[offset] == Ascii.quote else { throw error(.unexpectedByte) }
        let frame = workspace.pointee.top
        guard frame.pointee.count < limits.membersPerObject else { throw error(.tooManyMembers) }
        let node = try string()
        let hash = nameHash(of: tape.pointee.nodes[node])
        tape.pointee.nodes[node].meta |= hash
        let bit: UInt64 = 1 << UInt64(hash & 63)
        if frame.pointee.nameBits & bit != 0 { frame.pointee.mayRepeatNames = true }
        frame.pointee.nameBits |= bit
        frame.pointee.count += 1
        skipWhitespace()
        guard offset < end else { throw error(.unexpectedEnd) }
        guard bytes[offset] == Ascii.colon else { throw error(.unexpectedByte) }
        offset += 1
        return .value
    }

    private mutating func literal(_ word: StaticString, kind: JSONKind) throws(JSONSyntaxError) {
        let length = word.utf8CodeUnitCount
        guard end - offset >= length, sameBytes(bytes + offset, word.utf8Start, count: length) else {
            throw error(.badLiteral)
        }
        appendLeaf(kind, from: offset, to: offset + length)
        offset += length
    }

    @discardableResult
    func appendLeaf(_ kind: JSONKind, from start: Int, to end: Int) -> Int {
        tape.pointee.append(JSONNode(kind: kind, start: start, end: end, next: tape.pointee.count + 1))
    }
}
