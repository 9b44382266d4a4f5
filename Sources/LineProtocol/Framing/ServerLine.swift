/// A line from the gateway, taken apart for a client.
///
/// The parts point into the line and are valid for as long as its bytes are. Codes and names stay bytes: a gateway may
/// have more of them than this client knows.
public enum ServerLine {
    /// `OK SP tag SP JSON`: the request was done.
    case ok(tag: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer)
    /// `ERR SP tag SP code SP JSON`: it was not. The tag is `-` when the gateway could not read the request's.
    case error(tag: UnsafeRawBufferPointer, code: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer)
    /// `EVENT SP number SP name SP JSON`: something happened. Number 0 needs no acknowledgement.
    case event(number: UInt64, name: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer)

    /// Takes a line apart.
    ///
    /// - Parameter line: the line without its LF or CR LF.
    public static func parse(_ line: UnsafeRawBufferPointer) throws(MalformedLine) -> ServerLine {
        var words = LineWords(line)
        let lead = words.next()
        if sameText("OK", lead) {
            let tag = try tag(&words)
            return .ok(tag: tag, body: try body(words))
        }
        if sameText("ERR", lead) {
            let tag = try tag(&words)
            let code = try name(&words)
            return .error(tag: tag, code: code, body: try body(words))
        }
        guard sameText("EVENT", lead) else { throw MalformedLine(reason: .unknownLead) }
        guard !words.isAtEnd, let number = number(words.next()) else { throw MalformedLine(reason: .badNumber) }
        let name = try name(&words)
        return .event(number: number, name: name, body: try body(words))
    }

    private static func tag(_ words: inout LineWords) throws(MalformedLine) -> UnsafeRawBufferPointer {
        guard !words.isAtEnd else { throw MalformedLine(reason: .missingTag) }
        let tag = words.next()
        guard LineWord.isTag(tag) else { throw MalformedLine(reason: .badTag) }
        return tag
    }

    private static func name(_ words: inout LineWords) throws(MalformedLine) -> UnsafeRawBufferPointer {
        guard !words.isAtEnd else { throw MalformedLine(reason: .badName) }
        let name = words.next()
        guard LineWord.isCode(name) else { throw MalformedLine(reason: .badName) }
        return name
    }

    private static func body(_ words: LineWords) throws(MalformedLine) -> UnsafeRawBufferPointer {
        guard !words.isAtEnd, !words.rest.isEmpty else { throw MalformedLine(reason: .missingBody) }
        return words.rest
    }

    private static func number(_ digits: UnsafeRawBufferPointer) -> UInt64? {
        guard !digits.isEmpty, digits.count == 1 || digits[0] != Ascii.zero else { return nil }
        var number: UInt64 = 0
        for byte in digits {
            guard Ascii.isDigit(byte) else { return nil }
            let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(UInt64(byte - Ascii.zero))
            if overflow || carry { return nil }
            number = sum
        }
        return number
    }
}
