import Retail

extension FieldReader {
    // MARK: Numbers

    /// A whole number within a range.
    public func integer(_ name: StaticString, in range: ClosedRange<Int64>) throws(FieldError) -> Int64 {
        try integer(requiredValue(name), in: range)
    }

    /// A whole number within a range, or nil if it is absent.
    public func optionalInteger(_ name: StaticString, in range: ClosedRange<Int64>) throws(FieldError) -> Int64? {
        guard let value = value(name) else { return nil }
        return try integer(value, in: range)
    }

    private func integer(_ value: JSONValue, in range: ClosedRange<Int64>) throws(FieldError) -> Int64 {
        guard let number = value.int64(), range.contains(number) else {
            throw bad(value, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Points: a whole number of 0 or more, or nil if it is absent.
    public func optionalPoints(_ name: StaticString) throws(FieldError) -> Int64? {
        try optionalInteger(name, in: 0...Self.moneyMaximum)
    }

    /// A rate in basis points, 0 to 10,000.
    public func rate(_ name: StaticString) throws(FieldError) -> BasisPoints {
        BasisPoints(value: Int(try integer(name, in: 0...BasisPoints.whole)))
    }

    /// A rate in basis points, or nil if it is absent.
    public func optionalRate(_ name: StaticString) throws(FieldError) -> BasisPoints? {
        guard let rate = try optionalInteger(name, in: 0...BasisPoints.whole) else { return nil }
        return BasisPoints(value: Int(rate))
    }

    /// A quantity: more than 0, at most three digits behind the point, no exponent.
    public func quantity(_ name: StaticString) throws(FieldError) -> Quantity {
        let value = try requiredValue(name)
        let maximum = Int64(ProtocolLimits.quantityThousandths)
        guard let thousandths = value.decimal(fractionDigits: Quantity.fractionDigits), thousandths > 0,
            thousandths <= maximum
        else { throw bad(value, "must be a number above 0 with at most 3 digits after the point") }
        return Quantity(thousandths: thousandths)
    }

    /// A quantity that may be 0.
    public func quantityOrZero(_ name: StaticString) throws(FieldError) -> Quantity {
        let value = try requiredValue(name)
        let maximum = Int64(ProtocolLimits.quantityThousandths)
        guard let thousandths = value.decimal(fractionDigits: Quantity.fractionDigits), thousandths >= 0,
            thousandths <= maximum
        else { throw bad(value, "must be a number of at least 0 with at most 3 digits after the point") }
        return Quantity(thousandths: thousandths)
    }

    // MARK: Money

    private static var moneyMaximum: Int64 { Int64(ProtocolLimits.moneyMinorUnits) }

    /// An amount in minor units, of either sign.
    public func money(_ name: StaticString) throws(FieldError) -> Money {
        Money(minorUnits: try integer(name, in: -Self.moneyMaximum...Self.moneyMaximum))
    }

    /// An amount of either sign, or nil if it is absent.
    public func optionalMoney(_ name: StaticString) throws(FieldError) -> Money? {
        try optionalMoney(name, from: -Self.moneyMaximum)
    }

    /// An amount of 0 or more.
    public func nonNegativeMoney(_ name: StaticString) throws(FieldError) -> Money {
        Money(minorUnits: try integer(name, in: 0...Self.moneyMaximum))
    }

    /// An amount of 0 or more, or nil if it is absent.
    public func optionalNonNegativeMoney(_ name: StaticString) throws(FieldError) -> Money? {
        try optionalMoney(name, from: 0)
    }

    /// An amount above 0.
    public func positiveMoney(_ name: StaticString) throws(FieldError) -> Money {
        Money(minorUnits: try integer(name, in: 1...Self.moneyMaximum))
    }

    private func optionalMoney(_ name: StaticString, from minimum: Int64) throws(FieldError) -> Money? {
        guard let units = try optionalInteger(name, in: minimum...Self.moneyMaximum) else { return nil }
        return Money(minorUnits: units)
    }

    // MARK: Time

    /// A moment as RFC 3339.
    public func instant(_ name: StaticString) throws(FieldError) -> Instant {
        try instant(requiredValue(name))
    }

    /// A moment, or nil if it is absent.
    public func optionalInstant(_ name: StaticString) throws(FieldError) -> Instant? {
        guard let value = value(name) else { return nil }
        return try instant(value)
    }

    private func instant(_ value: JSONValue) throws(FieldError) -> Instant {
        if let plain = value.plainUTF8, let instant = Instant(rfc3339UTF8: plain) { return instant }
        if let text = value.string(), let instant = Instant(rfc3339: text) { return instant }
        throw bad(value, "must be an RFC 3339 time such as 2026-11-22T09:30:00Z")
    }

    /// A day as `YYYY-MM-DD`, or nil if it is absent.
    public func optionalDate(_ name: StaticString) throws(FieldError) -> CalendarDate? {
        guard let value = value(name) else { return nil }
        guard let text = value.string(), let date = CalendarDate(iso: text) else {
            throw bad(value, "must be a day such as 2026-11-22")
        }
        return date
    }

    // MARK: Truth

    /// True or false.
    public func bool(_ name: StaticString) throws(FieldError) -> Bool {
        try bool(requiredValue(name))
    }

    /// True or false, or nil if it is absent.
    public func optionalBool(_ name: StaticString) throws(FieldError) -> Bool? {
        guard let value = value(name) else { return nil }
        return try bool(value)
    }

    private func bool(_ value: JSONValue) throws(FieldError) -> Bool {
        guard let bool = value.bool() else { throw bad(value, "must be true or false") }
        return bool
    }
}
