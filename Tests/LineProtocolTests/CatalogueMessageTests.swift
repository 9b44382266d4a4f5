import LineProtocol
import Retail
import Testing

@Suite("Messages about products and stock")
struct CatalogueMessageTests {
    private let entry = StockEntry(
        store: "S1", name: "Main street", available: Quantity(thousandths: 2_500), reserved: .zero,
        asOf: Instant(millisecondsSinceEpoch: 1_795_339_800_000))

    @Test("rows of the catalogue go there and back")
    func productRow() throws {
        try roundTrip(ProductRow(sku: "N", name: "N"))
        #expect(json(ProductRow(sku: "N", name: "N")) == #"{"sku":"N","name":"N"}"#)
        var row = ProductRow(sku: "M 1", name: "Молоко")
        row.price = Money(minorUnits: 8_990)
        row.minimumPrice = Money(minorUnits: 8_990)
        row.taxRate = BasisPoints(value: 1_000)
        row.barcodes = [try Barcode("4601234567893"), try Barcode("2001234")]
        row.category = "Еда/Молоко"
        row.brand = "Б"
        row.tags = ["new"]
        row.unit = "шт"
        row.isMarked = true
        row.related = ["BREAD 2"]
        row.isPriority = true
        try roundTrip(row)
    }

    @Test(
        "what is wrong with a row is named by field and reason",
        arguments: [
            (#""price":1,"min_price":2"#, "min_price", "must not be above the price, 1"),
            (#""barcodes":["x","4601234567890"]"#, "barcodes[1]", "has the check digit 0, which must be 3"),
            (#""barcodes":["\u001d"]"#, "barcodes[0]", "must be printable ASCII"),
            (#""tax_rate":10001"#, "tax_rate", "must be a whole number from 0 to 10000"),
            (#""related":["A "]"#, "related[0]", "must be printable ASCII, the first and the last character no space"),
            (#""priority":1"#, "priority", "must be true or false"),
        ])
    func wrongRows(_ members: String, _ field: String, _ reason: String) {
        #expect(fieldError(ProductRow.self, #"{"sku":"A","name":"A",\#(members)}"#) == .bad(field, reason))
    }

    @Test("lists of a row have limits, and one number stands once in whatever forms it comes")
    func lists() throws {
        let many = { (count: Int) in
            (1...count).map { "\"c\($0)\"" }.joined(separator: ",")
        }
        #expect(fieldError(ProductRow.self, #"{"sku":"A","name":"A","barcodes":[\#(many(32))]}"#) == nil)
        #expect(
            fieldError(ProductRow.self, #"{"sku":"A","name":"A","barcodes":[\#(many(33))]}"#)
                == .limit("barcodes", 32, of: "elements"))
        #expect(
            fieldError(ProductRow.self, #"{"sku":"A","name":"A","related":[\#(many(21))]}"#)
                == .limit("related", 20, of: "elements"))
        let row: ProductRow = try message(
            #"{"sku":"A","name":"A","barcodes":["042100005264","04252614","00042100005264"]}"#)
        #expect(row.barcodes.map(\.text) == ["042100005264"])
    }

    @Test("rows of stock go there and back; there is never less than nothing")
    func stockRow() throws {
        let row = StockRow(
            store: "S1", sku: "A", quantity: .zero, asOf: Instant(millisecondsSinceEpoch: 1_795_339_800_000))
        try roundTrip(row)
        #expect(json(row) == #"{"store":"S1","sku":"A","quantity":0,"as_of":"2026-11-22T09:30:00Z"}"#)
        let text = #"{"store":"S1","sku":"A","quantity":-1,"as_of":"2026-11-22T09:30:00Z"}"#
        #expect(fieldError(StockRow.self, text)?.field == "quantity")
        #expect(fieldError(StockRow.self, #"{"store":"S1","sku":"A","quantity":1}"#) == .missing("as_of"))
    }

    @Test("PRODUCT asks by one of two")
    func product() throws {
        try roundTrip(ProductRequest(.barcode("01046\u{1D}"), customer: CustomerID(number: 4)))
        try roundTrip(ProductRequest(.sku("A 1")))
        #expect(fieldError(ProductRequest.self, "{}") == .missing("barcode"))
        #expect(
            fieldError(ProductRequest.self, #"{"sku":"A","barcode":"1"}"#)
                == .bad("sku", "must not be given with barcode"))
        let long = String(repeating: "1", count: 256)
        #expect(fieldError(ProductRequest.self, #"{"barcode":"\#(long)"}"#) == nil)
        #expect(
            fieldError(ProductRequest.self, #"{"barcode":"\#(long)1"}"#) == .limit("barcode", 256, of: "characters"))
    }

    @Test("the card goes there and back, with everything and with next to nothing")
    func card() throws {
        var card = ProductReply(sku: "A", name: "Apples", unit: "kg")
        #expect(
            json(card) == #"{"sku":"A","name":"Apples","barcodes":[],"category":null,"brand":null,"unit":"kg","#
                + #""price":null,"customer_price":null,"taken":[],"marking_required":false,"stock":null,"#
                + #""elsewhere":[],"related":[],"priority":[]}"#)
        try roundTrip(card)
        card.barcodes = ["4601234567893"]
        card.quantity = Quantity(thousandths: 345)
        card.category = "food/fruit"
        card.brand = "B"
        card.price = Money(minorUnits: 100)
        card.customerPrice = Money(minorUnits: 90)
        card.taken = [LineDiscount(origin: "promotion", id: "tenth", amount: Money(minorUnits: 10))]
        card.isMarked = true
        card.stock = entry
        card.elsewhere = [entry]
        card.related = [.init(sku: "B", name: "Pears", price: nil)]
        card.priority = [.init(sku: "C", name: "Plums", price: Money(minorUnits: 5))]
        try roundTrip(card)
    }

    @Test("STOCK goes there and back")
    func stock() throws {
        try roundTrip(StockRequest(sku: "A"))
        try roundTrip(StockRequest(sku: "A", stores: ["S1", "S2"]))
        #expect(fieldError(StockRequest.self, #"{"sku":"A","stores":[]}"#) == .bad("stores", "must not be empty"))
        try roundTrip(StockReply(sku: "A", unit: "kg", stores: [entry]))
    }
}
