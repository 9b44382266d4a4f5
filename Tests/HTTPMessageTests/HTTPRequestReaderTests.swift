import HTTPMessage
import Testing

@Suite("Reading requests")
struct HTTPRequestReaderTests {
    private let push = "POST /orders?store=S1 HTTP/1.1\r\nHost: shop.example:8443\r\nContent-Length: 5\r\n\r\nhello"
    private let ask = "GET /orders HTTP/1.1\r\nhost:[::1]:80\r\nAccept: \t text/html \t\r\n\r\n"

    @Test("a request with a body is read whole")
    func requestWithBody() throws {
        let reading = read(push)
        let request = try #require(reading.requests.first)
        #expect(reading.requests.count == 1)
        #expect(request.method == .post)
        #expect(request.target == "/orders?store=S1")
        #expect(request.path == "/orders")
        #expect(request.query == "store=S1")
        #expect(request.headers["HOST"] == "shop.example:8443")
        #expect(request.body == Array("hello".utf8))
    }

    @Test("a request without a body ends with the empty line, and values lose the white space around them")
    func requestWithoutBody() throws {
        let request = try #require(read(ask).requests.first)
        #expect(request.method == .get)
        #expect(request.query == nil)
        #expect(request.headers["accept"] == "text/html")
        #expect(request.body.isEmpty)
    }

    @Test("however the bytes are cut, the same requests come out")
    func everySplitReadsTheSame() {
        let stream = Array((push + ask + push).utf8)
        let whole = read([stream[...]])
        #expect(whole.requests.count == 3)
        for pieces in everySplit(of: stream) {
            #expect(read(pieces) == whole)
        }
    }

    @Test("a pipelined second request is left to the caller")
    func secondRequestStaysUnconsumed() {
        var reader = HTTPRequestReader()
        let stream = Array((push + ask).utf8)
        let (consumed, progress) = stream.withUnsafeBytes { reader.feed($0) }
        #expect(consumed == push.utf8.count)
        guard case .request = progress else {
            Issue.record("expected a request, got \(progress)")
            return
        }
        #expect(reader.isBetweenRequests)
    }

    @Test("a reader in the middle of a request is not between requests")
    func unfinishedRequestIsNoIdleTime() {
        #expect(read("").isBetweenRequests)
        #expect(!read("G").isBetweenRequests)
        #expect(!read(String(push.dropLast())).isBetweenRequests)
        #expect(read(push).isBetweenRequests)
    }

    @Test("after a refusal nothing more is consumed and the refusal stays")
    func refusalStays() {
        var reader = HTTPRequestReader()
        let bad = Array("get / HTTP/1.1\r\n".utf8)
        _ = bad.withUnsafeBytes { reader.feed($0) }
        let (consumed, progress) = Array(ask.utf8).withUnsafeBytes { reader.feed($0) }
        #expect(consumed == 0)
        #expect(progress == .refused(status: 501, reason: HTTPRefusal.unsupportedMethod.reason))
    }

    @Test("the sender of Expect: 100-continue is known to wait until the first byte of the body")
    func expectContinue() {
        var reader = HTTPRequestReader()
        let head = Array("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n".utf8)
        #expect(head.withUnsafeBytes { reader.feed($0) }.progress == .needMore)
        #expect(reader.awaitsContinue)
        #expect([UInt8(ascii: "a")].withUnsafeBytes { reader.feed($0) }.progress == .needMore)
        #expect(!reader.awaitsContinue)
    }

    @Test(
        "Connection: close ends the connection in any letter case and place of the list",
        arguments: [("close", false), ("Keep-Alive, Close", false), ("keep-alive", true), ("closed", true)])
    func connectionClose(value: String, keepsAlive: Bool) throws {
        let request = try #require(read("GET / HTTP/1.1\r\nHost: h\r\nConnection: \(value)\r\n\r\n").requests.first)
        #expect(request.keepsAlive == keepsAlive)
    }

    @Test("every byte value passes in a body")
    func binaryBody() throws {
        let body = (0...255).map { UInt8($0) }
        let stream = Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 256\r\n\r\n".utf8) + body
        #expect(try #require(read([stream[...]]).requests.first).body == body)
    }
}
