/// Takes the fields of one JSON object, checking each for its type and range.
///
/// A field that is null counts as absent. Fields that nobody asks for are ignored. What is wrong is thrown as a
/// `FieldError` that names the field by its place in the whole message.
public struct FieldReader {
    /// The object itself, for what a message keeps as it is.
    public let object: JSONValue
    private let prefix: StaticString

    /// Takes an object to read fields from.
    ///
    /// - Parameters:
    ///   - object: the value; a `FieldError` with `badJSON` is thrown if it is the whole text and no object, with
    ///     `badField` if it is a part of one.
    ///   - path: what error messages put before the fields' places, for a text that is itself part of something.
    public init(_ object: JSONValue, path: StaticString = "") throws(FieldError) {
        self.object = object
        prefix = path
        guard object.kind == .object else {
            let isWhole = object.index == 0
            throw FieldError(
                code: isWhole ? .badJSON : .badField, field: self.path(of: object), reason: "must be an object")
        }
    }

    /// The value of a field, or nil if it is absent or null.
    public func value(_ name: StaticString) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    /// The value of a field that must be there.
    public func requiredValue(_ name: StaticString) throws(FieldError) -> JSONValue {
        guard let value = value(name) else { throw .missing(path(name)) }
        return value
    }

    /// The place of a field of this object in the whole message.
    public func path(_ name: StaticString) -> String {
        let own = path(of: object)
        return own.isEmpty ? "\(name)" : "\(own).\(name)"
    }

    /// The place of a value in the whole message.
    public func path(of value: JSONValue) -> String {
        let path = value.path
        guard prefix.utf8CodeUnitCount > 0 else { return path }
        if path.isEmpty || path.first == "[" { return "\(prefix)\(path)" }
        return "\(prefix).\(path)"
    }

    /// The error for a field of this object that cannot be taken.
    public func bad(_ name: StaticString, _ reason: String) -> FieldError {
        .bad(path(name), reason)
    }

    /// The error for a value in this object that cannot be taken.
    public func bad(_ value: JSONValue, _ reason: String) -> FieldError {
        .bad(path(of: value), reason)
    }

    // MARK: Objects and lists

    /// A field that is an object.
    public func object(_ name: StaticString) throws(FieldError) -> FieldReader {
        try FieldReader(requiredValue(name), path: prefix)
    }

    /// A field that is an object, or nil if it is absent.
    public func optionalObject(_ name: StaticString) throws(FieldError) -> FieldReader? {
        guard let value = value(name) else { return nil }
        return try FieldReader(value, path: prefix)
    }

    /// A field that is a list of objects.
    ///
    /// - Parameters:
    ///   - limit: how many elements it may have.
    ///   - each: takes one element.
    @inlinable
    public func array<Element>(
        _ name: StaticString, limit: Int, _ each: (FieldReader) throws(FieldError) -> Element
    ) throws(FieldError) -> [Element] {
        try list(requiredValue(name), limit: limit, each)
    }

    /// A field that is a list of objects, or nil if it is absent.
    @inlinable
    public func optionalArray<Element>(
        _ name: StaticString, limit: Int, _ each: (FieldReader) throws(FieldError) -> Element
    ) throws(FieldError) -> [Element]? {
        guard let value = value(name) else { return nil }
        return try list(value, limit: limit, each)
    }

    @inlinable
    func list<Element>(
        _ value: JSONValue, limit: Int, _ each: (FieldReader) throws(FieldError) -> Element
    ) throws(FieldError) -> [Element] {
        try checkList(value, limit: limit)
        var list: [Element] = []
        list.reserveCapacity(value.count)
        for element in value.elements { list.append(try each(reader(element))) }
        return list
    }

    @usableFromInline
    func checkList(_ value: JSONValue, limit: Int) throws(FieldError) {
        guard value.kind == .array else { throw bad(value, "must be an array") }
        guard value.count <= limit else { throw .limit(path(of: value), limit, of: "elements") }
    }

    @usableFromInline
    func reader(_ element: JSONValue) throws(FieldError) -> FieldReader {
        try FieldReader(element, path: prefix)
    }

    /// A field that is a list of texts, each of 1 to `max` characters.
    public func textArray(_ name: StaticString, limit: Int, max: Int) throws(FieldError) -> [String] {
        try texts(requiredValue(name), limit: limit, max: max)
    }

    /// A field that is a list of texts, or nil if it is absent.
    public func optionalTextArray(_ name: StaticString, limit: Int, max: Int) throws(FieldError) -> [String]? {
        guard let value = value(name) else { return nil }
        return try texts(value, limit: limit, max: max)
    }

    private func texts(_ value: JSONValue, limit: Int, max: Int) throws(FieldError) -> [String] {
        try checkList(value, limit: limit)
        var texts: [String] = []
        texts.reserveCapacity(value.count)
        for element in value.elements { texts.append(try text(element, min: 1, max: max)) }
        return texts
    }
}
