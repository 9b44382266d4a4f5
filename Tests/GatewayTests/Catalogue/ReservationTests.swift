import Retail
import Testing

@testable import Gateway

@Suite("What orders and receipts do to stock")
struct ReservationTests {
    /// A way out of an order's life, and what S1 has afterwards of the ten kettles of which it asked for two.
    struct Exit: Sendable, CustomTestStringConvertible {
        var name: String
        var prepaid = false
        var after: String
        var leave: @Sendable (StockRoom) throws -> Void
        var testDescription: String { name }

        static let all = [
            Exit(name: "rejected", after: "10+0") {
                _ = $0.till.request("ORDER_REJECT", #"{"source":"WEB1","order":"1001","reason":"no"}"#)
            },
            Exit(name: "cancelled at once", after: "10+0") {
                _ = $0.website.request("ORDER_CANCEL", #"{"order":"1001"}"#)
            },
            Exit(name: "cancelled when ready", after: "10+0") { room in
                room.steps("ORDER_ACCEPT", "ORDER_READY")
                _ = room.website.request("ORDER_CANCEL", #"{"order":"1001"}"#)
                #expect(room.stock() == "8+2")
                room.steps("ORDER_CANCEL")
            },
            Exit(name: "expired", after: "10+0") { room in
                room.steps("ORDER_ACCEPT", "ORDER_READY")
                room.world.clock.advance(milliseconds: 3_600_000)
                room.world.gateway.passOrderTime()
                try room.world.settle()
            },
            Exit(name: "paid and handed over", after: "8+0") { room in
                room.steps("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM")
                #expect(room.stock() == "8+2")
                room.sell("KETTLE", "2", more: StockRoom.order)
                #expect(room.stock() == "8+0")
                room.steps("ORDER_HANDOVER")
            },
            Exit(name: "paid with less than was ordered", after: "9+0") { room in
                room.steps("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM")
                room.sell("KETTLE", "1", more: StockRoom.order)
            },
            Exit(name: "prepaid and handed over", prepaid: true, after: "8+0") { room in
                room.steps("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM", "ORDER_HANDOVER", "ORDER_HANDOVER")
            },
            Exit(name: "prepaid, handed over, then written as a receipt", prepaid: true, after: "8+0") { room in
                room.steps("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM", "ORDER_HANDOVER")
                room.sell("KETTLE", "2", more: StockRoom.order)
            },
            Exit(name: "prepaid, written as a receipt, then handed over", prepaid: true, after: "8+0") { room in
                room.steps("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM")
                room.sell("KETTLE", "2", more: StockRoom.order)
                room.steps("ORDER_HANDOVER")
            },
        ]
    }

    @Test("an order has its goods set aside until it ends, and they come back once", arguments: Exit.all)
    func exits(_ exit: Exit) throws {
        let room = try StockRoom()
        let until = VirtualClock.beginning.adding(milliseconds: 3_000_000).rfc3339
        #expect(room.push(prepaid: exit.prepaid, more: #","pickup_until":"\#(until)""#).ok != nil)
        #expect(room.stock() == "8+2")
        try exit.leave(room)
        #expect(room.stock() == exit.after)
        #expect(room.stock(of: "S2") == "3+0")
        try room.audit()
        _ = room.website.request("ORDER_CANCEL", #"{"order":"1001"}"#)
        #expect(room.stock() == exit.after)
        try room.world.restart()
        let later = try room.world.till().request("STOCK", #"{"sku":"KETTLE","stores":["S1"]}"#).ok
        #expect(later?["stores"]?[0]?["reserved"]?.integer == 0)
    }

    @Test("the same push again reserves nothing more, a claim that is given back nothing less")
    func repeated() throws {
        let room = try StockRoom()
        for _ in 1...3 { room.push() }
        #expect(room.stock() == "8+2")
        room.steps("ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM", "ORDER_RELEASE", "ORDER_CLAIM")
        #expect(room.stock() == "8+2")
        room.push("1002")
        #expect(room.stock() == "6+4")
        try room.audit()
    }

    @Test("an amended order has set aside what it asks for now")
    func amended() throws {
        let room = try StockRoom()
        room.push()
        let lines =
            #"[{"sku":"MUG","name":"Mug","quantity":3,"price":1,"amount":3},"#
            + #"{"sku":"KETTLE","name":"Kettle","quantity":0.5,"price":1,"amount":1},"#
            + #"{"sku":"KETTLE","name":"Kettle","quantity":0.5,"price":1,"amount":1}]"#
        let amendment = #"{"order":"1001","based_on":1,"lines":\#(lines),"total":5}"#
        for _ in 1...2 { #expect(room.website.request("ORDER_AMEND", amendment).ok != nil) }
        #expect(room.stock() == "9+1")
        #expect(room.stock("MUG") == "2+3")
        try room.audit()
        _ = room.website.request("ORDER_CANCEL", #"{"order":"1001"}"#)
        #expect(room.stock() == "10+0")
        #expect(room.stock("MUG") == "5+0")
    }

    @Test("sales lower and returns raise what is there, once; voids do nothing, and what is not kept is not invented")
    func receipts() throws {
        let room = try StockRoom()
        let first = room.sell("KETTLE", "2.5")
        #expect(first.ok != nil)
        #expect(room.stock() == "7.5+0")
        // The same receipt again, and another under its key.
        _ = room.till.request("SALE", ReceiptText(number: "1", lines: [.init(sku: "KETTLE", quantity: "2.5")]).json)
        let conflict = ReceiptText(number: "1", lines: [.init(sku: "KETTLE", quantity: "5")])
        #expect(room.till.request("SALE", conflict.json).code == "conflict")
        #expect(room.stock() == "7.5+0")
        room.sell("KETTLE", "1", more: #","original":"S1/T01/1/1""#, kind: "RETURN")
        room.sell("KETTLE", "1", kind: "VOID")
        #expect(room.stock() == "8.5+0")
        room.sell("TEAPOT", "1")
        #expect(room.stock("TEAPOT") == nil)
        room.sell("KETTLE", "20")
        #expect(room.stock() == "0+0")
        room.sell("KETTLE", "15", more: #","original":"S1/T01/1/5""#, kind: "RETURN")
        #expect(room.stock() == "3.5+0")
        #expect(room.stock(of: "S2") == "3+0")
        try room.audit()
    }

    @Test("stock that is brought in when orders wait already counts them")
    func broughtInLate() throws {
        let room = try StockRoom()
        let push = PushText().json.replacing("KETTLE", with: "TEAPOT")
        #expect(room.website.request("ORDER_PUSH", push).ok != nil)
        #expect(room.stock("TEAPOT") == nil)
        room.count("TEAPOT", "5")
        #expect(room.stock("TEAPOT") == "3+2")
        _ = room.website.request("ORDER_CANCEL", #"{"order":"1001"}"#)
        #expect(room.stock("TEAPOT") == "5+0")
        try room.audit()
    }

    @Test("a sale under an order that another store has, or that is over, is a sale like any other")
    func otherOrders() throws {
        let room = try StockRoom()
        room.push()
        let elsewhere = try room.world.greeted(.register, "S2", "T01")
        let more = StockRoom.order
        let receipt = ReceiptText(lines: [.init(sku: "KETTLE", quantity: "1")], more: more)
        #expect(elsewhere.request("SALE", receipt.json).ok != nil)
        #expect(room.stock(of: "S2") == "2+0")
        #expect(room.stock() == "8+2")
        // Not claimed: the receipt is marked, the goods are gone, the order waits as before.
        #expect(room.sell("KETTLE", "1", more: more).marks == ["order_state"])
        #expect(room.stock() == "7+2")
        try room.audit()
    }
}
