/// Reads single lines of a head. Each function gets one line without its CR LF, free of control characters
/// but for the tab.
enum HTTPHeadParser {
    /// Takes `METHOD SP target SP HTTP/1.1` apart, with exactly one space at each place.
    static func requestLine(
        _ line: [UInt8], targetLimitBytes: Int
    ) throws(HTTPRefusal) -> (method: HTTPMethod, target: String) {
        let parts = line.split(separator: HTTPCharacters.space, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(HTTPCharacters.isToken) else {
            throw .malformedRequestLine
        }
        try version(parts[2])
        guard let method = HTTPMethod(rawValue: text(parts[0])) else { throw .unsupportedMethod }
        return (method, try target(parts[1], limitBytes: targetLimitBytes))
    }

    private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPRefusal) {
        let name = Array("HTTP/".utf8)
        let digits = Array(bytes.dropFirst(name.count))
        guard bytes.starts(with: name), digits.count == 3, digits[1] == UInt8(ascii: "."),
            HTTPCharacters.isDigit(digits[0]), HTTPCharacters.isDigit(digits[2])
        else { throw .malformedRequestLine }
        guard digits == Array("1.1".utf8) else { throw .unsupportedVersion }
    }

    private static func target(_ bytes: ArraySlice<UInt8>, limitBytes: Int) throws(HTTPRefusal) -> String {
        guard bytes.count <= limitBytes else { throw .targetTooLong(limitBytes: limitBytes) }
        guard bytes.first == UInt8(ascii: "/") else { throw .targetNotOriginForm }
        guard bytes.allSatisfy(HTTPCharacters.isTarget) else { throw .malformedTarget }
        var index = bytes.startIndex
        while let escape = bytes[index...].firstIndex(of: UInt8(ascii: "%")) {
            guard escape + 2 < bytes.endIndex, HTTPCharacters.isHexDigit(bytes[escape + 1]),
                HTTPCharacters.isHexDigit(bytes[escape + 2])
            else { throw .malformedTarget }
            index = escape + 3
        }
        return text(bytes)
    }

    /// Takes `name:value` apart; the value loses the white space around it.
    static func field(_ line: [UInt8]) throws(HTTPRefusal) -> HTTPField {
        if let first = line.first, HTTPCharacters.isBlank(first) { throw .foldedField }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { throw .malformedField }
        let name = line[..<colon]
        if HTTPCharacters.isBlank(name[colon - 1]) { throw .spaceBeforeColon }
        guard name.allSatisfy(HTTPCharacters.isToken) else { throw .malformedField }
        var value = line[(colon + 1)...]
        value = value.drop(while: HTTPCharacters.isBlank)
        while let last = value.last, HTTPCharacters.isBlank(last) { value.removeLast() }
        return HTTPField(name: text(name), value: text(value))
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
