import Retail
import Testing

@testable import Gateway

@Suite("Points are held before payment")
struct HoldTests {
    /// A customer with 90 points that never burn.
    private func shop(_ more: String = "") throws -> Shop {
        let shop = try Shop(with: more)
        try shop.enrol()
        #expect(try shop.sell(300_000).points("earned") == 90)
        return shop
    }

    @Test("held points are not available to anybody else, and come back after a quarter of an hour")
    func time() throws {
        let shop = try shop()
        let held = try shop.hold(50, for: "9").ok
        #expect(held?["points"]?.integer == 50)
        #expect(held?["available"]?.integer == 40)
        #expect(held?["expires_at"]?.text == "2026-11-22T09:45:00Z")
        #expect(try shop.points() == Balance(40, held: 50))
        #expect(try shop.quote(1_000_000, spending: 90)?["points"]?["spent"]?.integer == 40)
        let refused = try shop.hold(41, for: "9", till: "T02")
        #expect(refused.error?["available"]?.integer == 40)
        #expect(refused.error?["field"]?.text == "points")
        #expect(refused.error?["reason"]?.text == "more than available")
        shop.pass(minutes: 15, milliseconds: -1)
        #expect(try shop.points() == Balance(40, held: 50))
        shop.pass(milliseconds: 1)
        #expect(try shop.points() == Balance(90))
        #expect(try shop.hold(90, for: "9", till: "T02").ok?["available"]?.integer == 0)
        try shop.bookTime()
        #expect(try shop.points() == Balance(0, held: 90))
        try shop.audit()
    }

    @Test("a hold outlives a restart, and so does its end")
    func restart() throws {
        let shop = try shop()
        _ = try shop.hold(50, for: "9")
        try shop.restart()
        #expect(try shop.points() == Balance(40, held: 50))
        #expect(try shop.hold(41, for: "9", till: "T02").error?["available"]?.integer == 40)
        shop.pass(minutes: 15)
        try shop.restart()
        #expect(try shop.points() == Balance(90))
        try shop.audit()
    }

