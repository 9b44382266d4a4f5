import Retail
import Testing

@testable import Replay

@Suite("A retailer's day")
struct RetailDayTests {
    @Test("Lines of one number are one invoice, and invoices keep the file's order")
    func grouping() throws {
        let day = try day(
            """
            2,A,First,1,2010-12-01 08:26:00,1.0,,UK
            1,B,Other,1,2010-12-01 08:27:00,1.0,,UK
            2,C,Second,1,2010-12-01 08:26:00,1.0,,UK
            """)
        #expect(day.invoices.map(\.number) == ["2", "1"])
        #expect(day.invoices[0].lines.map(\.sku) == ["A", "C"])
    }

    @Test("Numbers that begin with C and invoices of negative quantities are returns, with positive quantities")
    func returns() throws {
        let day = try day(
            """
            C1,A,Back,-3,2010-12-01 08:26:00,2.55,17850,UK
            2,A,Lost,-1,2010-12-01 08:26:00,0,,UK
            3,A,Sold,1,2010-12-01 08:26:00,2.55,,UK
            """)
        #expect(day.invoices.map(\.kind) == [.return, .return, .sale])
        #expect(day.invoices[0].lines[0].quantity == Quantity(thousandths: 3_000))
        #expect(day.invoices[0].total == Money(minorUnits: 765))
    }

    @Test("Prices are rounded half up to a penny before they are multiplied")
    func rounding() throws {
        let day = try day("1,A,Half,3,2010-12-01 08:26:00,0.125,,UK\n")
        #expect(day.invoices[0].lines[0].price == Money(minorUnits: 13))
        #expect(day.invoices[0].total == Money(minorUnits: 39))
    }

    @Test("Stock code, description and customer stay as they are in the file")
    func verbatim() throws {
        let invoice = try day("1,BANK CHARGES,\" a \"\"b\"\", c \",1,2010-12-01 08:26:00,1,17850.0,UK\n").invoices[0]
        #expect(invoice.lines[0].sku == "BANK CHARGES")
        #expect(invoice.lines[0].name == " a \"b\", c ")
        #expect(invoice.customer == "17850.0")
        #expect(invoice.at.rfc3339 == "2010-12-01T08:26:00Z")
    }

    @Test(
        "A line that cannot be understood is named with its column",
        arguments: [
            ("1,A,x,0,2010-12-01 08:26:00,1,,UK", "Quantity"), ("1,A,x,1.5,2010-12-01 08:26:00,1,,UK", "Quantity"),
            ("1,A,x,1,2010-12-01,1,,UK", "InvoiceDate"), ("1,A,x,1,2010-12-01 08:26:00,1e3,,UK", "UnitPrice"),
            ("1,A,x,1,2010-12-01 08:26:00,-1,,UK", "UnitPrice"), ("a b,A,x,1,2010-12-01 08:26:00,1,,UK", "InvoiceNo"),
            ("1,,x,1,2010-12-01 08:26:00,1,,UK", "StockCode"),
        ])
    func refused(row: String, column: String) throws {
        let error = try #require(throws: RetailDayError.self) { try day(row) }
        #expect(error.column == column)
        #expect(error.line == 2)
    }

    @Test("An invoice of both directions is refused at the line that turns")
    func mixed() throws {
        let error = try #require(throws: RetailDayError.self) {
            try day("1,A,x,1,2010-12-01 08:26:00,1,,UK\n1,A,x,-1,2010-12-01 08:26:00,1,,UK")
        }
        #expect(error.line == 3)
    }

    @Test("A file without a column that is needed is refused")
    func missingColumn() throws {
        let error = try #require(throws: RetailDayError.self) {
            try RetailDay(file: "day.csv", bytes: Array("InvoiceNo,StockCode\n".utf8))
        }
        #expect(error.column == "Description")
    }

    @Test(
        "An invented day can be read, has both kinds, and is the same for the same seed",
        arguments: [1, 2, 3] as [UInt64])
    func invented(seed: UInt64) throws {
        let text = InventedDay.text(receipts: 200, seed: seed)
        #expect(text == InventedDay.text(receipts: 200, seed: seed))
        let day = try RetailDay(file: "seed \(seed)", bytes: Array(text.utf8))
        #expect(day.invoices.count == 200)
        #expect(Set(day.invoices.map(\.kind)) == [.sale, .return])
        #expect(day.invoices.contains { $0.customer == nil } && day.invoices.contains { $0.customer != nil })
    }
}

/// A day of these rows.
func day(_ rows: String) throws -> RetailDay {
    let heading = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    return try RetailDay(file: "day.csv", bytes: Array((heading + rows).utf8))
}
