import HTTPMessage
import Testing

@Suite("Taking targets apart")
struct HTTPTargetTests {
    @Test(
        "segments lose their percent-encoding, and what is encoded again is the same",
        arguments: [
            ("/v1/orders", ["v1", "orders"]), ("/a%2Fb/c", ["a/b", "c"]), ("/%41%7e%25", ["A~%"]),
            ("/%D0%A7%D0%B0%D0%B9", ["Чай"]), ("/...", ["..."]), ("/", []),
        ])
    func segments(path: String, expected: [String]) {
        #expect(HTTPTarget.segments(ofPath: path[...]) == expected)
        let again = "/" + expected.map(HTTPTarget.encoded).joined(separator: "/")
        #expect(HTTPTarget.segments(ofPath: again[...]) == expected)
    }

    @Test(
        "a path that can be read in two ways is none",
        arguments: [
            "", "v1", "//", "/a//b", "/a/", "/.", "/a/..", "/%2e", "/%2E%2e/a", "/%00", "/%0a", "/%7F", "/%FF", "/%C3",
            "/%4", "/%zz",
        ])
    func ambiguous(path: String) {
        #expect(HTTPTarget.segments(ofPath: path[...]) == nil)
    }

    @Test("a query's pairs keep their order; a blank may be a plus")
    func pairs() throws {
        let pairs = try #require(HTTPTarget.pairs(ofQuery: "state=new&state=ready&after=a%26b+c&flag&=x"))
        #expect(pairs.map(\.name) == ["state", "state", "after", "flag", ""])
        #expect(pairs.map(\.value) == ["new", "ready", "a&b c", "", "x"])
        #expect(HTTPTarget.pairs(ofQuery: nil)?.isEmpty == true)
        #expect(HTTPTarget.pairs(ofQuery: "a=%0D") == nil)
    }

    @Test(
        "dates are written as HTTP has them",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"), (1_795_339_800, "Sun, 22 Nov 2026 09:30:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, expected: String) {
        #expect(HTTPDate.text(secondsSinceEpoch: seconds) == expected)
    }
}
