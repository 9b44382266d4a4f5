import Retail

/// Members of an object: a name and a value in one call. The optional ones leave a nil out.
extension ByteWriter {
    /// Writes a member that is a string.
    public func field(_ name: StaticString, _ value: String) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is a string of bytes that are valid UTF-8.
    public func field(_ name: StaticString, utf8 value: UnsafeRawBufferPointer) {
        self.name(name)
        self.value(utf8: value)
    }

    /// Writes a member that is a whole number.
    public func field(_ name: StaticString, _ value: Int64) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is a whole number.
    public func field(_ name: StaticString, _ value: Int) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is a whole number.
    public func field(_ name: StaticString, _ value: UInt64) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is true or false.
    public func field(_ name: StaticString, _ value: Bool) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is an amount.
    public func field(_ name: StaticString, _ value: Money) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is a rate.
    public func field(_ name: StaticString, _ value: BasisPoints) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is a quantity.
    public func field(_ name: StaticString, _ value: Quantity) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is a moment.
    public func field(_ name: StaticString, _ value: Instant) {
        self.name(name)
        self.value(value)
    }

    /// Writes a member that is bytes which are one JSON value already.
    public func field(_ name: StaticString, raw value: UnsafeRawBufferPointer) {
        self.name(name)
        rawValue(value)
    }

    /// Writes a member that is null.
    public func nullField(_ name: StaticString) {
        self.name(name)
        nullValue()
    }

    /// Writes a member that is a list of strings.
    public func field(_ name: StaticString, _ values: [String]) {
        self.name(name)
        beginArray()
        for value in values { self.value(value) }
        endArray()
    }

    /// Writes a member that is a string, or nothing.
    public func optionalField(_ name: StaticString, _ value: String?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is a whole number, or nothing.
    public func optionalField(_ name: StaticString, _ value: Int64?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is a whole number, or nothing.
    public func optionalField(_ name: StaticString, _ value: Int?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is a whole number, or nothing.
    public func optionalField(_ name: StaticString, _ value: UInt64?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is true or false, or nothing.
    public func optionalField(_ name: StaticString, _ value: Bool?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is an amount, or nothing.
    public func optionalField(_ name: StaticString, _ value: Money?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is a rate, or nothing.
    public func optionalField(_ name: StaticString, _ value: BasisPoints?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is a quantity, or nothing.
    public func optionalField(_ name: StaticString, _ value: Quantity?) {
        if let value { field(name, value) }
    }

    /// Writes a member that is a moment, or nothing.
    public func optionalField(_ name: StaticString, _ value: Instant?) {
        if let value { field(name, value) }
    }

}
