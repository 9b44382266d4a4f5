import Foundation
import Retail
import Testing

@testable import Loyalty

/// Cases that another implementation of the rules, in another language, has answered
/// (`Tests/Oracle/quote_oracle.py --seed N`): two implementations must give the same kopeck.
@Suite("Quotes against the oracle")
struct QuoteOracleTests {
    private struct CaseFile: Decodable {
        var seed: Int
        var cases: [Case]
    }

    private struct Case: Decodable {
        struct Customer: Decodable {
            var turnover: Int64
            var pointsAvailable: Int64
        }
        struct Line: Decodable {
            var sku: String
            var price: Int64
            var quantityThousandths: Int64
            var discount: Int64
        }
        var customer: Customer?
        var lines: [Line]
        var spend: Int64
        var expected: Answer
    }

    private struct Answer: Decodable, Equatable {
        struct Line: Decodable, Equatable {
            var amount: Int64
            var till: Int64
            var points: Int64
            var earned: Int64
            var spent: Int64
        }
        var lines: [Line]
        var subtotal: Int64
        var discount: Int64
        var total: Int64
        var spendable: Int64
        var spent: Int64
        var earned: Int64
        var tier: String?
        var tierAfter: String?
        var missingToNext: Int64?

        init(_ quote: Quote) {
            lines = quote.lines.map { line in
                func taken(_ origin: Taken.Origin) -> Int64 {
                    line.taken.filter { $0.origin == origin }.map(\.amount.minorUnits).reduce(0, +)
                }
                return Line(
                    amount: line.amount.minorUnits, till: taken(.till), points: taken(.points), earned: line.earned,
                    spent: line.spent)
            }
            subtotal = quote.subtotal.minorUnits
            discount = quote.discount.minorUnits
            total = quote.total.minorUnits
            spendable = quote.spendable
            spent = quote.spent
            earned = quote.earned
            tier = quote.tier?.name
            tierAfter = quote.tierAfter?.name
            missingToNext = quote.missingToNextTier?.minorUnits
        }
    }

    /// The programmes of the cases, read by the same decoder as a real programme file.
    private struct Programmes: Decodable {
        struct Case: Decodable {
            var programme: ProgrammeDocument
        }
        var cases: [Case]
    }

    @Test(
        "every case is answered to the minor unit and the point",
        arguments: ["quotes-seed-1", "quotes-seed-2", "quotes-seed-3"])
    func sameAnswers(name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")
        let data = try Data(contentsOf: folder.appending(path: "\(name).json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let file = try decoder.decode(CaseFile.self, from: data)
        let programmes = try JSONDecoder().decode(Programmes.self, from: data).cases.map(\.programme)
        #expect(file.cases.count == 20)
        for (number, given) in file.cases.enumerated() {
            let answer = try quote(
                given.lines.map { line in
                    BasketLine(
                        sku: line.sku, quantity: Quantity(thousandths: line.quantityThousandths),
                        price: Money(minorUnits: line.price), tillDiscount: Money(minorUnits: line.discount))
                },
                customer: given.customer.map { customer in
                    Standing(
                        turnover: Money(minorUnits: customer.turnover), pointsAvailable: customer.pointsAvailable)
                },
                spend: given.spend, programme: try Programme(validating: programmes[number], hash: name),
                language: .english, at: Instant(millisecondsSinceEpoch: 0))
            #expect(Answer(answer) == given.expected, "case \(number) of seed \(file.seed)")
        }
    }
}
