/// One header field as it stood in the message.
public struct HTTPField: Hashable, Sendable {
    /// The name in the sender's own letter case.
    public let name: String
    /// The value without the white space around it.
    public let value: String

    /// A field of the given name and value.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// The header fields of one message, in order; names are compared without regard to letter case.
public struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// Every field, in the order of the message.
    public private(set) var fields: [HTTPField]

    /// No fields.
    public init() {
        fields = []
    }

    /// The fields of the literal, in its order.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { HTTPField(name: $0.0, value: $0.1) }
    }

    /// How many fields there are, repeated ones counted each time.
    public var count: Int { fields.count }

    /// Puts a field behind the others.
    public mutating func append(name: String, value: String) {
        fields.append(HTTPField(name: name, value: value))
    }

    /// Puts a field behind the others.
    public mutating func append(_ field: HTTPField) {
        fields.append(field)
    }

    /// Takes every field of that name away.
    public mutating func remove(_ name: String) {
        fields.removeAll { equalIgnoringCase($0.name, name) }
    }

    /// The value of the first field of that name.
    public subscript(name: String) -> String? {
        fields.first { equalIgnoringCase($0.name, name) }?.value
    }

    /// The values of every field of that name, in order.
    public func values(of name: String) -> [String] {
        fields.filter { equalIgnoringCase($0.name, name) }.map(\.value)
    }

    /// Whether a comma-separated list field, such as `Connection`, holds the token, whatever its letter case.
    public func list(_ name: String, contains token: String) -> Bool {
        values(of: name).contains { value in
            value.split(separator: ",").contains { equalIgnoringCase(trimmed($0), token) }
        }
    }
}

/// Compares two names letter by letter without regard to ASCII letter case.
func equalIgnoringCase(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
    left.utf8.elementsEqual(right.utf8) { lowercased($0) == lowercased($1) }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}

private func trimmed(_ text: Substring) -> Substring {
    var rest = text
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return rest
}
