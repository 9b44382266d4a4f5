import Retail
import Testing

@testable import Loyalty

@Suite("Properties of quotes with promotions")
struct PromotionPropertyTests {
    @Test("parts add up to wholes, and no line costs less than it must", arguments: UInt64(1)...400)
    func addsUp(seed: UInt64) throws {
        let visit = try RandomVisit(seed: seed)
        let quote = try quote(visit.basket, in: visit.context, programme: visit.programme)
        #expect(quote.lines.reduce(0) { $0 + $1.amount.minorUnits } == quote.total.minorUnits)
        #expect(quote.subtotal.minorUnits - quote.discount.minorUnits == quote.total.minorUnits)
        #expect(quote.lines.reduce(0) { $0 + $1.earned } == quote.earned)
        #expect(quote.base + quote.extra.reduce(0) { $0 + $1.points } == quote.earned)
        #expect(quote.lines.reduce(0) { $0 + $1.spent } == quote.spent)
        let byPoints = quote.lines.flatMap(\.taken).filter { $0.origin == .points }
        #expect(
            byPoints.reduce(0) { $0 + $1.amount.minorUnits } == quote.spent * visit.programme.pointValue.minorUnits)
        for (line, item) in zip(quote.lines, visit.basket) {
            let gross = try item.gross().minorUnits
            let minimum = max(visit.programme.minimumPrices[item.sku] ?? .zero, item.minimumPrice ?? .zero)
            #expect(line.taken.allSatisfy { $0.amount > .zero })
            #expect(line.amount.minorUnits + line.taken.reduce(0) { $0 + $1.amount.minorUnits } == gross)
            #expect(line.amount.minorUnits >= min(gross, try minimum.times(item.quantity).minorUnits))
            if item.category == "tobacco" { #expect(line.earned == 0) }
            if item.tags.contains("adult") { #expect(line.spent == 0) }
        }
    }

    @Test(
        "the index finds every promotion that applies: explaining tries them all and comes to the same",
        arguments: UInt64(1)...400)
    func indexMissesNothing(seed: UInt64) throws {
        let visit = try RandomVisit(seed: seed)
        let quote = try quote(visit.basket, in: visit.context, programme: visit.programme)
        let explained = try explainedQuote(visit.basket, in: visit.context, programme: visit.programme)
        #expect(explained.quote == quote)
        let applied = explained.trace.promotions.filter {
            if case .applied = $0.outcome { true } else { false }
        }
        #expect(Set(applied.map(\.id)) == Set(quote.promotions.map(\.id)))
        #expect(applied.count == quote.promotions.count)
    }

    @Test(
        "a receipt earns the same whether or not every step is written down, which tries all promotions",
        arguments: UInt64(1)...400)
    func recordedReceipt(seed: UInt64) throws {
        let visit = try RandomVisit(seed: seed)
        let lines = visit.basket.map { item in
            ReceiptLine(
                sku: item.sku, name: item.sku, quantity: item.quantity, price: item.price,
                amount: Money(minorUnits: item.price.minorUnits / 2))
        }
        let tenders = [Tender(kind: "points", amount: Money(minorUnits: 500))]
        let plain = try evaluate(
            receiptLines: lines, tenders: tenders, products: visit.basket, in: visit.context,
            programme: visit.programme)
        let explained = try explainedEvaluation(
            receiptLines: lines, tenders: tenders, products: visit.basket, in: visit.context,
            programme: visit.programme)
        #expect(plain == explained.evaluation)
    }

    @Test(
        "a receipt paid as quoted earns what was quoted, line by line, and names its promotions",
        arguments: UInt64(1)...200)
    func receiptAsQuoted(seed: UInt64) throws {
        let visit = try RandomVisit(seed: seed)
        guard visit.context.shopper != nil else { return }
        let quote = try quote(visit.basket, in: visit.context, programme: visit.programme)
        let lines = zip(visit.basket, quote.lines).map { item, quoted in
            ReceiptLine(
                sku: item.sku, name: item.sku, quantity: item.quantity, price: item.price, amount: quoted.amount,
                discounts: quoted.taken.map {
                    LineDiscount(origin: $0.origin.rawValue, id: $0.id, amount: $0.amount)
                })
        }
        let evaluation = try evaluate(
            receiptLines: lines, products: visit.basket, in: visit.context, programme: visit.programme)
        #expect(evaluation.earned == quote.earned)
        #expect(evaluation.extra == quote.extra)
        #expect(evaluation.lines.map(\.earned) == quote.lines.map(\.earned))
        #expect(evaluation.lines.map(\.spent) == quote.lines.map(\.spent))
        #expect(evaluation.paid == quote.total)
        let used = quote.promotions.filter { $0.amount > .zero || $0.points > 0 }.map(\.id)
        #expect(evaluation.promotions == used.sorted())
    }

    @Test("without promotions the order of the lines changes no total", arguments: UInt64(1)...100)
    func orderOfLines(seed: UInt64) throws {
        let visit = try RandomVisit(seed: seed)
        guard visit.programme.promotions.map(\.id) == [Birthday.promotionID] else { return }
        let quote = try quote(visit.basket, in: visit.context, programme: visit.programme)
        let mirrored = try Loyalty.quote(
            visit.basket.reversed(), in: visit.context, programme: visit.programme)
        #expect(mirrored.total == quote.total)
        #expect(mirrored.earned == quote.earned)
        #expect(mirrored.spendable == quote.spendable)
    }
}
