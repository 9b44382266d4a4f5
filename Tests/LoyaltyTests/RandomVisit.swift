import Foundation
import Retail
import TestSupport

@testable import Loyalty

/// A programme with promotions of every kind and a visit to a shop, out of a seed.
struct RandomVisit {
    let programme: Programme
    let basket: [BasketLine]
    let context: QuoteContext

    init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        programme = try RandomVisit.programme(&generator)
        basket = (0..<Int.random(in: 0...8, using: &generator)).map { _ in RandomVisit.line(&generator) }
        context = RandomVisit.context(&generator)
    }

    private static func line(_ generator: inout SeededGenerator) -> BasketLine {
        let products = RandomProgramme.products
        let product = products.randomElement(using: &generator) ?? products[0]
        let price = Int64.random(in: 0...(Bool.random(using: &generator) ? 50 : 90_000), using: &generator)
        let quantity =
            Bool.random(using: &generator)
            ? Int64.random(in: 1...4, using: &generator) * 1_000 : Int64.random(in: 1...4_999, using: &generator)
        return BasketLine(
            sku: product.sku, quantity: Quantity(thousandths: quantity), price: Money(minorUnits: price),
            tillDiscount: Money(minorUnits: Int.random(in: 0...3, using: &generator) == 0 ? price / 3 : 0),
            category: product.category, brand: product.brand, tags: product.tags,
            minimumPrice: product.sku == "WINE" ? Money(minorUnits: price * 9 / 10) : nil)
    }

    private static func context(_ generator: inout SeededGenerator) -> QuoteContext {
        let hour = Int64.random(in: 0..<24 * 14, using: &generator)
        var shopper: Shopper?
        if Int.random(in: 0...4, using: &generator) > 0 {
            shopper = Shopper(
                standing: Standing(
                    turnover: Money(minorUnits: Int64.random(in: -5...200_000, using: &generator)),
                    pointsAvailable: Int64.random(in: 0...5_000, using: &generator)),
                external: ["K-1", "K-2"].randomElement(using: &generator),
                segment: ["economy", "premium"].randomElement(using: &generator),
                birthday: CalendarDate(iso: "1988-02-29"), purchases: Int64.random(in: 0...4, using: &generator),
                promotionUses: ["p1": 1, "p2": 3])
        }
        return QuoteContext(
            store: ["S1", "S2"].randomElement(using: &generator) ?? "S1",
            channel: Channel.allCases.randomElement(using: &generator) ?? .till,
            at: Instant(millisecondsSinceEpoch: 1_771_900_000_000 + hour * 3_600_000), secondsFromUTC: 10_800,
            shopper: shopper, spend: Int64.random(in: 0...3_000, using: &generator),
            coupons: Bool.random(using: &generator) ? ["TEN"] : [], promotionTotals: ["p0": 9, "p3": 1])
    }

    private static func programme(_ generator: inout SeededGenerator) throws -> Programme {
        let text = RandomProgramme.text(using: &generator)
        let document = try JSONDecoder().decode(ProgrammeDocument.self, from: Data(text.utf8))
        return try Programme(validating: document, hash: "random")
    }
}
