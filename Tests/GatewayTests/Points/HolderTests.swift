import Retail
import Testing

@testable import Gateway

@Suite("Whose points a sale spends that names nobody")
struct HolderTests {
    /// A customer with 90 points, and another with 60.
    private func shop() throws -> Shop {
        let shop = try Shop()
        try shop.enrol()
        try shop.enrol("7000005678")
        #expect(try shop.sell(300_000).points("earned") == 90)
        #expect(try shop.sell(200_000, to: "c-2").points("earned") == 60)
        return shop
    }

    @Test("the sale is that of the customer whose points its key holds, as a discount and as a payment")
    func holder() throws {
        let shop = try shop()
        _ = try shop.hold(50, for: "9", of: "c-2")
        let discount = try shop.sell(200_000, spending: 40, to: nil, number: "9")
        #expect(discount.marks == [])
        #expect(discount.ok?["customer_id"]?.text == "c-2")
        #expect(discount.points("spent") == 40)
        #expect(discount.points("earned") == 58)
        #expect(discount.points("balance") == 78)
        _ = try shop.hold(50, for: "10")
        let tender = ReceiptText(
            number: "10", payments: #"[{"kind":"points","amount":5000},{"kind":"card","amount":95000}]"#)
        let paid = try shop.till().request("SALE", tender.json)
        #expect(paid.marks == [])
        #expect(paid.ok?["customer_id"]?.text == "c-1")
        #expect(paid.points("spent") == 50)
        #expect(paid.points("earned") == 28)
        #expect(try shop.points() == Balance(68))
        #expect(try shop.points("c-2") == Balance(78))
        // What was sold this way comes back to the same customer.
        let back = try shop.giveBack(of: "S1/T01/1/10")
        #expect(back.ok?["customer_id"]?.text == "c-1")
        #expect(try shop.points() == Balance(90))
        #expect(try shop.till().request("SALE", tender.json).ok == paid.ok)
        try shop.audit()
    }

    @Test("a sale that does what was quoted to the holder agrees with the quote, though it does not name them")
    func quoted() throws {
        let shop = try shop()
        let basket = Basket([("MUG", "1", 200_000)])
        let quote = try basket.quote(shop, to: "c-1", spending: 50)
        _ = try shop.hold(50, for: "9")
        let sale = try basket.sell(shop, to: nil, as: quote, number: "9")
        #expect(sale.marks == [])
        #expect(sale.points("spent") == 50)
        #expect(sale.points("earned") == quote["points"]?["earned"]?.integer)
        // Without the hold nobody knows who it was quoted to.
        #expect(try basket.sell(shop, to: nil, as: quote, number: "10").marks == ["quote_differs", "hold_missing"])
        try shop.audit()
    }

    @Test("a customer that nobody knows is the holder, too, and the receipt says what was odd")
    func unknownCustomer() throws {
        let shop = try shop()
        _ = try shop.hold(50, for: "9")
        let sale = try shop.sell(200_000, spending: 50, to: "c-99", number: "9")
        #expect(sale.marks == ["customer_unknown"])
        #expect(sale.ok?["customer_id"]?.text == "c-1")
        #expect(sale.points("spent") == 50)
        #expect(try shop.points() == Balance(98))
        try shop.audit()
    }

    @Test("another till's hold of the same number is not this receipt's")
    func otherTill() throws {
        let shop = try shop()
        _ = try shop.hold(50, for: "9", till: "T02")
        let sale = try shop.sell(200_000, spending: 50, to: nil, number: "9")
        #expect(sale.marks == ["hold_missing"])
        #expect(sale.ok?["customer_id"] == .null)
        #expect(try shop.points() == Balance(40, held: 50))
        try shop.audit()
    }

    @Test("points of nobody are marked, as a discount and as a payment, and change nobody's balance")
    func nobody() throws {
        let shop = try shop()
        let discount = try shop.sell(200_000, spending: 40, to: nil)
        #expect(discount.marks == ["hold_missing"])
        #expect(discount.ok?["customer_id"] == .null)
        #expect(discount.ok?["points"] == .null)
        let tender = ReceiptText(
            number: "10", payments: #"[{"kind":"points","amount":5000},{"kind":"card","amount":95000}]"#)
        #expect(try shop.till().request("SALE", tender.json).marks == ["hold_missing"])
        #expect(try shop.sell(200_000, to: nil).marks == [])
        #expect(try shop.points() == Balance(90))
        #expect(try shop.points("c-2") == Balance(60))
        try shop.audit()
    }

    @Test("a hold that has ended names nobody, also while nobody has cleared it away")
    func ended() throws {
        let shop = try shop()
        _ = try shop.hold(50, for: "9")
        shop.pass(minutes: 15)
        let sale = try shop.sell(200_000, spending: 40, to: nil, number: "9")
        #expect(sale.marks == ["hold_missing"])
        #expect(sale.ok?["customer_id"] == .null)
        #expect(try shop.points() == Balance(90))
        try shop.audit()
    }
}
