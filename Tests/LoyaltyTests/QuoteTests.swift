import Retail
import Testing

@testable import Loyalty

@Suite("Quotes")
struct QuoteTests {
    private func quoted(
        _ basket: [BasketLine], customer: Standing? = Programmes.standing(0, points: 0), spend: Int64 = 0,
        change: (inout ProgrammeDocument) -> Void = { _ in }
    ) throws -> Quote {
        try quote(
            basket, customer: customer, spend: spend, programme: try Programmes.club(change), language: .english,
            at: Programmes.now)
    }

    @Test("a line costs price × quantity, rounded half up, less the till's discount")
    func lineAmount() throws {
        let quote = try quoted([Programmes.line("A", 255, quantity: 2_474, discount: 31)])
        #expect(quote.lines.map(\.amount) == [Money(minorUnits: 600)])
        #expect(quote.lines[0].taken == [Taken(origin: .till, id: nil, amount: Money(minorUnits: 31))])
        #expect(quote.subtotal == Money(minorUnits: 631))
        #expect(quote.discount == Money(minorUnits: 31))
        #expect(quote.total == Money(minorUnits: 600))
    }

    @Test("a discount larger than the line takes the line to zero, not below")
    func discountTooLarge() throws {
        let quote = try quoted([Programmes.line("A", 100, discount: 250), Programmes.line("B", 50)])
        #expect(quote.lines.map(\.amount.minorUnits) == [0, 50])
        #expect(quote.lines[0].taken.map(\.amount.minorUnits) == [100])
        #expect(quote.discount == Money(minorUnits: 100))
    }

    @Test("points are rated on the receipt and rounded down once, then split back over the lines")
    func earnedOnce() throws {
        // 3 × 33.00 at 3 % are 0.99 points a line, 2.97 together: 2, not 0 and not 3.
        let quote = try quoted([Programmes.line("A", 3_300), Programmes.line("B", 3_300), Programmes.line("C", 3_300)])
        #expect(quote.earned == 2)
        #expect(quote.lines.map(\.earned) == [1, 1, 0])
    }

    @Test("the tier before the purchase decides the rate, the tier after it counts from the next receipt")
    func tierBefore() throws {
        let quote = try quoted([Programmes.line("A", 100_000)], customer: Programmes.standing(950_000, points: 0))
        #expect(quote.earned == 30)
        #expect(quote.tier?.name == "Base")
        #expect(quote.tierAfter?.name == "Silver")
        #expect(quote.missingToNextTier == Money(minorUnits: 3_950_000))
    }

    @Test("excluded products earn nothing and cannot be paid with points")
    func excluded() throws {
        let basket = [Programmes.line("TOBACCO", 20_000), Programmes.line("A", 10_000)]
        let quote = try quoted(basket, customer: Programmes.standing(0, points: 1_000), spend: 1_000)
        #expect(quote.spendable == 50)
        #expect(quote.lines.map(\.amount.minorUnits) == [20_000, 5_000])
        #expect(quote.lines.map(\.spent) == [0, 50])
        #expect(quote.lines.map(\.earned) == [0, 1])
        #expect(quote.total == Money(minorUnits: 25_000))
    }

    @Test("what may be paid with points is rounded down on every line")
    func redeemRoundedPerLine() throws {
        // Half of 1.01 is 0.50 on each line; half of the sum 4.04 would be 2.02.
        let basket = Array(repeating: Programmes.line("A", 101), count: 4)
        let quote = try quoted(basket, customer: Programmes.standing(0, points: 1_000)) { $0.pointValue = 1 }
        #expect(quote.spendable == 200)
    }

    @Test("points are worth nothing in part: only whole points can be spent")
    func wholePoints() throws {
        let quote = try quoted([Programmes.line("A", 399)], customer: Programmes.standing(0, points: 10), spend: 10)
        #expect(quote.spendable == 1)
        #expect(quote.spent == 1)
        #expect(quote.total == Money(minorUnits: 299))
    }

    @Test("a point worth more than a line takes it to zero at most")
    func pointWorthMoreThanLine() throws {
        let basket = [Programmes.line("A", 150), Programmes.line("B", 50)]
        let quote = try quoted(basket, customer: Programmes.standing(0, points: 2), spend: 2) { $0.maxRedeem = 10_000 }
        #expect(quote.lines.map(\.amount.minorUnits) == [0, 0])
        #expect(quote.lines.map(\.spent) == [2, 0])
        #expect(quote.spent == 2)
        #expect(quote.earned == 0)
    }

    @Test("no more is spent than the customer has")
    func availablePoints() throws {
        let customer = Programmes.standing(0, points: 7)
        let quote = try quoted([Programmes.line("A", 100_000)], customer: customer, spend: 100)
        #expect(quote.available == 7)
        #expect(quote.spendable == 7)
        #expect(quote.spent == 7)
        let debtor = try quoted([Programmes.line("A", 100_000)], customer: Programmes.standing(0, points: -3), spend: 1)
        #expect(debtor.spent == 0)
    }

    @Test("a basket without a customer is priced, but has no points and no tier")
    func noCustomer() throws {
        let quote = try quoted([Programmes.line("A", 100_000)], customer: nil, spend: 5)
        #expect(quote.total == Money(minorUnits: 100_000))
        #expect(quote.spent == 0 && quote.spendable == 0 && quote.earned == 0)
        #expect(quote.tier == nil && quote.tierAfter == nil && quote.missingToNextTier == nil)
    }

    @Test("an empty basket costs nothing")
    func emptyBasket() throws {
        let quote = try quoted([], customer: Programmes.standing(0, points: 5), spend: 5)
        #expect(quote.total == .zero && quote.spent == 0 && quote.lines.isEmpty)
    }

    @Test("a quote names its rules and holds for the programme's time")
    func rulesAndValidity() throws {
        let quote = try quoted([])
        #expect(quote.rules == RuleSet(id: "club", version: 4, hash: "4f2a"))
        #expect(quote.validUntil == Programmes.now.adding(milliseconds: 900_000))
    }

    @Test("what cannot be quoted is refused naming the field")
    func refused() throws {
        let sound = Programmes.line("A", 100)
        func check(_ basket: [BasketLine], spend: Int64 = 0, _ error: QuoteError, _ field: String) {
            #expect(throws: error) { try quoted(basket, spend: spend) }
            #expect(error.field == field)
            #expect(!error.reason.isEmpty)
        }
        check([sound, Programmes.line("A", 1, quantity: 0)], .quantityNotPositive(line: 1), "lines[1].quantity")
        check([Programmes.line("A", -1)], .priceNegative(line: 0), "lines[0].price")
        check([Programmes.line("A", 1, discount: -1)], .discountNegative(line: 0), "lines[0].discount")
        check([sound], spend: -1, .spendNegative, "spend")
        check([sound, Programmes.line("A", .max, quantity: 2_000)], .overflow(line: 1), "lines[1]")
        check([Programmes.line("A", .max), sound], .overflow(line: nil), "lines")
    }

    @Test("a turnover that leaves 64 bits is an overflow")
    func turnoverOverflow() throws {
        #expect(throws: QuoteError.overflow(line: nil)) {
            try quoted([Programmes.line("A", 1)], customer: Programmes.standing(.max, points: 0))
        }
    }
}