    @Test("the programme says how long a hold lives")
    func ownTime() throws {
        let shop = try shop(#", "hold_minutes": 2"#)
        #expect(try shop.hold(50, for: "9").ok?["expires_at"]?.text == "2026-11-22T09:32:00Z")
        shop.pass(minutes: 2)
        #expect(try shop.points() == Balance(90))
        try shop.audit()
    }

    @Test("holding again replaces the points and begins the time anew; too many leave the hold as it was")
    func renewal() throws {
        let shop = try shop()
        let first = try shop.hold(50, for: "9").ok
        shop.pass(minutes: 10)
        let second = try shop.hold(80, for: "9").ok
        #expect(second?["hold"] == first?["hold"])
        #expect(second?["available"]?.integer == 10)
        #expect(second?["expires_at"]?.text == "2026-11-22T09:55:00Z")
        #expect(try shop.hold(91, for: "9").error?["available"]?.integer == 90)
        #expect(try shop.points() == Balance(10, held: 80))
        #expect(try shop.hold(20, for: "9").ok?["available"]?.integer == 70)
        shop.pass(minutes: 14)
        #expect(try shop.points() == Balance(70, held: 20))
        shop.pass(minutes: 1)
        #expect(try shop.points() == Balance(90))
        for points in ["0", "-1"] {
            let refused = try shop.till().request(
                "HOLD", #"{"shift":1,"number":"9","customer_id":"c-1","points":\#(points)}"#)
            #expect(refused.code == "bad_field")
        }
        #expect(try shop.hold(1, for: "9", of: "c-99").code == "unknown_customer")
        try shop.audit()
    }

    @Test("releasing gives the points back at once, and is safe to repeat")
    func release() throws {
        let shop = try shop()
        _ = try shop.hold(50, for: "9")
        #expect(try shop.release("9").ok?["released"]?.integer == 50)
        #expect(try shop.points() == Balance(90))
        #expect(try shop.release("9").ok?["released"]?.integer == 0)
        #expect(try shop.release("never").ok?["released"]?.integer == 0)
        _ = try shop.hold(50, for: "9")
        // Another till's release is about a receipt of its own.
        #expect(try shop.release("9", till: "T02").ok?["released"]?.integer == 0)
        shop.pass(minutes: 15)
        #expect(try shop.release("9").ok?["released"]?.integer == 0)
        try shop.audit()
    }

    @Test("a sale takes what it spends of its hold and frees the rest, whether it names the hold or not")
    func committed() throws {
        let shop = try shop()
        let id = try #require(try shop.hold(50, for: "9").ok?["hold"]?.text)
        let named = try shop.sell(200_000, spending: 30, number: "9", #","hold":"\#(id)""#)
        #expect(named.marks == [])
        #expect(named.points("spent") == 30)
        #expect(named.points("balance") == 119)
        #expect(try shop.points() == Balance(119))
        _ = try shop.hold(50, for: "10")
        let unnamed = try shop.sell(200_000, spending: 50, number: "10")
        #expect(unnamed.marks == [])
        #expect(unnamed.points("balance") == 127)
        let refused = try shop.hold(1, for: "10")
        #expect(refused.code == "bad_state")
        #expect(refused.error?["state"]?.text == "committed")
        #expect(try shop.release("10").error?["state"]?.text == "committed")
        try shop.restart()
        #expect(try shop.points() == Balance(127))
        try shop.audit()
    }

    @Test("a sale spends its own hold while other receipts hold all the rest")
    func ownHoldFirst() throws {
        let shop = try shop()
        _ = try shop.hold(50, for: "9")
        _ = try shop.hold(40, for: "9", till: "T02")
        let first = try shop.sell(200_000, spending: 50, number: "9")
        #expect(first.marks == [])
        #expect(first.points("debt") == 0)
        #expect(try shop.points() == Balance(58, held: 40))
        #expect(try shop.sell(200_000, spending: 40, till: "T02", number: "9").points("debt") == 0)
        try shop.audit()
    }

    @Test("a void gives the points back")
    func void() throws {
        let shop = try shop()
        _ = try shop.hold(50, for: "9")
        let void = #"{"shift":1,"number":"9","at":"2026-11-22T09:30:00Z"}"#
        #expect(try shop.till().request("VOID", void).ok?["points"] == .null)
        #expect(try shop.points() == Balance(90))
        #expect(try shop.hold(5, for: "9").error?["state"]?.text == "committed")
        try shop.audit()
    }

    @Test("a sale to somebody else, or to nobody, gives the points back to their owner")
    func otherBuyer() throws {
        let shop = try shop()
        try shop.enrol("7000005678")
        for (number, buyer) in [("9", "c-2"), ("10", nil), ("11", "c-99")] as [(String, String?)] {
            _ = try shop.hold(50, for: number)
            try shop.sell(to: buyer, number: number)
            #expect(try shop.points() == Balance(90), "\(number)")
        }
        try shop.audit()
    }

    @Test("holding for another customer replaces the hold of the first")
    func otherCustomer() throws {
        let shop = try shop()
        try shop.enrol("7000005678")
        try shop.sell(200_000, to: "c-2")
        _ = try shop.hold(50, for: "9")
        // Refused whole: the first customer's hold stays.
        #expect(try shop.hold(61, for: "9", of: "c-2").error?["available"]?.integer == 60)
        #expect(try shop.points() == Balance(40, held: 50))
        #expect(try shop.hold(60, for: "9", of: "c-2").ok?["available"]?.integer == 0)
        #expect(try shop.points() == Balance(90))
        #expect(try shop.points("c-2") == Balance(0, held: 60))
        #expect(try shop.sell(300_000, spending: 60, to: "c-2", number: "9").points("debt") == 0)
        try shop.audit()
    }

    @Test("the app holds for a till, and the till's sale commits it")
    func app() throws {
        let shop = try shop()
        let app = try shop.app()
        let body = #"{"shift":1,"number":"9","till":"T02","customer_id":"c-1","points":50}"#
        #expect(app.request("HOLD", body).ok?["available"]?.integer == 40)
        #expect(app.request("HOLD", body.replacing(#""till":"T02","#, with: "")).code == "missing_field")
        #expect(try shop.till("T01").request("HOLD", body).code == "forbidden")
        #expect(try shop.till("T01").request("RELEASE", #"{"shift":1,"number":"9","till":"T02"}"#).code == "forbidden")
        #expect(try shop.website().request("HOLD", body).code == "forbidden")
        // The till may renew what the app began.
        #expect(try shop.hold(60, for: "9", till: "T02").ok?["available"]?.integer == 30)
        let sale = try shop.sell(300_000, spending: 60, till: "T02", number: "9")
        #expect(sale.marks == [])
        #expect(sale.points("balance") == 118)
        #expect(app.request("HOLD", body).code == "bad_state")
        _ = app.request("HOLD", body.replacing(#""9""#, with: #""10""#))
        let release = #"{"shift":1,"number":"10","till":"T02"}"#
        #expect(app.request("RELEASE", release).ok?["released"]?.integer == 50)
        try shop.audit()
    }

    // MARK: What went wrong

    @Test("a sale whose hold has ended is stored, marked, and pays with what is available")
    func endedHold() throws {
        let shop = try shop()
        let id = try #require(try shop.hold(50, for: "9").ok?["hold"]?.text)
        shop.pass(minutes: 15)
        let sale = try shop.sell(200_000, spending: 50, number: "9", #","hold":"\#(id)""#)
        #expect(sale.marks == ["hold_missing"])
        #expect(sale.points("balance") == 98)
        #expect(sale.points("debt") == 0)
        try shop.audit()
    }

    @Test("a sale that names another receipt's hold, one that never was, or one that is too small is marked")
    func missingHold() throws {
        let shop = try shop()
        let id = try #require(try shop.hold(10, for: "9").ok?["hold"]?.text)
        #expect(try shop.sell(200_000, spending: 5, number: "10", #","hold":"\#(id)""#).marks == ["hold_missing"])
        #expect(try shop.sell(200_000, spending: 5, number: "11", #","hold":"h-0""#).marks == ["hold_missing"])
        #expect(try shop.sell(200_000, spending: 11, number: "9", #","hold":"\#(id)""#).marks == ["hold_missing"])
        try shop.audit()
    }

    @Test("what is not there becomes a debt that the next points repay, pending or not")
    func debt() throws {
        let shop = try shop(#", "activation_days": 14"#)
        shop.pass(days: 14)
        let id = try #require(try shop.hold(80, for: "9").ok?["hold"]?.text)
        shop.pass(minutes: 20)
        // Another till was quicker.
        #expect(try shop.sell(200_000, spending: 60, till: "T02", number: "9").points("balance") == 30)
        let late = try shop.sell(300_000, spending: 80, number: "9", #","hold":"\#(id)""#)
        #expect(late.marks == ["hold_missing", "points_debt"])
        // 30 were there, 58 of the other sale were pending; its own 87 repay the 50 that are missing.
        #expect(late.points("debt") == 0)
        #expect(late.points("balance") == 0)
        #expect(late.points("pending") == 95)
        #expect(try shop.points() == Balance(pending: 95))
        let again = try shop.sell(10_000, spending: 40, number: "10")
        #expect(again.marks == ["points_debt"])
        #expect(again.points("debt") == 39)
        #expect(try shop.points() == Balance(pending: 95, debt: 39))
        #expect(try shop.quote(spending: 10)?["points"]?["available"]?.integer == 0)
        #expect(try shop.hold(1, for: "11").error?["available"]?.integer == 0)
        try shop.restart()
        #expect(try shop.points() == Balance(pending: 95, debt: 39))
        // Points that become active repay it, without anybody asking.
        shop.pass(days: 14)
        #expect(try shop.points() == Balance(56))
        try shop.bookTime()
        #expect(try shop.points() == Balance(56))
        try shop.audit()
    }

    @Test("held points do not burn while they are held, and burn when the hold ends")
    func heldOverNight() throws {
        let shop = try shop(#", "expiry_days": 0"#)
        try shop.pass(until: "2026-11-22T20:55:00Z")
        _ = try shop.hold(50, for: "9")
        try shop.pass(until: "2026-11-22T21:00:00Z")
        #expect(try shop.points() == Balance(held: 50))
        try shop.bookTime()
        #expect(try shop.points() == Balance(held: 50))
        #expect(try shop.hold(10, for: "9").ok?["available"]?.integer == 0)
        #expect(try shop.points() == Balance(held: 10))
        #expect(try shop.sell(300_000, spending: 10, number: "9").points("debt") == 0)
        try shop.audit()
    }
}
