extension JSONValue {
    /// Where the value stands in its text, as people write it: `lines[3].price`; empty for the whole text.
    ///
    /// It is found by walking down from the top, so it costs nothing until somebody asks, which only errors do.
    public var path: String {
        var path = ""
        var current = JSONValue(tape: tape, index: 0)
        while current.index < index, let step = current.step(towards: index) {
            path += step.text
            current = step.value
        }
        return path.first == "." ? String(path.dropFirst()) : path
    }

    private func step(towards target: Int) -> (text: String, value: JSONValue)? {
        for member in members where Int(member.value.node.next) > target {
            return (".\(member.name.string() ?? "")", member.value)
        }
        for (position, element) in elements.enumerated() where Int(element.node.next) > target {
            return ("[\(position)]", element)
        }
        return nil
    }
}
