import Testing

@testable import ImportFiles

@Suite("Comma-separated values")
struct CSVReaderTests {
    private func fields(_ text: String) throws -> [[String]] {
        try readCSV(Array(text.utf8)).map(\.fields)
    }

    @Test("Plain fields are cut at commas and line ends")
    func plain() throws {
        #expect(try fields("a,b\n1,2\n") == [["a", "b"], ["1", "2"]])
    }

    @Test("The last line needs no end, and CR LF ends a line too")
    func lineEnds() throws {
        #expect(try fields("a,b\r\n1,2") == [["a", "b"], ["1", "2"]])
    }

    @Test("Quoted fields hold commas, line ends and doubled quotes")
    func quoted() throws {
        #expect(try fields("\"a,b\",\"7\"\" SINGLE\",\"two\nlines\"\n") == [["a,b", "7\" SINGLE", "two\nlines"]])
    }

    @Test("Blanks and empty fields are kept")
    func blanks() throws {
        #expect(try fields(" a ,,\n") == [[" a ", "", ""]])
    }

    @Test("A record knows the line on which it begins, also behind one of several lines")
    func lines() throws {
        #expect(try readCSV(Array("\"x\ny\"\n\nb\n".utf8)).map(\.line) == [1, 4])
    }

    @Test("A byte order mark in front does not belong to the first field")
    func byteOrderMark() throws {
        #expect(try fields("\u{FEFF}a,b\n") == [["a", "b"]])
    }

    @Test(
        "What is no table is refused with its line",
        arguments: [
            ("a\nb\"c\n", 2), ("\"open\n", 1), ("\"a\"b\n", 1), ("a\rb\n", 1),
        ])
    func refused(text: String, line: Int) throws {
        let error = try #require(throws: CSVError.self) { try fields(text) }
        #expect(error.line == line)
    }

    @Test("Bytes that are not UTF-8 are refused")
    func notText() {
        #expect(throws: CSVError(line: 1, reason: "not UTF-8")) { try readCSV([0x61, 0xFF, 0x0A]) }
    }
}
