import HTTPMessage
import Testing

@Suite("Limits of a request")
struct HTTPLimitsTests {
    private let limits = HTTPLimits(headBytes: 200, targetBytes: 50, headerCount: 4, bodyBytes: 10)

    /// A request whose head has exactly the given number of bytes.
    private func request(headBytes: Int) -> String {
        let around = "GET / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n"
        let filler = String(repeating: "x", count: headBytes - around.utf8.count)
        return "GET / HTTP/1.1\r\nHost: h\r\nX: \(filler)\r\n\r\n"
    }

    @Test("a head of exactly the limit is taken, one byte more is refused")
    func headBytes() {
        #expect(read(request(headBytes: 200), limits: limits).requests.count == 1)
        #expect(read(request(headBytes: 201), limits: limits).refusal == .headTooLong(limitBytes: 200))
    }

    @Test("an endless header is refused at the limit without its end")
    func endlessHeader() {
        let endless = "GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "x", count: 1_000)
        for pieces in everySplit(of: Array(endless.utf8)) {
            #expect(read(pieces, limits: limits).refusal == .headTooLong(limitBytes: 200))
        }
    }

    @Test("the target has a limit of its own, met also by an endless request line")
    func targetBytes() {
        let exact = "/" + String(repeating: "a", count: 49)
        #expect(read("GET \(exact) HTTP/1.1\r\nHost: h\r\n\r\n", limits: limits).requests.count == 1)
        let refusal = HTTPRefusal.targetTooLong(limitBytes: 50)
        #expect(read("GET \(exact)a HTTP/1.1\r\nHost: h\r\n\r\n", limits: limits).refusal == refusal)
        #expect(read("GET /" + String(repeating: "a", count: 500), limits: limits).refusal == refusal)
        #expect(refusal.status == 414)
    }

    @Test("as many headers as the limit are taken, one more is refused")
    func headerCount() {
        let three = "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nC: 3\r\n"
        #expect(read(three + "\r\n", limits: limits).requests.count == 1)
        #expect(read(three + "D: 4\r\n", limits: limits).refusal == .tooManyHeaders(limit: 4))
    }

    @Test("a body over the limit is refused before a byte of it came")
    func bodyBytes() {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
        #expect(read(head + "10\r\n\r\n0123456789", limits: limits).requests.count == 1)
        #expect(read(head + "11\r\n\r\n", limits: limits).refusal == .bodyTooLong(limitBytes: 10))
    }

    @Test("the limits count anew for every request of a connection")
    func limitsPerRequest() {
        let reading = read(String(repeating: request(headBytes: 200), count: 5), limits: limits)
        #expect(reading.requests.count == 5)
    }
}
