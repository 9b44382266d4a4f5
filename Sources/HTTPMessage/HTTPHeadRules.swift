/// What the header fields of a whole head mean for the message, and what they may not say.
enum HTTPHeadRules {
    /// Fields that have one meaning only if they stand once: a second one is taken by some parsers and skipped by
    /// others.
    private static let singleFields = [
        "Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization", "Expect",
    ]

    /// The length of the body in bytes after every rule was checked; 0 without one.
    static func bodyBytes(of head: HTTPRequestHead, limitBytes: Int) throws(HTTPRefusal) -> Int {
        let headers = head.headers
        let hasCoding = headers["Transfer-Encoding"] != nil
        let length = headers["Content-Length"]
        if hasCoding && length != nil { throw .transferEncodingWithContentLength }
        for name in singleFields where headers.values(of: name).count > 1 { throw .repeatedField(name: name) }
        if hasCoding { throw .transferEncoding }
        guard let host = headers["Host"] else { throw .missingHost }
        guard isHost(host) else { throw .malformedHost }
        let bytes =
            try length.map { (text) throws(HTTPRefusal) in try contentLength(text, limitBytes: limitBytes) } ?? 0
        if bytes > 0 && !head.method.mayCarryBody { throw .bodyNotAllowed(method: head.method) }
        if let expectation = headers["Expect"], !equalIgnoringCase(expectation, "100-continue") {
            throw .unsupportedExpectation
        }
        return bytes
    }

    /// Reads 1*DIGIT without a leading zero. `+5`, `0x5`, `5, 5` and `05` are read differently by different parsers.
    private static func contentLength(_ text: String, limitBytes: Int) throws(HTTPRefusal) -> Int {
        let digits = text.utf8
        guard !digits.isEmpty, digits.allSatisfy(HTTPCharacters.isDigit),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { throw .malformedContentLength }
        // A number of digits that Int cannot hold is well-formed and beyond any limit.
        guard let bytes = Int(text), bytes <= limitBytes else { throw .bodyTooLong(limitBytes: limitBytes) }
        return bytes
    }

    private static func isHost(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.allSatisfy(HTTPCharacters.isHost) else { return false }
        let name: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return false }
            name = text[text.index(after: text.startIndex)..<bracket]
            rest = text[text.index(after: bracket)...]
            guard
                name.utf8.allSatisfy({
                    HTTPCharacters.isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
                })
            else { return false }
        } else {
            name = text.prefix { $0 != ":" }
            rest = text[name.endIndex...]
            guard !name.contains(where: { $0 == "[" || $0 == "]" }) else { return false }
        }
        return !name.isEmpty && isPort(rest)
    }

    private static func isPort(_ text: Substring) -> Bool {
        if text.isEmpty { return true }
        let digits = text.dropFirst().utf8
        guard text.first == ":", (1...5).contains(digits.count), digits.allSatisfy(HTTPCharacters.isDigit) else {
            return false
        }
        return UInt16(text.dropFirst()) != nil
    }
}
