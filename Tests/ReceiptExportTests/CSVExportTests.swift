import LineProtocol
import Retail
import Testing

@testable import ReceiptExport

@Suite("Receipts as CSV")
struct CSVExportTests {
    /// The sum of a column, in minor units of a currency with two digits.
    private func sum(_ rows: [[String: String]], _ column: String) throws -> Int64 {
        try rows.reduce(0) { sum, row in
            let cell = try #require(row[column])
            return cell.isEmpty ? sum : try sum + Money.parse(decimal: cell).minorUnits
        }
    }

    private func json(_ text: String) -> String {
        let writer = ByteWriter()
        writer.value(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("one row per receipt; the sum of a column is what the day has brought")
    func receipts() throws {
        let rows = try ExportWorld.day().csv(.receipts)
        #expect(rows.map { $0["key"] } == (1...5).map { "S1/T01/1/000\($0)" })
        #expect(rows.map { $0["kind"] } == ["sale", "return", "void", "correction", "correction"])
        #expect(rows.map { $0["direction"] } == ["", "", "", "sale", "return"])
        #expect(rows.map { $0["total"] } == ["720.00", "-80.00", "0.00", "5.00", "-5.00"])
        #expect(try sum(rows, "total") == 72_000 - 8_000)
        #expect(try sum(rows, "gross") == 66_600 + 12_000 - 8_000)
        #expect(try sum(rows, "discount") == 6_600)
        #expect(try sum(rows, "paid") - sum(rows, "change") == 64_000)
        #expect(rows.map { $0["lines"] } == ["2", "1", "0", "0", "0"])
        #expect(rows.map { $0["tax"] } == ["110.91", "-7.27", "", "", ""])
        #expect(rows[0]["local_time"] == "2026-11-22T12:30:00+03:00")
        #expect(rows[0]["points_earned"] == "3" && rows[1]["points_earned"] == "")
        #expect(rows[3]["reason"] == "counted\ntwice" && rows[1]["original"] == "S1/T01/1/0001")
        #expect(rows[0]["marks"] == "clock" && rows[0]["customer_id"] == "c-1")
    }

    @Test("one row per line, with what was taken off it by origin, and none for a void")
    func lines() throws {
        let rows = try ExportWorld.day().csv(.lines)
        #expect(rows.map { $0["sku"] } == ["MUG", "MILK", "MILK"])
        #expect(rows.map { $0["quantity"] } == ["2", "1.5", "-1"])
        #expect(rows.map { $0["amount"] } == ["600.00", "120.00", "-80.00"])
        #expect(rows[0]["name"] == #"Mug, "blue""#)
        #expect(
            ["discount_till", "discount_promotion", "discount_points", "discount_other"].map { rows[0][$0] }
                == ["0.00", "60.00", "6.00", "0.00"])
        #expect(rows.map { $0["tax_rate"] } == ["20.00", "10.00", "10.00"])
        #expect(rows.map { $0["tax"] } == ["100.00", "10.91", "-7.27"])
        #expect(rows[2]["original_line"] == "2" && rows[0]["marking_codes"] == "1")
    }

    @Test("payments and change add up to the money of each means")
    func payments() throws {
        let rows = try ExportWorld.day().csv(.payments)
        func money(_ tender: String) throws -> Int64 { try sum(rows.filter { $0["tender"] == tender }, "amount") }
        #expect(try money("card") == 50_000)
        #expect(try money("cash") == 25_000 - 3_000 - 8_000)
        #expect(try money("x-pay") == 0)
        #expect(rows.filter { $0["part"] == "change" }.map { $0["amount"] } == ["-30.00"])
        #expect(try sum(rows, "amount") == 64_000)
    }

    @Test("taxes are those of the receipt, else those of its lines")
    func taxes() throws {
        let rows = try ExportWorld.day().csv(.taxes)
        #expect(rows.map { $0["source"] } == ["receipt", "receipt", "lines"])
        #expect(rows.map { $0["tax_code"] } == ["vat20", "", ""])
        func tax(_ rate: String, _ column: String) throws -> Int64 {
            try sum(rows.filter { $0["tax_rate"] == rate }, column)
        }
        #expect(try tax("20.00", "base") == 50_000 && tax("20.00", "tax") == 10_000)
        #expect(try tax("10.00", "base") == 10_909 - 7_273 && tax("10.00", "tax") == 1_091 - 727)
        #expect(try sum(rows, "gross") == 72_000 - 8_000)
    }

    @Test("sums that no shop has are written as they are, to the penny", arguments: [("sale", ""), ("return", "-")])
    func richest(_ kind: String, _ sign: String) throws {
        let world = ExportWorld.richest(kind: kind)
        // 1,200 times 9 × 10¹⁵: more than 64 bits hold.
        let whole = sign + "108000000000000000.00"
        let receipt = try world.csv(.receipts)[0]
        #expect(receipt["discount"] == sign + "216000000000000000.00")
        #expect(receipt["gross"] == sign + "324000000000000000.00")
        #expect(receipt["tax"] == whole)
        let tax = try world.csv(.taxes)[0]
        #expect(tax["tax"] == whole && tax["gross"] == whole && tax["base"] == "0.00")
        #expect(try world.csv(.lines)[0]["discount_other"] == sign + "90000000000000.00")
    }

    @Test("decimals are the currency's", arguments: [("JPY", "72000"), ("RUB", "720.00"), ("KWD", "72.000")])
    func currencies(_ currency: String, _ total: String) throws {
        var other = ExportWorld()
        other.currency = currency
        other.add(
            "sale", "1",
            #","lines":[{"sku":"A","name":"","quantity":1,"price":72000,"amount":72000}],"payments":[],"total":72000"#)
        #expect(try other.csv(.receipts)[0]["total"] == total)
    }

    @Test(
        "a text that a spreadsheet would take for a formula is marked as text, and numbers are not",
        arguments: ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "'=1", "'"])
    func formulas(_ text: String) throws {
        let escaped = text.replacing("\t", with: "\\t").replacing("\r", with: "\\r")
        var world = ExportWorld()
        world.add(
            "return", "1",
            #","lines":[{"sku":"A","name":"\#(escaped)","quantity":1,"price":1,"amount":1}],"payments":[],"total":1"#)
        let row = try world.csv(.lines)[0]
        #expect(row["name"] == "'" + text)
        #expect(row["amount"] == "-0.01")
    }

    @Test("every character comes back as it was written, quotes, commas and line ends among them")
    func everyCharacter() throws {
        var text = "x"
        for scalar in (0...0x2FF).compactMap(Unicode.Scalar.init) { text.unicodeScalars.append(scalar) }
        text += "\u{FFFE}\u{10FFFF}"
        for part in stride(from: 0, to: 700, by: 100) {
            let name = String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(part).prefix(100)))
            var world = ExportWorld()
            world.add(
                "sale", "1",
                #","lines":[{"sku":"A","name":\#(json(name)),"quantity":1,"price":1,"amount":1}],"#
                    + #""payments":[],"total":1"#)
            let read = try #require(try world.csv(.lines)[0]["name"])
            #expect(Array(read.utf8) == Array(name.utf8) || Array(read.utf8) == Array(("'" + name).utf8))
        }
    }

    @Test(
        "a quote is doubled whatever stands behind it, so that no text gets out of its cell",
        arguments: ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20DD}", "\u{1F3FB}", ""])
    func quotes(_ behind: String) throws {
        let name = "\"\(behind),=1+1,\"\(behind)"
        var world = ExportWorld()
        world.add(
            "sale", "1",
            #","lines":[{"sku":"A","name":\#(json(name)),"#
                + #""quantity":1,"price":1,"amount":1}],"payments":[],"total":1"#)
        let row = try world.csv(.lines)[0]
        #expect(row["name"].map { Array($0.utf8) } == Array(name.utf8))
        #expect(row["quantity"] == "1")
    }

    @Test("a period is known to lack receipts when some were removed that may belong to it")
    func removed() throws {
        func page(_ removedUntil: String) throws -> ExportPage {
            let body = #"{"receipts":[],"next":null,"removed_until":\#(removedUntil)}"#
            return try ExportPage(Array(body.utf8), ExportPage.makeReader())
        }
        let day = try #require(CalendarDate(iso: "2026-11-22"))
        #expect(try !page("null").mayLackReceipts(from: day))
        // The day begins at 10:00 UTC of the day before where it begins first.
        #expect(try !page(#""2026-11-21T09:59:59.999Z""#).mayLackReceipts(from: day))
        #expect(try page(#""2026-11-21T10:00:00Z""#).mayLackReceipts(from: day))
        #expect(try page(#""2026-12-31T00:00:00Z""#).mayLackReceipts(from: day))
    }

    @Test("an answer of an earlier form is no reason to leave a receipt out; one that cannot be read is named")
    func oldAnswers() throws {
        let receipt = #"{"shift":1,"number":"1","at":"2026-11-22T09:30:00Z","payments":[],"total":0,"lines":"#
        let line = #"{"sku":"A","name":"","quantity":1,"price":0,"amount":0}"#
        func rows(_ receipt: String) throws -> [ExportedReceipt] {
            let body =
                #"{"receipts":[{"key":"S1/T01/1/1","kind":"sale","received_at":"2026-11-22T10:00:00Z","sequence":1,"#
                + #""customer":null,"day":"2026-11-22","currency":"RUB","utc_offset":0,"#
                + #""gateway":{"points":{"earned":5},"marks":["clock","some_day"]},"receipt":\#(receipt)}],"next":null}"#
            return try ExportPage(Array(body.utf8), ExportPage.makeReader()).receipts
        }
        let found = try #require(try rows(receipt + "[\(line)]}").first)
        #expect(found.reply.earned == 5 && found.reply.spent == nil && found.reply.marks == ["clock", "some_day"])
        do {
            _ = try rows(receipt + "[]}")
            Issue.record("it was read")
        } catch let error as UnreadableReceipt {
            #expect(error.key == "S1/T01/1/1" && error.field == "receipts[0].receipt.lines")
        }
    }
}
