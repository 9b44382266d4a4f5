import Retail

extension FieldReader {
    /// A text of `min` to `max` characters (Unicode scalars).
    public func text(_ name: StaticString, min: Int = 1, max: Int) throws(FieldError) -> String {
        try text(requiredValue(name), min: min, max: max)
    }

    /// A text of `min` to `max` characters, or nil if it is absent.
    public func optionalText(_ name: StaticString, min: Int = 1, max: Int) throws(FieldError) -> String? {
        guard let value = value(name) else { return nil }
        return try text(value, min: min, max: max)
    }

    func text(_ value: JSONValue, min: Int, max: Int) throws(FieldError) -> String {
        guard let text = value.string() else { throw bad(value, "must be a string") }
        // No text has more characters than bytes, so those of most need not be counted.
        if min <= 1, let bytes = value.plainUTF8?.count, bytes >= min, bytes <= max { return text }
        let characters = value.characterCount ?? 0
        guard characters >= min else {
            throw bad(value, min == 1 ? "must not be empty" : "must have at least \(min) characters")
        }
        guard characters <= max else { throw .limit(path(of: value), max, of: "characters") }
        return text
    }

    /// A name: 1 to 200 characters.
    public func nameText(_ name: StaticString) throws(FieldError) -> String {
        try text(name, max: ProtocolLimits.nameCharacters)
    }

    /// A name, or nil if it is absent.
    public func optionalNameText(_ name: StaticString) throws(FieldError) -> String? {
        try optionalText(name, max: ProtocolLimits.nameCharacters)
    }

    /// A free text for people of 0 to 1,000 characters, or nil if it is absent.
    public func optionalNoteText(_ name: StaticString) throws(FieldError) -> String? {
        try optionalText(name, min: 0, max: ProtocolLimits.noteCharacters)
    }

    /// An id: 1 to 64 characters of printable ASCII without space and `/`.
    public func idText(_ name: StaticString) throws(FieldError) -> String {
        try idText(requiredValue(name))
    }

    /// An id, or nil if it is absent.
    public func optionalIDText(_ name: StaticString) throws(FieldError) -> String? {
        guard let value = value(name) else { return nil }
        return try idText(value)
    }

    /// A product's number: 1 to 64 characters of printable ASCII, the first and the last no space. Shops have numbers
    /// such as `BANK CHARGES` and `12/3`.
    public func skuText(_ name: StaticString) throws(FieldError) -> String {
        try skuText(requiredValue(name))
    }

    /// A list of products' numbers, or nil if it is absent.
    public func optionalSKUTextArray(_ name: StaticString, limit: Int) throws(FieldError) -> [String]? {
        guard let value = value(name) else { return nil }
        try checkList(value, limit: limit)
        var texts: [String] = []
        for element in value.elements { texts.append(try skuText(element)) }
        return texts
    }

    private func skuText(_ value: JSONValue) throws(FieldError) -> String {
        var text = try text(value, min: 1, max: ProtocolLimits.idCharacters)
        let isNumber = text.withUTF8 { bytes in
            bytes.allSatisfy { $0 >= Ascii.space && $0 < 0x7F } && bytes.first != Ascii.space
                && bytes.last != Ascii.space
        }
        guard isNumber else { throw bad(value, "must be printable ASCII, the first and the last character no space") }
        return text
    }

    /// A product's name as it is printed: 0 to 200 characters.
    public func printedText(_ name: StaticString) throws(FieldError) -> String {
        try text(name, min: 0, max: ProtocolLimits.nameCharacters)
    }

    /// A list of ids, or nil if it is absent.
    public func optionalIDTextArray(_ name: StaticString, limit: Int) throws(FieldError) -> [String]? {
        guard let value = value(name) else { return nil }
        try checkList(value, limit: limit)
        var texts: [String] = []
        texts.reserveCapacity(value.count)
        for element in value.elements { texts.append(try idText(element)) }
        return texts
    }

    private func idText(_ value: JSONValue) throws(FieldError) -> String {
        var text = try text(value, min: 1, max: ProtocolLimits.idCharacters)
        let isID = text.withUTF8 { $0.allSatisfy { $0 > Ascii.space && $0 < 0x7F && $0 != Ascii.slash } }
        guard isID else { throw bad(value, "must be printable ASCII without space and /") }
        return text
    }

    /// A receipt's number: 1 to 32 of `[A-Za-z0-9._-]`.
    public func receiptNumber(_ name: StaticString) throws(FieldError) -> String {
        let value = try requiredValue(name)
        let number = try text(value, min: 1, max: ProtocolLimits.receiptNumberCharacters)
        guard ReceiptKey.isNumber(number) else { throw bad(value, "must be of letters, digits, '.', '_' and '-'") }
        return number
    }

    /// A receipt's key: `store/till/shift/number`.
    public func receiptKey(_ name: StaticString) throws(FieldError) -> ReceiptKey {
        try receiptKey(requiredValue(name))
    }

    /// A receipt's key, or nil if it is absent.
    public func optionalReceiptKey(_ name: StaticString) throws(FieldError) -> ReceiptKey? {
        guard let value = value(name) else { return nil }
        return try receiptKey(value)
    }

    private func receiptKey(_ value: JSONValue) throws(FieldError) -> ReceiptKey {
        guard let text = value.string(), let key = ReceiptKey(text: text) else {
            throw bad(value, "must be a receipt key: store/till/shift/number")
        }
        return key
    }

    /// A customer's id: `c-12`.
    public func customerID(_ name: StaticString) throws(FieldError) -> CustomerID {
        try customerID(requiredValue(name))
    }

    /// A customer's id, or nil if it is absent.
    public func optionalCustomerID(_ name: StaticString) throws(FieldError) -> CustomerID? {
        guard let value = value(name) else { return nil }
        return try customerID(value)
    }

    private func customerID(_ value: JSONValue) throws(FieldError) -> CustomerID {
        if let plain = value.plainUTF8, let customer = CustomerID(utf8: plain) { return customer }
        if let text = value.string(), let customer = CustomerID(text: text) { return customer }
        throw bad(value, "must be a customer's id: c-<number>")
    }

    /// One of the texts that an enumeration has.
    @inlinable
    public func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticString, of type: Choice.Type = Choice.self
    ) throws(FieldError) -> Choice where Choice.RawValue == String {
        try choice(requiredValue(name), of: type)
    }

    /// One of the texts that an enumeration has, or nil if it is absent.
    @inlinable
    public func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticString, of type: Choice.Type = Choice.self
    ) throws(FieldError) -> Choice? where Choice.RawValue == String {
        guard let value = value(name) else { return nil }
        return try choice(value, of: type)
    }

    /// A list of texts that an enumeration has, or nil if it is absent.
    @inlinable
    public func optionalChoices<Choice: RawRepresentable & CaseIterable>(
        _ name: StaticString, of type: Choice.Type = Choice.self
    ) throws(FieldError) -> [Choice]? where Choice.RawValue == String {
        guard let value = value(name) else { return nil }
        try checkList(value, limit: Choice.allCases.count)
        var choices: [Choice] = []
        for element in value.elements { choices.append(try choice(element, of: type)) }
        return choices
    }

    @inlinable
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ value: JSONValue, of type: Choice.Type
    ) throws(FieldError) -> Choice where Choice.RawValue == String {
        guard let text = value.string(), let choice = Choice(rawValue: text) else {
            throw bad(value, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }
}
