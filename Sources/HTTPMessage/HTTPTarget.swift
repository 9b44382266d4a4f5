/// Takes targets apart and puts them together: path segments and the pairs of a query, percent-encoding undone and
/// done.
public enum HTTPTarget {
    /// The segments of a path that begins with `/`, each with its percent-encoding undone; none for `/` alone.
    ///
    /// - Returns: nil for what two programs could understand differently: an empty segment, `.` or `..` (also when
    /// they are
    ///   percent-encoded), control characters, and bytes that are not UTF-8.
    public static func segments(ofPath path: Substring) -> [String]? {
        guard path.first == "/" else { return nil }
        if path.utf8.count == 1 { return [] }
        var segments: [String] = []
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = decoded(segment), !text.isEmpty, text != ".", text != ".." else { return nil }
            segments.append(text)
        }
        return segments
    }

    /// The pairs of a query, in their order; a pair without `=` has an empty value, and `+` is a blank, as forms
    /// write it.
    ///
    /// - Returns: nil when something in it cannot be decoded.
    public static func pairs(ofQuery query: Substring?) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0], plusIsBlank: true),
                let value = parts.count > 1 ? decoded(parts[1], plusIsBlank: true) : ""
            else { return nil }
            pairs.append((name, value))
        }
        return pairs
    }

    /// A text as one segment of a path or one part of a query: everything but letters, digits and `-._~` is encoded.
    public static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Undoes percent-encoding; nil for a broken escape, a control character, or bytes that are not UTF-8.
    public static func decoded(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            var plain = byte
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                plain = high << 4 | low
            } else if byte == UInt8(ascii: "+"), plusIsBlank {
                plain = HTTPCharacters.space
            }
            guard plain >= 0x20, plain != 0x7F else { return nil }
            bytes.append(plain)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    private static func digit(_ byte: UInt8) -> UInt8? {
        guard HTTPCharacters.isHexDigit(byte) else { return nil }
        return HTTPCharacters.isDigit(byte) ? byte - UInt8(ascii: "0") : (byte | 0x20) - UInt8(ascii: "a") + 10
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        return isLetter || HTTPCharacters.isDigit(byte) || "-._~".utf8.contains(byte)
    }
}
