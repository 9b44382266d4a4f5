import Foundation
import LineProtocol
import Retail
import Testing

@testable import ReceiptExport

@Suite("Receipts as POSLog")
struct POSLogExportTests {
    private func transactions(_ world: ExportWorld) throws -> [XMLTree] {
        let root = try #require(XMLTree.read(Data(world.poslog().utf8)), "not well-formed")
        #expect(root.name == "POSLog" && root.attributes["MajorVersion"] == "6")
        #expect(root.attributes["xmlns"] == "http://www.nrf-arts.org/IXRetail/namespace/")
        return root.children
    }

    private func money(_ element: XMLTree?) throws -> Int64 {
        try Money.parse(decimal: #require(element?.text)).minorUnits
    }

    @Test("every receipt is a transaction with its place, number, day, time and person")
    func heads() throws {
        let found = try transactions(.day())
        #expect(found.map(\.name) == Array(repeating: "Transaction", count: 5))
        #expect(found.map { $0.attributes["tg:Kind"] } == ["sale", "return", "void", "correction", "correction"])
        #expect(found.map { $0["TransactionID"]?.text } == (1...5).map { "S1/T01/1/000\($0)" })
        let sale = found[0]
        #expect(sale["RetailStoreID"]?.text == "S1" && sale["BusinessUnit", "UnitID"]?.text == "S1")
        #expect(sale["WorkstationID"]?.text == "T01" && sale["SequenceNumber"]?.text == "1")
        #expect(sale["ReceiptNumber"]?.text == "0001" && sale["CurrencyCode"]?.text == "RUB")
        #expect(sale["OperatorID"]?.text == "k1" && sale["OperatorID"]?.attributes["OperatorName"] == "=cmd()")
        #expect(sale["BusinessDayDate"]?.text == "2026-11-22")
        #expect(sale["BeginDateTime"]?.text == "2026-11-22T12:30:00+03:00")
        #expect(sale["RetailTransaction", "Customer", "CustomerID"]?.text == "c-1")
    }

    @Test("lines, discounts, taxes and tenders of all transactions add up to the receipts")
    func sums() throws {
        let found = try transactions(.day())
        let sale = try #require(found[0]["RetailTransaction"])
        let lines = sale.all("Sale")
        #expect(try lines.map { try money($0["ExtendedAmount"]) } == [60_000, 12_000])
        #expect(try lines.map { try money($0["ExtendedDiscountAmount"]) } == [6_600, 0])
        #expect(lines.map { $0["Quantity"]?.text } == ["2", "1.5"])
        #expect(lines[0].all("RetailPriceModifier").map { $0.attributes["MethodCode"] } == ["Promotion", "X:points"])
        #expect(lines[0]["RetailPriceModifier", "PromotionID"]?.text == "p1")
        #expect(lines[0]["MerchandiseHierarchy"]?.text == "home/kitchen")
        #expect(lines[0]["Description"]?.text == #"Mug, "blue""#)
        #expect(lines[0]["SerialNumber"]?.text.unescapedXString == "0104>&'\u{1D}21")
        let items = sale.children.filter { $0.name == "LineItem" }
        #expect(items.map { $0["SequenceNumber"]?.text } == (1...7).map { "\($0)" })
        let taxes = items.compactMap { $0["Tax"] }
        #expect(try taxes.map { try money($0["Amount"]) } == [10_000, 1_091])
        #expect(taxes.map { $0["Percent"]?.text } == ["20.00", "10.00"] && taxes[0]["TaxRuleID"]?.text == "vat20")
        let tenders = items.compactMap { $0["Tender"] }
        #expect(tenders.map { $0.attributes["TenderType"] } == ["CreditDebit", "Cash", "Cash"])
        #expect(try tenders.map { try money($0["Amount"]) } == [50_000, 25_000, 0])
        #expect(try money(tenders[2]["TenderChange", "Amount"]) == 3_000)
        func total(_ transaction: XMLTree, _ type: String) throws -> Int64 {
            try money(transaction.all("Total").first { $0.attributes["TotalType"] == type })
        }
        let grand = try found.map { try total($0, "TransactionGrandAmount") }
        #expect(grand == [72_000, -8_000, 0, 500, -500])
        #expect(try total(found[0], "TransactionNetAmount") + total(found[0], "TransactionTaxAmount") == 72_000)
        #expect(try total(found[1], "TransactionTaxAmount") == -727)
    }

    @Test("sums that no shop has are written as they are, to the penny")
    func richest() throws {
        let sale = try #require(try transactions(.richest()).first?["RetailTransaction"])
        func total(_ type: String) -> String? {
            sale.all("Total").first { $0.attributes["TotalType"] == type }?.text
        }
        #expect(total("TransactionGrandAmount") == "90000000000000.00")
        #expect(total("TransactionTaxAmount") == "108000000000000000.00")
        #expect(total("TransactionNetAmount") == "-107910000000000000.00")
        #expect(sale.all("Sale").first?["ExtendedDiscountAmount"]?.text == "180000000000000.00")
    }

    @Test("goods that come back name the sale they come from; voids are cancelled; corrections say why")
    func others() throws {
        let found = try transactions(.day())
        let back = try #require(found[1].all("Return").first)
        #expect(back["TransactionLink", "TransactionID"]?.text == "S1/T01/1/0001")
        #expect(back["TransactionLink", "LineItemSequenceNumber"]?.text == "2")
        #expect(found[1].all("Tender").map { $0.attributes["TypeCode"] } == ["Refund"])
        #expect(found.map { $0.attributes["CancelFlag"] } == ["false", "false", "true", "false", "false"])
        #expect(found[2].all("LineItem").map { $0.attributes["VoidFlag"] } == ["true"])
        #expect(found[2].all("Tender").isEmpty)
        let correction = try #require(found[4]["tg:Correction"])
        #expect(correction.attributes["Direction"] == "return" && correction["tg:Reason"]?.text == "counted\ntwice")
        #expect(correction["tg:DocumentNumber"]?.text == "14-2" && correction["tg:DocumentDate"]?.text == "2026-11-20")
        #expect(found[4].all("Tender").first?.attributes["TenderType"] == "X:x-pay")
    }

    @Test("the till's message and the gateway's answer are in it byte for byte")
    func originals() throws {
        let sign =
            #","payments":[],"total":0,"lines":[{"sku":"<&>","name":"_x001D_ \u001d é","quantity":1,"price":0,"#
            + #""amount":0}],"fiscal":{ "sign":18446744073709551615,"sum":1.50,"blob":"a\/b]]>","t":"\#u{FFFE}\#u{10FFFF}\\u0000"}"#
        var world = ExportWorld()
        world.add("sale", "1", sign)
        let transaction = try #require(try transactions(world).first)
        let receipt = try world.page()[0]
        #expect(Array(try #require(transaction["tg:Till"]).text.unescapedXString.utf8) == receipt.text)
        #expect(Array(try #require(transaction["tg:Gateway"]).text.unescapedXString.utf8) == receipt.answer)
        #expect(transaction.all("ItemID").first?.text == "<&>")
        #expect(transaction.all("Description").first?.text.unescapedXString == "_x001D_ \u{1D} é")
        #expect(String(decoding: receipt.text, as: UTF8.self).contains(sign))
    }
}
