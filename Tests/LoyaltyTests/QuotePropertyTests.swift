import Retail
import TestSupport
import Testing

@testable import Loyalty

@Suite("Properties of quotes")
struct QuotePropertyTests {
    @Test("lines, discounts and points always add up, and nothing is below zero", arguments: UInt64(1)...60)
    func addsUp(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let purchase = try RandomPurchase(using: &generator)
            let quote = try purchase.quoted()
            let amounts = quote.lines.map(\.amount.minorUnits)
            #expect(quote.lines.count == purchase.basket.count)
            #expect(amounts.allSatisfy { $0 >= 0 })
            #expect(amounts.reduce(0, +) == quote.total.minorUnits)
            #expect(quote.subtotal.minorUnits - quote.discount.minorUnits == quote.total.minorUnits)
            #expect(quote.lines.map(\.earned).reduce(0, +) == quote.earned)
            #expect(quote.lines.map(\.spent).reduce(0, +) == quote.spent)
            #expect(quote.lines.allSatisfy { $0.earned >= 0 && $0.spent >= 0 })
            for (line, item) in zip(quote.lines, purchase.basket) {
                let taken = line.taken.map(\.amount.minorUnits).reduce(0, +)
                #expect(try item.gross().minorUnits == line.amount.minorUnits + taken)
                #expect(line.taken.allSatisfy { $0.amount > .zero })
            }
        }
    }

    @Test("points take exactly their value, within what may be spent", arguments: UInt64(1)...60)
    func pointsTakeTheirValue(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let purchase = try RandomPurchase(using: &generator)
            let quote = try purchase.quoted()
            let byPoints = quote.lines.flatMap(\.taken).filter { $0.origin == .points }.map(\.amount.minorUnits)
            #expect(byPoints.reduce(0, +) == quote.spent * purchase.programme.pointValue.minorUnits)
            #expect(quote.spent == min(purchase.spend, quote.spendable))
            #expect(quote.spendable <= purchase.customer.pointsAvailable)
            for (line, item) in zip(quote.lines, purchase.basket) where item.sku == "TOBACCO" {
                #expect(line.earned == 0 && line.spent == 0)
                #expect(line.taken.allSatisfy { $0.origin == .till })
            }
        }
    }

    @Test(
        "asking again gives the same answer, and asking for more than can be spent gives what can",
        arguments: UInt64(1)...20)
    func repeatable(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let purchase = try RandomPurchase(using: &generator)
        let first = try purchase.quoted()
        #expect(try purchase.quoted() == first)
        let greedy = try quote(
            purchase.basket, customer: purchase.customer, spend: .max, programme: purchase.programme,
            language: .russian, at: Programmes.now)
        #expect(greedy.spent == first.spendable)
        #expect(greedy.spendable == first.spendable)
        #expect(greedy.earned <= first.earned)
    }

    @Test("a receipt paid as quoted earns and costs what was quoted, line by line", arguments: UInt64(1)...60)
    func receiptAsQuoted(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            let purchase = try RandomPurchase(using: &generator)
            let quote = try purchase.quoted()
            let lines = zip(purchase.basket, quote.lines).map { item, quoted in
                ReceiptLine(
                    sku: item.sku, name: item.sku, quantity: item.quantity, price: item.price, amount: quoted.amount,
                    discounts: quoted.taken.map { taken in
                        LineDiscount(origin: taken.origin.rawValue, id: taken.id, amount: taken.amount)
                    })
            }
            #expect(lines.allSatisfy { $0.amountAddsUp })
            let evaluation = try evaluate(
                receiptLines: lines, customer: purchase.customer, programme: purchase.programme, at: Programmes.now)
            #expect(evaluation.earned == quote.earned)
            #expect(evaluation.spent == quote.spent)
            #expect(evaluation.lines.map(\.earned) == quote.lines.map(\.earned))
            #expect(evaluation.lines.map(\.spent) == quote.lines.map(\.spent))
            #expect(evaluation.tier == quote.tier)
            #expect(evaluation.paid == quote.total)
        }
    }
}
