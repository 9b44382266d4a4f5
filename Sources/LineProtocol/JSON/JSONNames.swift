/// Member names: hashing, comparing, and finding one that an object has twice.
extension JSONScanner {
    /// 28 bits that are the same for equal names however they are escaped.
    func nameHash(of node: JSONNode) -> UInt32 {
        let content = bytes + Int(node.start) + 1
        let count = Int(node.end - node.start) - 2
        if node.hasEscapes {
            let plain = workspace.pointee.decode(content, count: count)
            return Word.hash(plain.start, count: plain.count) & JSONNode.payloadMask
        }
        return Word.hash(content, count: count) & JSONNode.payloadMask
    }

    /// Compares the names of an object that is about to close.
    ///
    /// Up to 16 members are compared in pairs. More of them go through a table, so that a line full of wide objects
    /// costs no more than its length.
    func refuseRepeatedNames(_ frame: JSONFrame) throws(JSONSyntaxError) {
        if frame.count <= 16 {
            try compareInPairs(from: frame.node + 1)
        } else {
            try compareThroughTable(from: frame.node + 1, members: frame.count)
        }
    }

    private func compareInPairs(from first: Int) throws(JSONSyntaxError) {
        let nodes = tape.pointee.nodes
        var name = first
        while name < tape.pointee.count {
            var earlier = first
            while earlier < name {
                if sameName(nodes[earlier], nodes[name]) { throw duplicate(nodes[name]) }
                earlier = Int(nodes[earlier + 1].next)
            }
            name = Int(nodes[name + 1].next)
        }
    }

    private func compareThroughTable(from first: Int, members: Int) throws(JSONSyntaxError) {
        let nodes = tape.pointee.nodes
        let table = workspace.pointee.clearedTable(for: members)
        var name = first
        while name < tape.pointee.count {
            var slot = Int(nodes[name].payload) & (table.count - 1)
            while table[slot] != 0 {
                if sameName(nodes[Int(table[slot])], nodes[name]) { throw duplicate(nodes[name]) }
                slot = (slot + 1) & (table.count - 1)
            }
            table[slot] = UInt32(truncatingIfNeeded: name)
            name = Int(nodes[name + 1].next)
        }
    }

    private func duplicate(_ node: JSONNode) -> JSONSyntaxError {
        JSONSyntaxError(reason: .duplicateKey, offset: Int(node.start))
    }

    private func sameName(_ one: JSONNode, _ other: JSONNode) -> Bool {
        guard one.payload == other.payload else { return false }
        return sameContent(one, in: bytes, other, in: bytes)
    }
}

/// Whether two strings say the same, whatever their escapes.
func sameContent(
    _ one: JSONNode, in oneSource: UnsafePointer<UInt8>, _ other: JSONNode, in otherSource: UnsafePointer<UInt8>
) -> Bool {
    let oneContent = oneSource + Int(one.start) + 1
    let oneCount = Int(one.end - one.start) - 2
    let otherContent = otherSource + Int(other.start) + 1
    let otherCount = Int(other.end - other.start) - 2
    if !one.hasEscapes && !other.hasEscapes {
        return oneCount == otherCount && sameBytes(oneContent, otherContent, count: oneCount)
    }
    var oneBytes = JSONContentBytes(oneContent, count: oneCount)
    var otherBytes = JSONContentBytes(otherContent, count: otherCount)
    while let byte = oneBytes.next() {
        guard byte == otherBytes.next() else { return false }
    }
    return otherBytes.next() == nil
}
