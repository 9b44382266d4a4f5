import HTTPMessage
import Testing

@Suite("Writing responses")
struct HTTPResponseTests {
    private func text(_ response: HTTPResponse, keepAlive: Bool = true, omittingBody: Bool = false) -> String {
        String(decoding: response.serialized(keepAlive: keepAlive, omittingBody: omittingBody), as: UTF8.self)
    }

    @Test("the length is always announced and the body follows the empty line")
    func lengthAndBody() {
        let response = HTTPResponse(status: 200, headers: ["Content-Type": "text/plain"], body: Array("héllo".utf8))
        #expect(text(response) == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhéllo")
    }

    @Test("an empty body is announced too, but not with 204 and 304")
    func emptyBodies() {
        #expect(text(HTTPResponse(status: 404)) == "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        #expect(text(HTTPResponse(status: 204)) == "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(text(HTTPResponse(status: 304)) == "HTTP/1.1 304 Not Modified\r\n\r\n")
    }

    @Test("the last answer of a connection says so")
    func closing() {
        let closing = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        #expect(text(HTTPResponse(status: 500), keepAlive: false) == closing)
    }

    @Test("the answer to HEAD has the length of the body but not the body")
    func answerToHead() {
        let response = HTTPResponse(status: 200, body: Array("body".utf8))
        #expect(text(response, omittingBody: true) == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
    }

    @Test("text from outside cannot begin a header of its own")
    func noHeaderInjection() {
        let response = HTTPResponse(status: 302, headers: ["Location": "/a\r\nSet-Cookie: b=c\0"])
        #expect(text(response) == "HTTP/1.1 302 Found\r\nLocation: /a  Set-Cookie: b=c \r\nContent-Length: 0\r\n\r\n")
    }

    @Test("an unknown status has a phrase all the same")
    func unknownStatus() {
        #expect(text(HTTPResponse(status: 299)).hasPrefix("HTTP/1.1 299 Status\r\n"))
    }

    @Test("a repeated header is read in order, whatever the letter case")
    func headerLookup() {
        let headers: HTTPHeaders = ["Accept": "a", "accept": "b", "Host": "h"]
        #expect(headers["ACCEPT"] == "a")
        #expect(headers.values(of: "aCCept") == ["a", "b"])
        #expect(headers["Accep"] == nil)
        #expect(headers.count == 3)
    }
}
