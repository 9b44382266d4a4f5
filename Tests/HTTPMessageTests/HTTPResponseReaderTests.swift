import HTTPMessage
import Testing

@Suite("Reading responses")
struct HTTPResponseReaderTests {
    private func read(_ text: String, piece: Int = .max, body: Int = 100) throws -> HTTPResponse? {
        var reader = HTTPResponseReader(headBytesMaximum: 200, bodyBytesMaximum: body)
        var rest = Array(text.utf8)[...]
        var response: HTTPResponse?
        while !rest.isEmpty {
            let part = Array(rest.prefix(piece))
            rest = rest.dropFirst(part.count)
            response = try part.withUnsafeBytes { bytes throws in try reader.feed(bytes) }
        }
        return response
    }

    @Test("a response is the same however it is cut, and what frames it is taken off")
    func whole() throws {
        let response = HTTPResponse(status: 201, headers: ["ETag": "\"1\"", "Allow": "GET"], body: Array("{}".utf8))
        let text = String(decoding: response.serialized(keepAlive: false), as: UTF8.self)
        for piece in 1...text.utf8.count { #expect(try read(text, piece: piece) == response) }
    }

    @Test("an unfinished response is none yet")
    func unfinished() throws {
        #expect(try read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab") == nil)
        #expect(try read("HTTP/1.1 200 OK\r\n") == nil)
    }

    @Test(
        "what is no plain response of HTTP/1.1 is refused",
        arguments: [
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 xyz\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204 No\r\nContent-Length: 1\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
            "HTTP/1.1 200 OK\r\n folded: 1\r\nContent-Length: 0\r\n\r\n",
        ])
    func malformed(text: String) {
        #expect(throws: HTTPResponseReader.Failure.malformed) { try read(text) }
    }

    @Test("a head or a body over the limit is refused")
    func tooLong() {
        #expect(throws: HTTPResponseReader.Failure.tooLong(limitBytes: 100)) {
            try read("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n")
        }
        #expect(throws: HTTPResponseReader.Failure.tooLong(limitBytes: 200)) {
            try read("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 300))
        }
    }
}
