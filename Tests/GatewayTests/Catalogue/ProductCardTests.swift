import Retail
import Testing

@testable import Gateway

@Suite("The card of a scanned product")
struct ProductCardTests {
    private static let promotion = TestProgramme.text(
        with: #", "promotions": [{"id": "dairy-10", "name": "Dairy", "when": {"customer_required": true},"#
            + #" "products": {"categories": ["food/dairy"]}, "effect": {"percent_off": 1000}}]"#)

    private func card(_ client: TestClient, _ asked: String) -> JSONTree? { client.request("PRODUCT", asked).ok }

    @Test("has stock here, elsewhere with the nearest first, and the names of the stores")
    func stock() throws {
        var here = StoreSettings()
        here.nearbyStores = ["S4", "S3", "S9"]
        var four = StoreSettings()
        four.name = "North station"
        let room = try StockRoom(stores: StoreDirectory(named: ["S1": here, "S4": four]))
        for store in ["S3", "S4", "S5"] { room.count("KETTLE", "1", store: store) }
        let kettle = card(room.app, #"{"sku":"KETTLE"}"#)
        #expect(kettle?["stock"]?["store"]?.text == "S1")
        #expect(kettle?["stock"]?["available"]?.integer == 10)
        #expect(kettle?["elsewhere"]?.elements?.compactMap { $0["store"]?.text } == ["S4", "S3", "S2", "S5"])
        #expect(kettle?["elsewhere"]?[0]?["name"]?.text == "North station")
        #expect(kettle?["elsewhere"]?[1]?["name"]?.text == "S3")
        let teapot = card(room.till, #"{"sku":"TEAPOT"}"#)
        #expect(teapot?["stock"] == .null)
        #expect(teapot?["price"] == .null)
        #expect(card(room.app, #"{"sku":"KETTLE"}"#)?["stock"] == kettle?["stock"])
    }

    @Test("a website of one store sees that store, one of the whole chain all of them")
    func websites() throws {
        let room = try StockRoom()
        let stores = { (client: TestClient, asked: String) in
            client.request("STOCK", asked).ok?["stores"]?.elements?.compactMap { $0["store"]?.text }
        }
        #expect(stores(room.website, #"{"sku":"KETTLE"}"#) == ["S1"])
        #expect(stores(room.website, #"{"sku":"KETTLE","stores":["S2"]}"#) == [])
        #expect(stores(room.app, #"{"sku":"KETTLE"}"#) == ["S1", "S2"])
        #expect(stores(room.till, #"{"sku":"KETTLE","stores":["S2","S7"]}"#) == ["S2"])
        let chain = try room.world.greeted(.website, "*", "WEB2")
        #expect(stores(chain, #"{"sku":"KETTLE"}"#) == ["S1", "S2"])
        #expect(chain.request("STOCK", #"{"sku":"NONE"}"#).code == "not_found")
        #expect(chain.request("PRODUCT", #"{"sku":"KETTLE"}"#).code == "forbidden")
    }

    @Test("the price is what a quote makes of one unit, and the promotions that make the difference are named")
    func price() throws {
        let room = try StockRoom(programmes: [Self.promotion])
        room.catalogue(
            #"{"sku":"MILK","name":"Milk","price":9995,"category":"food/dairy/milk"},"#
                + #"{"sku":"CREAM","name":"Cream","price":10000,"min_price":9500,"category":"food/dairy"}"#)
        #expect(room.till.request("ENROL", #"{"card":"7000001234"}"#).ok != nil)
        let milk = card(room.app, #"{"sku":"MILK","customer_id":"c-1"}"#)
        let quoted = room.app.request(
            "QUOTE",
            #"{"customer_id":"c-1","lines":[{"sku":"MILK","quantity":1,"price":9995,"category":"food/dairy/milk"}]}"#
        ).ok
        #expect(milk?["customer_price"]?.integer == 8_995)
        #expect(milk?["customer_price"] == quoted?["total"])
        #expect(milk?["taken"] == quoted?["lines"]?[0]?["taken"])
        #expect(milk?["taken"]?[0]?["id"]?.text == "dairy-10")
        #expect(milk?["price"]?.integer == 9_995)
        #expect(card(room.app, #"{"sku":"CREAM","customer_id":"c-1"}"#)?["customer_price"]?.integer == 9_500)
        let nobody = card(room.app, #"{"sku":"MILK"}"#)
        #expect(nobody?["customer_price"] == .null)
        #expect(nobody?["taken"] == .array([]))
        #expect(card(room.app, #"{"sku":"TEAPOT","customer_id":"c-1"}"#)?["customer_price"] == .null)
        let stranger = room.app.request("PRODUCT", #"{"sku":"MILK","customer_id":"c-9"}"#)
        #expect(stranger.code == "unknown_customer")
        #expect(stranger.error?["field"]?.text == "customer_id")
    }

    @Test("a label of the store's scales gives the product and how much it is; another store reads it otherwise")
    func scales() throws {
        var here = StoreSettings()
        here.scaleCodes = ["20:5:weight", "21:5:price"].compactMap { ScaleCode(text: $0) }
        let room = try StockRoom(stores: StoreDirectory(named: ["S1": here]))
        room.catalogue(
            #"{"sku":"CHEESE","name":"Cheese","unit":"kg","price":129900,"barcodes":["2001234","2101234"]},"#
                + #"{"sku":"BOX","name":"Packed here","barcodes":["2001234999991"]}"#)
        let weighed = card(room.till, #"{"barcode":"2001234003452"}"#)
        #expect(weighed?["sku"]?.text == "CHEESE")
        #expect(weighed?["quantity"] == .number("0.345"))
        let priced = card(room.till, #"{"barcode":"2101234448168"}"#)
        #expect(priced?["quantity"] == .number("0.345"))
        // A code that is listed whole comes first.
        #expect(card(room.till, #"{"barcode":"2001234999991"}"#)?["sku"]?.text == "BOX")
        let other = try room.world.greeted(.register, "S2", "T01")
        #expect(other.request("PRODUCT", #"{"barcode":"2001234003452"}"#).code == "not_found")
        #expect(card(room.till, #"{"barcode":"2001234"}"#)?["quantity"] == nil)
    }

    @Test("goods offered first are those that the catalogue marks, but not what this store has none of")
    func priority() throws {
        let room = try StockRoom()
        let many = (10...45).map { #"{"sku":"P\#($0)","name":"P","priority":true}"# }
        room.catalogue(many.joined(separator: ","))
        room.count("P10", "0")
        room.count("P11", "1")
        room.count("P12", "0", store: "S2")
        let offered = card(room.app, #"{"sku":"P13"}"#)?["priority"]?.elements?.compactMap { $0["sku"]?.text }
        #expect(offered == ["P11", "P12"] + (14...31).map { "P\($0)" })
    }

    @Test("an acknowledged import is in the next answer, also after a restart")
    func readYourWrites() throws {
        let room = try StockRoom()
        for price in 1...20 {
            room.catalogue(#"{"sku":"KETTLE","name":"Kettle","price":\#(price)}"#)
            #expect(card(room.app, #"{"sku":"KETTLE"}"#)?["price"]?.integer == Int64(price))
        }
        try room.world.restart()
        let app = try room.world.greeted(.app, "S1", "APP1")
        #expect(card(app, #"{"sku":"KETTLE"}"#)?["price"]?.integer == 20)
        #expect(card(app, #"{"sku":"KETTLE"}"#)?["stock"]?["available"]?.integer == 10)
    }
}
