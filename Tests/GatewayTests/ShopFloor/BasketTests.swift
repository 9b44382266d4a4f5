import Journal
import LineProtocol
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Baskets from the shop floor")
struct BasketTests {
    @Test("a till gets it at once, opens it, sells it; the app is told of every step and of the receipt")
    func life() throws {
        let shop = try FloorShop()
        let sent = shop.send("b1", more: #","person":"Olga","note":"wrap it""#)
        #expect(sent.ok?["state"]?.text == "sent")
        #expect(sent.ok?["connected"]?.bool == true)
        let offer = try #require(shop.till.events(count: 1).first)
        #expect(offer.event == "basket.offered")
        #expect(offer.body["note"]?.text == "wrap it")
        #expect(offer.body["customer_id"] == .null)
        let opened = shop.till.request("BASKET_OPEN", FloorShop.reference("b1"))
        #expect(opened.ok?["state"]?.text == "opened")
        #expect(opened.ok?["lines"] == offer.body["lines"])
        #expect(opened.ok?["at"] == sent.ok?["at"])
        #expect(shop.sell("b1", number: "7").marks == [])
        let told = shop.app.events(count: 2)
        #expect(told.map(\.event) == ["basket.changed", "basket.changed"])
        #expect(told.map { $0.body["state"]?.text } == ["opened", "sold"])
        #expect(told.last?.body["receipt"]?.text == "S1/T01/1/7")
        #expect(try shop.state("b1") == .sold)
        // The till knows what it has done.
        #expect(shop.till.events.count == 1)
    }

    @Test(
        "sent again it is answered word for word as the first time, whatever became of it, and nobody hears of it twice"
    )
    func repetition() throws {
        let shop = try FloorShop()
        let first = shop.send("b1")
        #expect(shop.till.request("BASKET_OPEN", FloorShop.reference("b1")).ok != nil)
        shop.world.clock.advance(milliseconds: 60_000)
        #expect(shop.send("b1").ok == first.ok)
        let spaced =
            #"{"till": "T01", "lines": [{"quantity":2, "sku":"KETTLE", "price":150000}], "basket": "b1"}"#
        #expect(shop.app.request("BASKET_SEND", spaced).ok == first.ok)
        let other = shop.send("b1", more: #","note":"another""#)
        #expect(other.code == "conflict")
        #expect(other.error?["key"]?.text == "APP1/b1")
        #expect(other.error?["received_at"] == first.ok?["at"])
        try shop.world.settle()
        #expect(FloorShop.events(shop.till) == ["basket.offered sent"])
        #expect(try shop.state("b1") == .opened)
    }

    @Test(
        "opened and returned again they are answered as before; what is over cannot be opened, returned or taken back")
    func states() throws {
        let shop = try FloorShop()
        shop.send("b1")
        let opened = shop.till.request("BASKET_OPEN", FloorShop.reference("b1"))
        #expect(shop.till.request("BASKET_OPEN", FloorShop.reference("b1")).ok == opened.ok)
        let returned = shop.till.request("BASKET_RETURN", FloorShop.reference("b1", more: #","reason":"no money""#))
        #expect(returned.ok?["reason"]?.text == "no money")
        shop.world.clock.advance(milliseconds: 60_000)
        #expect(shop.till.request("BASKET_RETURN", FloorShop.reference("b1")).ok == returned.ok)
        let late = shop.till.request("BASKET_OPEN", FloorShop.reference("b1"))
        #expect(late.code == "bad_state")
        #expect(late.error?["state"]?.text == "returned")
        #expect(shop.app.request("BASKET_WITHDRAW", #"{"basket":"b1"}"#).error?["state"]?.text == "returned")
        shop.send("b2")
        #expect(shop.app.request("BASKET_WITHDRAW", #"{"basket":"b2"}"#).ok?["state"]?.text == "withdrawn")
        #expect(shop.till.request("BASKET_RETURN", FloorShop.reference("b2")).error?["state"]?.text == "withdrawn")
        #expect(FloorShop.events(shop.app) == ["basket.changed opened", "basket.changed returned"])
        #expect(
            FloorShop.events(shop.till) == [
                "basket.offered sent", "basket.offered sent", "basket.changed withdrawn",
            ])
    }

    @Test("it is one till's: others of the store are refused with its name, other stores' tills and apps see nothing")
    func others() throws {
        let shop = try FloorShop()
        shop.send("b1")
        let second = try shop.world.till("T02")
        for verb in ["BASKET_OPEN", "BASKET_RETURN"] {
            let refused = second.request(verb, FloorShop.reference("b1"))
            #expect(refused.code == "claimed", "\(verb)")
            #expect(refused.error?["till"]?.text == "T01")
        }
        let elsewhere = try shop.world.greeted(.register, "S2", "T01")
        #expect(elsewhere.request("BASKET_OPEN", FloorShop.reference("b1")).code == "not_found")
        #expect(elsewhere.request("BASKET_RETURN", FloorShop.reference("b1")).code == "not_found")
        let stranger = try shop.world.greeted(.app, "S2", "APP1")
        #expect(stranger.request("BASKET_WITHDRAW", #"{"basket":"b1"}"#).code == "not_found")
        // The same names in another store are another basket.
        #expect(stranger.request("BASKET_SEND", FloorShop.content("b1")).ok != nil)
        let colleague = try shop.world.greeted(.app, "S1", "APP2")
        #expect(colleague.request("BASKET_WITHDRAW", #"{"basket":"b1"}"#).code == "not_found")
        #expect(shop.till.request("BASKET_OPEN", FloorShop.reference("b1")).ok != nil)
        try shop.world.settle()
        for client in [second, stranger, colleague] { #expect(client.events.isEmpty) }
        #expect(FloorShop.events(elsewhere) == ["basket.offered sent"])
        #expect(try shop.state("b1", store: "S2") == .sent)
    }

    @Test("a till must be known, a till, of this store and not revoked; a customer must be known")
    func whereTo() throws {
        let shop = try FloorShop()
        _ = try shop.world.greeted(.register, "S2", "T09")
        _ = try shop.world.greeted(.website, "S1", "WEB1")
        for till in ["T77", "T09", "WEB1", "APP1"] {
            #expect(shop.send("b1", till: till).code == "not_found", "\(till)")
        }
        #expect(shop.send("b1", more: #","customer_id":"c-5""#).code == "unknown_customer")
        #expect(shop.send("b1").ok != nil)
        _ = try shop.world.till("T02")
        #expect(shop.world.localOperator().request("DEVICE_REVOKE", #"{"store":"S1","device":"T02"}"#).ok != nil)
        #expect(shop.send("b2", till: "T02").code == "not_found")
        #expect(try shop.state("b2") == nil)
    }

    @Test(
        "it waits for a till that is away, comes again until it is acknowledged, and survives restarts of the gateway")
    func lostConnections() throws {
        let shop = try FloorShop()
        shop.till.vanish()
        try shop.world.settle()
        #expect(shop.send("b1").ok?["connected"]?.bool == false)
        let back = try shop.world.till()
        #expect(FloorShop.events(back) == ["basket.offered sent"])
        back.vanish()
        shop.app.vanish()
        try shop.world.restart()
        let again = try shop.world.till()
        #expect(FloorShop.events(again) == ["basket.offered sent"])
        #expect(again.request("BASKET_OPEN", FloorShop.reference("b1")).ok != nil)
        #expect(again.request("ACK", #"{"through":1}"#).ok != nil)
        #expect(try shop.world.till().events.isEmpty)
        // The seller's phone was away: it hears of it when it is back, and again until it says so.
        let phone = try shop.world.greeted(.app, "S1", "APP1")
        #expect(FloorShop.events(phone) == ["basket.changed opened"])
        phone.vanish()
        #expect(FloorShop.events(try shop.world.greeted(.app, "S1", "APP1")) == ["basket.changed opened"])
    }

    @Test("the connection breaks before the answer: the same request again finds what was done")
    func lostAnswer() throws {
        let disk = Disk()
        let shop = try FloorShop(TestWorld(hooks: disk.hooks))
        let gate = disk.hold()
        let commits = disk.begun.all.count
        shop.app.send("BASKET_SEND s1 " + FloorShop.content("b1"))
        #expect(disk.begun.wait(count: commits + 1))
        shop.app.vanish()
        disk.letGo()
        gate.open()
        try shop.world.settle()
        let phone = try shop.world.greeted(.app, "S1", "APP1")
        #expect(phone.request("BASKET_SEND", FloorShop.content("b1")).ok?["state"]?.text == "sent")
        try shop.world.settle()
        #expect(FloorShop.events(shop.till) == ["basket.offered sent"])
    }

    @Test("while the disk does not take writes nothing is offered, and nothing is there afterwards")
    func brokenDisk() throws {
        let disk = Disk()
        let shop = try FloorShop(TestWorld(hooks: disk.hooks))
        disk.fail(times: 1)
        #expect(shop.send("b1").code == "store_unavailable")
        #expect(shop.world.available())
        #expect(shop.till.events.isEmpty)
        #expect(try shop.state("b1") == nil)
        #expect(shop.send("b1").ok != nil)
    }

    @Test("an app and a till have so many open baskets and no more; what is over makes room")
    func limits() throws {
        let shop = try FloorShop()
        for number in 1...ProtocolLimits.openBasketsPerApp { #expect(shop.send("b\(number)").ok != nil) }
        let refused = shop.send("more")
        #expect(refused.code == "limit")
        #expect(refused.error?["field"]?.text == "basket")
        #expect(refused.error?["limit"]?.integer == Int64(ProtocolLimits.openBasketsPerApp))
        // What was sent is answered all the same.
        #expect(shop.send("b1").ok != nil)
        let second = try shop.world.greeted(.app, "S1", "APP2")
        for number in 1...(ProtocolLimits.openBasketsPerTill - ProtocolLimits.openBasketsPerApp) {
            #expect(second.request("BASKET_SEND", FloorShop.content("b\(number)")).ok != nil)
        }
        let third = try shop.world.greeted(.app, "S1", "APP3")
        let full = third.request("BASKET_SEND", FloorShop.content("b1"))
        #expect(full.code == "limit")
        #expect(full.error?["field"]?.text == "till")
        #expect(shop.till.request("BASKET_RETURN", FloorShop.reference("b1")).ok != nil)
        #expect(third.request("BASKET_SEND", FloorShop.content("b1")).ok != nil)
        #expect(shop.send("more").error?["field"]?.text == "till")
    }

    @Test("a sale is accepted whatever its basket's state, and marked where they disagree; the basket stays as it is")
    func marks() throws {
        let shop = try FloorShop()
        shop.send("b1")
        let second = try shop.world.till("T02")
        #expect(shop.sell("b1", number: "1", at: second).marks == ["basket_state"])
        #expect(try shop.state("b1") == .sent)
        #expect(shop.sell("b7", number: "2", at: second).marks == ["basket_unknown"])
        #expect(shop.sell("b1", number: "3", at: second, app: "APP9").marks == ["basket_unknown"])
        // A till that was cut off before it could open it sells what is on its screen.
        #expect(shop.sell("b1", number: "1").marks == [])
        #expect(try shop.state("b1") == .sold)
        #expect(shop.sell("b1", number: "2").marks == ["basket_state"])
        // The same receipt again is no second sale.
        #expect(shop.sell("b1", number: "1").marks == [])
        shop.send("b2")
        #expect(shop.till.request("BASKET_RETURN", FloorShop.reference("b2")).ok != nil)
        #expect(shop.sell("b2", number: "4").marks == ["basket_state"])
        #expect(try shop.state("b2") == .returned)
        #expect(FloorShop.events(shop.app) == ["basket.changed sold", "basket.changed returned"])
        #expect(try shop.world.journal.read { try $0.audit(at: VirtualClock.beginning) }.findings == [])
    }

    @Test("when the receipt is refused its basket is not sold")
    func refusedReceipt() throws {
        let shop = try FloorShop()
        shop.send("b1")
        shop.send("b2")
        #expect(shop.sell("b1", number: "1").marks == [])
        #expect(shop.sell("b2", number: "1").code == "conflict")
        #expect(try shop.state("b2") == .sent)
        let broken = ReceiptText(number: "2", lines: [], total: 5, more: #","basket":"b2","app":"APP1""#)
        #expect(shop.till.request("SALE", broken.json).code == "bad_field")
        #expect(try shop.state("b2") == .sent)
    }
}
