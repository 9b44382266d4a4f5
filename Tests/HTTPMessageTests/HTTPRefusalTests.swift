import HTTPMessage
import Testing

/// A stream that must be refused, and why.
struct BadStream: CustomTestStringConvertible {
    let name: String
    let text: String
    let refusal: HTTPRefusal

    init(_ name: String, _ text: String, _ refusal: HTTPRefusal) {
        self.name = name
        self.text = text
        self.refusal = refusal
    }

    var testDescription: String { name }

    /// A POST with these header lines after Host.
    static func post(_ name: String, _ lines: String, _ refusal: HTTPRefusal) -> BadStream {
        BadStream(name, "POST / HTTP/1.1\r\nHost: h\r\n\(lines)\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n", refusal)
    }

    /// A GET whose request line is the given one.
    static func line(_ name: String, _ line: String, _ refusal: HTTPRefusal) -> BadStream {
        BadStream(name, "\(line)\r\nHost: h\r\n\r\n", refusal)
    }
}

@Suite("Refusing what parsers could read differently")
struct HTTPRefusalTests {
    static let smuggling: [BadStream] = [
        .post("two lengths", "Content-Length: 5\r\nContent-Length: 6", .repeatedField(name: "Content-Length")),
        .post("two equal lengths", "Content-Length: 5\r\ncontent-length: 5", .repeatedField(name: "Content-Length")),
        .post("a list of lengths", "Content-Length: 5, 5", .malformedContentLength),
        .post("length with a plus", "Content-Length: +5", .malformedContentLength),
        .post("negative length", "Content-Length: -5", .malformedContentLength),
        .post("length with a leading zero", "Content-Length: 05", .malformedContentLength),
        .post("length in hexadecimal", "Content-Length: 0x5", .malformedContentLength),
        .post("length with a blank inside", "Content-Length: 1 0", .malformedContentLength),
        .post("length with a fraction", "Content-Length: 5.0", .malformedContentLength),
        .post("empty length", "Content-Length:", .malformedContentLength),
        .post("length over the limit", "Content-Length: 1048577", .bodyTooLong(limitBytes: 1_048_576)),
        .post("length beyond 64 bits", "Content-Length: 18446744073709551621", .bodyTooLong(limitBytes: 1_048_576)),
        .post(
            "coding then length", "Transfer-Encoding: chunked\r\nContent-Length: 5",
            .transferEncodingWithContentLength),
        .post(
            "length then coding", "Content-Length: 5\r\nTransfer-Encoding: chunked",
            .transferEncodingWithContentLength),
        .post(
            "coding in odd letters", "tRANSFER-eNCODING: identity\r\nContent-Length: 5",
            .transferEncodingWithContentLength),
        .post("coding alone", "Transfer-Encoding: chunked", .transferEncoding),
        .post("unknown coding", "Transfer-Encoding: xchunked", .transferEncoding),
        .post(
            "two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
            .repeatedField(name: "Transfer-Encoding")),
        .post("blank before the colon", "Transfer-Encoding : chunked", .spaceBeforeColon),
        .post("tab before the colon", "Content-Length\t: 5", .spaceBeforeColon),
        .post("folded line", "X-Note: a\r\n Content-Length: 5", .foldedField),
        .post("line folded with a tab", "X-Note: a\r\n\tContent-Length: 5", .foldedField),
        .post("line of a blank only", " ", .foldedField),
        .post("bare LF between headers", "X-Note: a\nContent-Length: 5", .bareLineFeed),
        .post("bare CR between headers", "X-Note: a\rContent-Length: 5", .bareCarriageReturn),
        .post("two CR before LF", "X-Note: a\r\r\nContent-Length: 5", .bareCarriageReturn),
        .post("NUL in a value", "X-Note: a\0b", .badCharacter(0)),
        .post("NUL in a name", "Content-Length\0: 5", .badCharacter(0)),
        .post("escape in a value", "X-Note: \u{1B}[2J", .badCharacter(0x1B)),
        .post("DEL in a value", "X-Note: a\u{7F}", .badCharacter(0x7F)),
        .post("vertical tab before the colon", "Transfer-Encoding\u{0B}: chunked", .badCharacter(0x0B)),
        .post("no-break space before the colon", "Transfer-Encoding\u{A0}: chunked", .badCharacter(0xC2)),
        .post("line without a colon", "Content-Length", .malformedField),
        .post("line without a name", ": 5", .malformedField),
        .post("name that is no token", "Content(Length): 5", .malformedField),
        .post("name with a blank inside", "Content Length: 5", .malformedField),
        .post("unknown expectation", "Expect: 200-ok\r\nContent-Length: 5", .unsupportedExpectation),
        .post("second host", "Host: other", .repeatedField(name: "Host")),
        .post("second authorization", "Authorization: a\r\nAuthorization: b", .repeatedField(name: "Authorization")),
    ]

