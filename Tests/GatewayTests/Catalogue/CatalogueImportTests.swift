import Retail
import Testing

@testable import Gateway

@Suite("Bringing products and stock in")
struct CatalogueImportTests {
    private func bring(_ world: TestWorld, _ verb: String, _ rows: [String]) -> WireLine {
        world.localOperator().request(verb, #"{"rows":[\#(rows.joined(separator: ","))]}"#)
    }

    @Test("a bad row is named by number, field and reason, the others go on")
    func badRows() throws {
        let world = try TestWorld()
        let answer = bring(
            world, "IMPORT_CATALOGUE",
            [
                #"{"sku":"A","name":"Able","price":100,"min_price":101}"#, #"{"sku":"B","name":"Baker"}"#,
                #"{"sku":"C","name":"Charlie","barcodes":["4601234567893","4601234567890"]}"#, "7",
                #"{"sku":"D","name":"Dog","barcodes":["HOUSE-1"]}"#, #"{"name":"Easy"}"#,
            ]
        ).ok
        #expect(answer?["created"]?.integer == 2)
        #expect(answer?["refused"]?.elements?.compactMap { $0["row"]?.integer } == [1, 3, 4, 6])
        #expect(answer?["refused"]?[0]?["field"]?.text == "rows[0].min_price")
        #expect(answer?["refused"]?[0]?["message"]?.text == "must not be above the price, 100")
        #expect(answer?["refused"]?[1]?["field"]?.text == "rows[2].barcodes[1]")
        #expect(answer?["refused"]?[1]?["message"]?.text == "has the check digit 0, which must be 3")
        #expect(answer?["refused"]?[3]?["code"]?.text == "missing_field")
        let till = try world.till()
        #expect(till.request("PRODUCT", #"{"barcode":"HOUSE-1"}"#).ok?["sku"]?.text == "D")
        #expect(till.request("PRODUCT", #"{"sku":"C"}"#).code == "not_found")
    }

    @Test("stock of what the catalogue does not have, or of the day after tomorrow, is refused")
    func badStock() throws {
        let room = try StockRoom()
        let row = { (sku: String, at: String) in #"{"store":"S1","sku":"\#(sku)","quantity":1,"as_of":"\#(at)"}"# }
        let late = room.world.clock.now().adding(milliseconds: 86_400_001).rfc3339
        let latest = room.world.clock.now().adding(milliseconds: 86_400_000).rfc3339
        let answer = bring(
            room.world, "IMPORT_STOCK",
            [row("NONE", latest), row("TEAPOT", late), row("TEAPOT", latest), row("KETTLE", latest)]
        ).ok
        #expect(answer?["created"]?.integer == 1)
        #expect(answer?["updated"]?.integer == 1)
        #expect(answer?["refused"]?[0]?["code"]?.text == "not_found")
        #expect(answer?["refused"]?[0]?["row"]?.integer == 1)
        #expect(answer?["refused"]?[1]?["field"]?.text == "as_of")
        #expect(room.stock("TEAPOT") == "1+0")
    }

    @Test("the same file twice changes nothing, also when something was sold in between")
    func twice() throws {
        let room = try StockRoom()
        let began = room.world.clock.now().rfc3339
        room.world.clock.advance(milliseconds: 60_000)
        let row = #"{"sku":"KETTLE","name":"Kettle","price":150000}"#
        #expect(room.catalogue(row)?["updated"]?.integer == 1)
        room.sell("KETTLE", "4")
        room.push()
        let card = room.app.request("PRODUCT", #"{"sku":"KETTLE"}"#).ok
        #expect(room.catalogue(row)?["updated"]?.integer == 1)
        #expect(room.count("KETTLE", "10", at: began)?["updated"]?.integer == 1)
        #expect(room.app.request("PRODUCT", #"{"sku":"KETTLE"}"#).ok == card)
        #expect(room.stock() == "4+2")
        // A count of now has the sale in it.
        room.world.clock.advance(milliseconds: 60_000)
        room.count("KETTLE", "6")
        #expect(room.stock() == "4+2")
        try room.audit()
    }

    @Test("a long request is taken in pieces, and a receipt that comes meanwhile goes between them")
    func pieces() throws {
        let commits = CountedCommits()
        let world = try TestWorld(hooks: commits.hooks)
        let operation = world.localOperator()
        let till = try world.till()
        let rows = (1...1_000).map { #"{"sku":"P\#($0)","name":"Product"}"# }.joined(separator: ",")
        let before = commits.count
        operation.send(#"IMPORT_CATALOGUE long {"rows":[\#(rows)]}"#)
        #expect(till.request("SALE", ReceiptText().json).ok != nil)
        let atReceipt = try world.journal.read { try $0.productCount() }
        #expect(operation.answer(to: "long").ok?["created"]?.integer == 1_000)
        #expect(commits.count - before >= 10)
        #expect(atReceipt < 1_000, "the receipt waited for the whole file")
        #expect(try world.journal.read { try $0.productCount() } == 1_000)
    }

    @Test("what cannot be written is refused, and sent again it is there once")
    func failing() throws {
        let commits = CountedCommits()
        let world = try TestWorld(hooks: commits.hooks)
        let rows = (1...250).map { #"{"sku":"P\#($0)","name":"Product"}"# }
        commits.failAfter(2)
        #expect(bring(world, "IMPORT_CATALOGUE", rows).code == "store_unavailable")
        #expect(world.available())
        let again = bring(world, "IMPORT_CATALOGUE", rows).ok
        let known = again?["updated"]?.integer ?? 0
        #expect(known == 100 || known == 200)
        #expect(again?["created"]?.integer == 250 - known)
        #expect(try world.journal.read { try $0.productCount() } == 250)
    }
}
