/// The JSON object of one message, or a part of one: read from fields that are checked, written as it was read.
public protocol MessageBody: Hashable, Sendable {
    /// Takes the fields, refusing what is missing or cannot be taken.
    init(_ fields: FieldReader) throws(FieldError)

    /// Writes the members into an object that the caller has begun and ends.
    func writeMembers(to writer: ByteWriter)
}

extension MessageBody {
    /// Writes the whole object.
    public func write(to writer: ByteWriter) {
        writer.beginObject()
        writeMembers(to: writer)
        writer.endObject()
    }
}

extension ByteWriter {
    /// Writes a member that is an object.
    public func field(_ name: StaticString, _ value: some MessageBody) {
        self.name(name)
        value.write(to: self)
    }

    /// Writes a member that is an object, or nothing.
    public func optionalField(_ name: StaticString, _ value: (some MessageBody)?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is an object or null.
    public func nullableField(_ name: StaticString, _ value: (some MessageBody)?) {
        if let value { field(name, value) } else { nullField(name) }
    }

    /// Writes a member that is a string or null.
    public func nullableField(_ name: StaticString, _ value: String?) {
        if let value { field(name, value) } else { nullField(name) }
    }

    /// Writes a member that is a list of objects.
    public func field(_ name: StaticString, _ values: [some MessageBody]) {
        self.name(name)
        beginArray()
        for value in values { value.write(to: self) }
        endArray()
    }
}

extension FieldReader {
    /// A field that is an object.
    func body<Body: MessageBody>(_ name: StaticString, _ type: Body.Type = Body.self) throws(FieldError) -> Body {
        try Body(object(name))
    }

    /// A field that is an object, or nil if it is absent.
    func optionalBody<Body: MessageBody>(
        _ name: StaticString, _ type: Body.Type = Body.self
    ) throws(FieldError) -> Body? {
        guard let fields = try optionalObject(name) else { return nil }
        return try Body(fields)
    }

    /// A field that is a list of objects.
    ///
    /// - Parameters:
    ///   - minimum: 1 for a list that must not be empty.
    ///   - limit: how many elements it may have.
    func bodies<Body: MessageBody>(
        _ name: StaticString, minimum: Int = 0, limit: Int, _ type: Body.Type = Body.self
    ) throws(FieldError) -> [Body] {
        let bodies = try array(name, limit: limit) { fields throws(FieldError) in try Body(fields) }
        guard bodies.count >= minimum else { throw bad(name, "must not be empty") }
        return bodies
    }

    /// A number of things: 0 or more.
    func count(_ name: StaticString) throws(FieldError) -> Int {
        Int(try integer(name, in: 0...Int64(Int32.max)))
    }

    /// Points of either sign.
    func points(_ name: StaticString) throws(FieldError) -> Int64 {
        let maximum = Int64(ProtocolLimits.moneyMinorUnits)
        return try integer(name, in: -maximum...maximum)
    }

    /// Points: 0 or more.
    func nonNegativePoints(_ name: StaticString) throws(FieldError) -> Int64 {
        try integer(name, in: 0...Int64(ProtocolLimits.moneyMinorUnits))
    }

    /// Points: 1 or more.
    func positivePoints(_ name: StaticString) throws(FieldError) -> Int64 {
        try integer(name, in: 1...Int64(ProtocolLimits.moneyMinorUnits))
    }
}

/// A JSON text that is carried through as it is, byte for byte.
public struct JSONText: Hashable, Sendable {
    /// The text: one JSON value.
    public let bytes: [UInt8]

    /// Keeps bytes that are one JSON value already.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Copies a value out of a text that was read.
    public init(_ value: JSONValue) {
        bytes = Array(value.rawBytes)
    }
}

extension ByteWriter {
    /// Writes a member whose value is carried through as it is, or nothing.
    public func optionalField(_ name: StaticString, _ value: JSONText?) {
        if let value { value.bytes.withUnsafeBytes { field(name, raw: $0) } }
    }
}