    static let requestLines: [BadStream] = [
        .line("lower-case method", "get / HTTP/1.1", .unsupportedMethod),
        .line("mixed-case method", "Get / HTTP/1.1", .unsupportedMethod),
        .line("unknown method", "BREW / HTTP/1.1", .unsupportedMethod),
        .line("CONNECT", "CONNECT shop.example:443 HTTP/1.1", .unsupportedMethod),
        .line("method that is no token", "GE(T / HTTP/1.1", .malformedRequestLine),
        .line("absolute form", "GET http://shop.example/ HTTP/1.1", .targetNotOriginForm),
        .line("asterisk form", "OPTIONS * HTTP/1.1", .targetNotOriginForm),
        .line("empty target", "GET  HTTP/1.1", .targetNotOriginForm),
        .line("two spaces", "GET  / HTTP/1.1", .malformedRequestLine),
        .line("tab for a space", "GET\t/ HTTP/1.1", .malformedRequestLine),
        .line("space at the front", " GET / HTTP/1.1", .malformedRequestLine),
        .line("space at the end", "GET / HTTP/1.1 ", .malformedRequestLine),
        .line("fragment", "GET /a#b HTTP/1.1", .malformedTarget),
        .line("backslash", "GET /a\\b HTTP/1.1", .malformedTarget),
        .line("quotation mark", "GET /\"a HTTP/1.1", .malformedTarget),
        .line("cut escape", "GET /a%2 HTTP/1.1", .malformedTarget),
        .line("broken escape", "GET /a%2g HTTP/1.1", .malformedTarget),
        .line("beyond ASCII", "GET /é HTTP/1.1", .badCharacter(0xC3)),
        .line("no version", "GET /", .malformedRequestLine),
        .line("version 1.0", "GET / HTTP/1.0", .unsupportedVersion),
        .line("version 2.0", "GET / HTTP/2.0", .unsupportedVersion),
        .line("lower-case version", "GET / http/1.1", .malformedRequestLine),
        .line("version with a third part", "GET / HTTP/1.1.1", .malformedRequestLine),
        .line("empty line first", "\r\nGET / HTTP/1.1", .malformedRequestLine),
        BadStream("bare LF after the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n", .bareLineFeed),
        BadStream("TLS on a plain port", "\u{16}\u{03}\u{01}", .badCharacter(0x16)),
    ]

    static let hosts: [BadStream] = [
        BadStream("no host", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", .missingHost),
        BadStream("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .malformedHost),
        BadStream("two hosts in one", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .malformedHost),
        BadStream("user in the host", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", .malformedHost),
        BadStream("path in the host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .malformedHost),
        BadStream("port out of range", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", .malformedHost),
        BadStream("empty port", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", .malformedHost),
        BadStream("open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .malformedHost),
        BadStream(
            "body on GET", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx",
            .bodyNotAllowed(method: .get)),
    ]

    @Test("refused for its reason, at every split alike", arguments: smuggling + requestLines + hosts)
    func refused(_ bad: BadStream) {
        let stream = Array(bad.text.utf8)
        let whole = read([stream[...]])
        #expect(whole.refusal == bad.refusal)
        #expect(whole.requests.isEmpty)
        for pieces in everySplit(of: stream) {
            #expect(read(pieces) == whole)
        }
    }

    @Test(
        "harmless look-alikes are taken",
        arguments: [
            "Content-Length: 0", "Content-Length:0", "X-Empty:", "X-Note: a:b;c=\"d\"", "Content-Length: \t1\t ",
            "X-A: 1\r\nX-A: 2", "Accept: a,\tb",
        ])
    func taken(lines: String) {
        let reading = read("POST /%20?a=b&c=%7B HTTP/1.1\r\nHost: h\r\n\(lines)\r\n\r\nx")
        #expect(reading.requests.count == 1)
    }
}
