import Journal
import Retail
import Testing

@testable import Gateway

@Suite("What the catalogue adds to quotes and receipts")
struct CatalogueQuoteTests {
    /// A tenth off dairy, extra points for what is fresh, and a customer.
    private func room() throws -> StockRoom {
        let programme = TestProgramme.text(
            with: #", "promotions": [{"id": "dairy", "products": {"categories": ["food/dairy"]},"#
                + #" "effect": {"percent_off": 1000}},"#
                + #" {"id": "fresh", "products": {"tags": ["fresh"]}, "effect": {"extra_points": 7}}]"#)
        let room = try StockRoom(programmes: [programme])
        room.catalogue(Self.milk(category: "food/dairy/milk"))
        #expect(room.till.request("ENROL", #"{"card":"7000001234"}"#).ok != nil)
        return room
    }

    private static func milk(category: String) -> String {
        #"{"sku":"MILK","name":"Milk","price":10000,"min_price":9500,"category":"\#(category)","tags":["fresh"]}"#
    }

    private func quote(_ till: TestClient, _ more: String = "") -> JSONTree? {
        till.request(
            "QUOTE", #"{"customer_id":"c-1","lines":[{"sku":"MILK","quantity":1,"price":10000\#(more)}]}"#
        ).ok
    }

    private func sale(_ number: String, amount: Int64 = 9_500, more: String = "") -> String {
        let discount = #","discounts":[{"origin":"promotion","id":"dairy","amount":\#(10_000 - amount)}]"#
        return ReceiptText(
            number: number, customer: "c-1",
            lines: [.init(sku: "MILK", price: 10_000, amount: amount, more: discount + more)]
        ).json
    }

    @Test("a line that says nothing of its product has what the catalogue says; what it says itself counts")
    func quotes() throws {
        let room = try room()
        #expect(quote(room.till)?["total"]?.integer == 9_500)
        #expect(quote(room.till)?["points"]?["extra"]?[0]?["points"]?.integer == 7)
        #expect(quote(room.till, #","min_price":0"#)?["total"]?.integer == 9_000)
        #expect(quote(room.till, #","category":"toys""#)?["total"]?.integer == 10_000)
        #expect(quote(room.till, #","tags":["old"]"#)?["points"]?["extra"] == .array([]))
        // The card says the same as the quote.
        let card = room.till.request("PRODUCT", #"{"sku":"MILK","customer_id":"c-1"}"#).ok
        #expect(card?["customer_price"]?.integer == 9_500)
    }

    @Test("an acknowledged import counts from the next quote on, also after a restart")
    func imports() throws {
        let room = try room()
        for (category, total) in [("toys", 10_000), ("food/dairy", 9_500), ("food", 10_000)] {
            room.catalogue(Self.milk(category: category))
            #expect(quote(room.till)?["total"]?.integer == Int64(total))
        }
        room.catalogue(Self.milk(category: "food/dairy"))
        try room.world.restart()
        let till = try room.world.till()
        for _ in 1...20 { #expect(quote(till)?["total"]?.integer == 9_500) }
    }

    @Test("a sale has the points of its quote, and EXPLAIN agrees after the catalogue has changed")
    func explanation() throws {
        let room = try room()
        let quoted = quote(room.till)?["points"]?["earned"]?.integer
        let sold = room.till.request("SALE", sale("1"))
        #expect(sold.points("earned") == quoted)
        // Three per cent of 95.00 are two points, and seven for what is fresh.
        #expect(sold.points("earned") == 9)
        room.catalogue(#"{"sku":"MILK","name":"Milk","category":"toys"}"#)
        #expect(room.till.request("SALE", sale("2", amount: 10_000)).points("earned") == 3)
        func explain(_ number: String) -> JSONTree? {
            room.world.localOperator().request("EXPLAIN", #"{"key":"S1/T01/1/\#(number)","language":"en"}"#).ok
        }
        for _ in 1...2 {
            #expect(explain("1")?["agrees"]?.bool == true)
            #expect(explain("1")?["text"]?.text?.contains("fresh") == true)
            #expect(explain("2")?["agrees"]?.bool == true)
            try room.world.restart()
        }
        try room.audit()
    }

    @Test("what a judgement keeps of the catalogue is read as it was written")
    func judgement() throws {
        let room = try room()
        #expect(room.till.request("SALE", sale("1", more: #","brand":"Own""#)).ok != nil)
        let key = try #require(ReceiptKey(text: "S1/T01/1/1"))
        let stored = try #require(try room.world.journal.read { try $0.receipt(key) }?.judgement)
        let read = try Judgement(stored, store: "S1")
        #expect(
            read.added == [
                0: ProductFacts(
                    category: "food/dairy/milk", brand: nil, tags: ["fresh"], minimumPrice: Money(minorUnits: 9_500))
            ])
        #expect(read.encoded == stored)
    }

    @Test("products that are not in memory yet are looked up, and an import is not undone by what is loaded")
    func loading() throws {
        let room = try room()
        let memory = ProductMemory(journal: room.world.journal)
        var lines = [
            BasketLine(sku: "MILK", quantity: .one, price: .zero), BasketLine(sku: "X", quantity: .one, price: .zero),
        ]
        #expect(try memory.complete(&lines).keys.sorted() == [0])
        #expect(lines[0].category == "food/dairy/milk")
        var newer = ProductRecord(sku: "MILK", name: "Milk")
        newer.brand = "New"
        memory.put(newer)
        try memory.load()
        lines = [BasketLine(sku: "MILK", quantity: .one, price: .zero)]
        #expect(try memory.complete(&lines) == [0: ProductFacts(brand: "New")])
        #expect(lines[0].category == nil)
    }
}
