extension Instant {
    /// The most bytes that a written instant takes: `2026-11-22T09:30:00.125Z`.
    public static let rfc3339BytesMaximum = 24

    /// Reads an RFC 3339 date-time: `2026-11-22T09:30:00Z`, `2026-11-22t12:30:00.5+03:00`.
    ///
    /// An offset is converted to UTC. Days are checked against the calendar, seconds run from 00 to 59 (a leap second
    /// is refused), a fraction of 1 to 9 digits is cut to milliseconds. Anything else, and anything that in UTC falls
    /// outside of the years 0000 to 9999, is `nil`.
    public init?(rfc3339 text: some StringProtocol) {
        let contiguous: Instant?? = text.utf8.withContiguousStorageIfAvailable { bytes in
            Instant(rfc3339UTF8: UnsafeRawBufferPointer(bytes))
        }
        if let parsed = contiguous {
            guard let parsed else { return nil }
            self = parsed
        } else {
            let copied = Array(text.utf8)
            guard let parsed = copied.withUnsafeBytes({ Instant(rfc3339UTF8: $0) }) else { return nil }
            self = parsed
        }
    }

    /// The same from the bytes of a message, without making a string of them.
    public init?(rfc3339UTF8 bytes: UnsafeRawBufferPointer) {
        var cursor = DigitCursor(bytes)
        guard let year = cursor.number(digits: 4), cursor.take("-"),
            let month = cursor.number(digits: 2), cursor.take("-"),
            let day = cursor.number(digits: 2), cursor.take("T") || cursor.take("t"),
            let date = CalendarDate(year: year, month: month, day: day),
            let hour = cursor.number(digits: 2), hour <= 23, cursor.take(":"),
            let minute = cursor.number(digits: 2), minute <= 59, cursor.take(":"),
            let second = cursor.number(digits: 2), second <= 59
        else { return nil }
        var milliseconds = 0
        if cursor.take(".") {
            guard let fraction = cursor.milliseconds(digitsMaximum: 9) else { return nil }
            milliseconds = fraction
        }
        guard let offsetMinutes = cursor.offsetMinutes(), cursor.isAtEnd else { return nil }
        let secondOfDay = (hour * 60 + minute - offsetMinutes) * 60 + second
        let total =
            date.daysSinceEpoch * Instant.millisecondsPerDay
            + Int64(secondOfDay) * Instant.millisecondsPerSecond + Int64(milliseconds)
        self.init(millisecondsSinceEpoch: total)
        guard self >= .earliest, self <= .latest else { return nil }
    }

    /// The moment in UTC as RFC 3339, with milliseconds only when they are not zero.
    public var rfc3339: String {
        String(unsafeUninitializedCapacity: Instant.rfc3339BytesMaximum) { buffer in
            writeRFC3339(to: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Writes the moment in UTC as RFC 3339 without allocating, and returns the number of bytes written.
    ///
    /// A moment outside of the years 0000 to 9999, which the format cannot hold, is written as the nearest it can.
    ///
    /// - Parameter buffer: room for at least `rfc3339BytesMaximum` bytes.
    public func writeRFC3339(to buffer: UnsafeMutableRawBufferPointer) -> Int {
        precondition(buffer.count >= Instant.rfc3339BytesMaximum, "an instant takes up to 24 bytes")
        let written = min(max(self, .earliest), .latest).millisecondsSinceEpoch
        let (days, millisecondOfDay) = floorDivision(written, by: Instant.millisecondsPerDay)
        let date = CalendarDate(daysSinceEpoch: days)
        let (secondOfDay, milliseconds) = Int(millisecondOfDay).quotientAndRemainder(dividingBy: 1_000)
        var writer = DigitWriter(buffer)
        date.write(to: &writer)
        writer.byte("T")
        writer.number(secondOfDay / 3_600, digits: 2)
        writer.byte(":")
        writer.number(secondOfDay / 60 % 60, digits: 2)
        writer.byte(":")
        writer.number(secondOfDay % 60, digits: 2)
        if milliseconds != 0 {
            writer.byte(".")
            writer.number(milliseconds, digits: 3)
        }
        writer.byte("Z")
        return writer.count
    }
}

extension DigitCursor {
    /// A fraction of a second, cut (not rounded) to milliseconds: rounding could move it into the next second.
    fileprivate mutating func milliseconds(digitsMaximum: Int) -> Int? {
        var value = 0
        var digits = 0
        while let digit = number(digits: 1) {
            digits += 1
            guard digits <= digitsMaximum else { return nil }
            if digits <= 3 { value = value * 10 + digit }
        }
        guard digits > 0 else { return nil }
        for _ in 0..<max(0, 3 - digits) { value *= 10 }
        return value
    }

    /// `Z` or `±hh:mm`, in minutes east of UTC.
    fileprivate mutating func offsetMinutes() -> Int? {
        if take("Z") || take("z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+"),
            let hours = number(digits: 2), hours <= 23, take(":"),
            let minutes = number(digits: 2), minutes <= 59
        else { return nil }
        return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
}
