import TestSupport
import Testing

@testable import ImportFiles

@Suite("Files of rows")
struct ImportReaderTests {
    /// The rows of a file, as line and object or line and reason.
    private func rows(
        _ text: String, _ format: ImportFormat, _ table: ImportTable = .catalogue, pieces: Int = .max
    ) throws -> [String] {
        var reader = ImportReader(format, table)
        var rows: [ImportReader.Row] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            rows += try reader.take(rest.prefix(pieces))
            rest = rest.dropFirst(pieces)
        }
        rows += try reader.finish()
        return rows.map { row in
            switch row {
            case .success(let row): "\(row.line) \(String(decoding: row.json, as: UTF8.self))"
            case .failure(let row): "\(row.line)! \(row.reason)"
            }
        }
    }

    @Test("a table becomes objects: quotes, commas and line ends inside cells, lists, numbers, empty cells")
    func table() throws {
        let text = """
            \u{FEFF}name,sku,price,barcodes,priority,tags\r
            "Milk, 1 l",MILK,8990,4601234567893|2001234,true,\r
            "say ""cheese""
            twice",CHEESE,,,false,a|b

            """
        #expect(
            try rows(text, .csv) == [
                #"2 {"name":"Milk, 1 l","sku":"MILK","price":8990,"barcodes":["4601234567893","2001234"],"#
                    + #""priority":true}"#,
                #"3 {"name":"say \"cheese\"\ntwice","sku":"CHEESE","priority":false,"tags":["a","b"]}"#,
            ])
    }

    @Test("what is no number goes as text, so that the gateway says what it must be")
    func numbers() throws {
        for (cell, json) in [
            ("5", "5"), ("0", "0"), ("-3", "-3"), ("0.500", "0.500"), ("1e3", #""1e3""#), ("05", #""05""#),
            ("1.", #""1.""#), (".5", #"".5""#), ("--1", #""--1""#), ("1 000", #""1 000""#), ("-", #""-""#),
            ("\"1,5\"", #""1,5""#),
        ] {
            let found = try rows("store,sku,quantity,as_of\nS1,A,\(cell),x\n", .csv, .stock)
            #expect(found == [#"2 {"store":"S1","sku":"A","quantity":\#(json),"as_of":"x"}"#], "\(cell)")
        }
    }

    @Test("a record that is wrong is named with its line, and the others go on")
    func wrongRecords() throws {
        let text = "sku,name\nA,Able\nB,Ba\"ker\nC\nD,\"Dog\" x\nE,Easy\nF,\"Fox"
        #expect(
            try rows(text, .csv) == [
                #"2 {"sku":"A","name":"Able"}"#, "3! a quote inside a field that is not quoted",
                "4! has 1 fields, the heading 2", "5! text behind the quote that ends a field",
                #"6 {"sku":"E","name":"Easy"}"#, "7! a quoted field does not end",
            ])
    }

    @Test("a quote that does not end takes no more than one record's length in")
    func missingQuote() throws {
        let many = (1...20_000).map { "S\($0),Thing\n" }.joined()
        let found = try rows("sku,name\nA,\"open\n" + many, .csv)
        #expect(found.first == "2! longer than 131072 bytes; a quote is missing")
        #expect(found.count > 5_000)
        #expect(found.last == #"20002 {"sku":"S20000","name":"Thing"}"#)
    }

    @Test(
        "a heading that cannot be understood ends the reading",
        arguments: [
            ("sku,title\n", "the name of column 2 is not known; there are sku, name"),
            ("sku,name,sku\n", "the column sku stands there twice"),
            ("sku,price\n", "the column name is missing"), ("sku,\"na", "a quoted field does not end"),
        ])
    func headings(_ text: String, _ reason: String) {
        #expect {
            try rows(text, .csv)
        } throws: { error in
            let error = error as? ImportFileError
            return error?.line == 1 && error?.reason.hasPrefix(reason) == true
        }
    }

    @Test("a file without a heading is refused without a word of its first row, which is somebody's")
    func noHeading() {
        let row = "Petra Privatova,7771234567,+79035551234\n"
        #expect {
            var reader = ImportReader(.csv, .customers)
            _ = try reader.take(Array(row.utf8))
        } throws: { error in
            let text = "\(error)"
            return text.contains("column 1") && !text.contains("Privatova") && !text.contains("7771234567")
        }
    }

    @Test("JSON lines go byte for byte, blank ones are passed over, others named")
    func jsonLines() throws {
        let text =
            "{ \"sku\" : \"A\" }\n\n  \r\n[1]\n{\"sku\":\n{\"sku\":\"B\"}\r\n" + String(repeating: "x", count: 140_000)
        let found = try rows(text, .ndjson)
        #expect(found.count == 5)
        #expect(found[0] == #"1 { "sku" : "A" }"#)
        #expect(found[1] == "4! is no JSON object")
        #expect(found[2].hasPrefix("5! is no JSON: "))
        #expect(found[3] == "6 {\"sku\":\"B\"}\r")
        #expect(found[4] == "7! longer than 131072 bytes")
    }

    @Test("in pieces of any length the rows are the same", arguments: [1, 2, 3, 5, 7, 64])
    func pieces(_ length: Int) throws {
        let csv = "\u{FEFF}sku,name\nA,\"Ab\"\"le\"\nB,Ba\"ker\n\nC,Чай\r\nD,\"x\ny\""
        #expect(try rows(csv, .csv, pieces: length) == rows(csv, .csv))
        let lines = "\u{FEFF}{\"sku\":\"A\"}\nx\n{\"sku\":\"Ч\"}"
        #expect(try rows(lines, .ndjson, pieces: length) == rows(lines, .ndjson))
        #expect(try rows(lines, .ndjson).count == 3)
    }

    @Test("the ending of the name tells the format")
    func formats() {
        #expect(ImportFormat(fileName: "goods.CSV") == .csv)
        #expect(ImportFormat(fileName: "goods.ndjson") == .ndjson)
        #expect(ImportFormat(fileName: "-") == .ndjson)
    }
}
