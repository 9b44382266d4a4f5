import Foundation
import Retail
import TestSupport

@testable import Loyalty

/// The programme of the examples: three tiers, one point is worth 1.00, up to half of a line.
enum Programmes {
    static let clubText = """
        {"id": "club", "version": 4, "currency": "RUB", "point_value": 100, "max_redeem": 5000,
         "tiers": [{"name": "Base", "threshold": 0, "earn_rate": 300},
                   {"name": "Silver", "threshold": 1000000, "earn_rate": 500},
                   {"name": "Gold", "threshold": 5000000, "earn_rate": 1000}],
         "excluded_skus": ["TOBACCO"]}
        """

    static func club(_ change: (inout ProgrammeDocument) -> Void = { _ in }) throws -> Programme {
        var document = try JSONDecoder().decode(ProgrammeDocument.self, from: Data(clubText.utf8))
        change(&document)
        return try Programme(validating: document, hash: "4f2a")
    }

    /// A programme of one tier without points that only has these promotions.
    static func promoting(_ promotions: String...) throws -> Programme {
        let text = """
            {"id": "a", "version": 1, "currency": "RUB", "promotions": [\(promotions.joined(separator: ","))],
             "tiers": [{"name": "One", "threshold": 0, "earn_rate": 0}]}
            """
        let document = try JSONDecoder().decode(ProgrammeDocument.self, from: Data(text.utf8))
        return try Programme(validating: document, hash: "0")
    }

    static let now = Instant(millisecondsSinceEpoch: 1_795_339_800_000)

    static func line(
        _ sku: String, _ price: Int64, quantity: Int64 = 1_000, discount: Int64 = 0
    ) -> BasketLine {
        BasketLine(
            sku: sku, quantity: Quantity(thousandths: quantity), price: Money(minorUnits: price),
            tillDiscount: Money(minorUnits: discount))
    }

    static func standing(_ turnover: Int64, points: Int64) -> Standing {
        Standing(turnover: Money(minorUnits: turnover), pointsAvailable: points)
    }
}

/// A basket and a customer out of a seed, with amounts around the places where rounding happens.
struct RandomPurchase {
    let basket: [BasketLine]
    let customer: Standing
    let spend: Int64
    let programme: Programme

    init(using generator: inout SeededGenerator) throws {
        let pointValues: [Int64] = [1, 7, 50, 100, 1_000]
        let redeemRates = [0, 1, 3_333, 5_000, 10_000]
        let pointValue = pointValues.randomElement(using: &generator) ?? 100
        let maxRedeem = redeemRates.randomElement(using: &generator) ?? 0
        programme = try Programmes.club {
            $0.pointValue = pointValue
            $0.maxRedeem = maxRedeem
        }
        let count = Int.random(in: 0...12, using: &generator)
        basket = (0..<count).map { _ in
            Programmes.line(
                Int.random(in: 0...4, using: &generator) == 0 ? "TOBACCO" : "A",
                Int64.random(in: 0...(Bool.random(using: &generator) ? 300 : 2_000_000), using: &generator),
                quantity: Bool.random(using: &generator) ? 1_000 : Int64.random(in: 1...9_999, using: &generator),
                discount: Bool.random(using: &generator) ? 0 : Int64.random(in: 0...3_000, using: &generator))
        }
        customer = Programmes.standing(
            Int64.random(in: -1_000...6_000_000, using: &generator),
            points: Int64.random(in: 0...20_000, using: &generator))
        spend = Int64.random(in: 0...25_000, using: &generator)
    }

    func quoted() throws(QuoteError) -> Quote {
        try quote(
            basket, customer: customer, spend: spend, programme: programme, language: .english, at: Programmes.now)
    }
}
