import Retail
import TestSupport

@testable import Gateway

extension Basket {
    /// A basket of random goods, some weighed, some already reduced by the till; with a coupon now and then.
    init(using generator: inout SeededGenerator) throws {
        let lines = try (0..<Int.random(in: 1...6, using: &generator)).map { _ in try Line(using: &generator) }
        self.init(lines, coupons: Bool.random(using: &generator) ? #","coupons":["TEN"]"# : "")
    }
}

extension Basket.Line {
    fileprivate init(using generator: inout SeededGenerator) throws {
        let products = RandomProgramme.products
        let product = products.randomElement(using: &generator) ?? products[0]
        let price = Int64.random(in: 0...(Bool.random(using: &generator) ? 50 : 90_000), using: &generator)
        let thousandths =
            Bool.random(using: &generator)
            ? Int64.random(in: 1...4, using: &generator) * 1_000 : Int64.random(in: 1...4_999, using: &generator)
        let quantity = Quantity(thousandths: thousandths)
        let gross = try Money(minorUnits: price).times(quantity).minorUnits
        let tags = product.tags.map { #""\#($0)""# }.joined(separator: ",")
        let minimum = product.sku == "WINE" ? #","min_price":\#(price * 9 / 10)"# : ""
        self.init(
            sku: product.sku, quantity: quantity.decimalText, price: price,
            tillDiscount: Int.random(in: 0...3, using: &generator) == 0 ? gross / 3 : 0,
            more: #","category":"\#(product.category)","brand":"\#(product.brand)","tags":[\#(tags)]\#(minimum)"#)
    }
}

extension Shop {
    /// A shop with a random programme, and the customers c-1 and c-2, each of whom has bought and has points.
    convenience init(
        using generator: inout SeededGenerator, more: String = "", firstPurchase: ClosedRange<Int64> = 1_000...900_000
    ) throws {
        let programme = RandomProgramme.text(using: &generator, more: more)
        try self.init(TestWorld(programmes: [programme]))
        let birthday = Bool.random(using: &generator) ? #","birthday":"1990-11-24""# : ""
        try enrol("7000000001", #","external":"K-1","segment":"premium"\#(birthday)"#)
        try enrol("7000000002", #","external":"K-2""#)
        for customer in ["c-1", "c-2"] {
            try sell(Int64.random(in: firstPurchase, using: &generator), to: customer)
        }
    }
}
