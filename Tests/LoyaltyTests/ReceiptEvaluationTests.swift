import Retail
import Testing

@testable import Loyalty

@Suite("Points of a receipt")
struct ReceiptEvaluationTests {
    private func line(_ sku: String, _ amount: Int64, points: Int64 = 0) -> ReceiptLine {
        ReceiptLine(
            sku: sku, name: sku, quantity: .one, price: Money(minorUnits: amount + points),
            amount: Money(minorUnits: amount),
            discounts: points == 0 ? [] : [LineDiscount(origin: "points", amount: Money(minorUnits: points))])
    }

    private func evaluated(
        _ lines: [ReceiptLine], tenders: [Tender] = [], turnover: Int64 = 0
    ) throws -> ReceiptEvaluation {
        try evaluate(
            receiptLines: lines, tenders: tenders, customer: Programmes.standing(turnover, points: 0),
            programme: try Programmes.club(), at: Programmes.now)
    }

    @Test("what the receipt says was paid is what earns, whatever was quoted")
    func asPaid() throws {
        let evaluation = try evaluated([line("A", 10_000), line("TOBACCO", 50_000), line("B", 5_000)])
        #expect(evaluation.earned == 4)
        #expect(evaluation.lines.map(\.earned) == [3, 0, 1])
        #expect(evaluation.spent == 0)
        #expect(evaluation.paid == Money(minorUnits: 65_000))
        #expect(evaluation.tier?.name == "Base")
    }

    @Test("points that the till took as a payment earn no points themselves")
    func pointsAsPayment() throws {
        let tenders = [
            Tender(kind: "points", amount: Money(minorUnits: 3_000)),
            Tender(kind: "card", amount: Money(minorUnits: 9_000)),
        ]
        let evaluation = try evaluated([line("A", 8_000), line("B", 4_000)], tenders: tenders, turnover: 5_000_000)
        #expect(evaluation.earned == 9)
        #expect(evaluation.lines.map(\.earned) == [6, 3])
        #expect(evaluation.lines.map(\.spent) == [20, 10])
        #expect(evaluation.paid == Money(minorUnits: 9_000))
    }

    @Test("more points than may pay go to the lines that they may pay first, then to the others")
    func moreThanMayPay() throws {
        let lines = [line("TOBACCO", 50_000), line("A", 6_000), line("B", 4_000)]
        func evaluated(_ tendered: Int64) throws -> ReceiptEvaluation {
            try self.evaluated(lines, tenders: [Tender(kind: "points", amount: Money(minorUnits: tendered))])
        }
        // Half of A and B may be paid with points, nothing of the tobacco.
        let within = try evaluated(5_000)
        #expect(within.lines.map(\.spent) == [0, 30, 20])
        #expect(within.lines.map(\.paid.minorUnits) == [50_000, 3_000, 2_000])
        #expect(within.earned == 1)
        let beyond = try evaluated(8_000)
        #expect(beyond.lines.map(\.spent) == [0, 48, 32])
        #expect(beyond.lines.map(\.paid.minorUnits) == [50_000, 1_200, 800])
        let farBeyond = try evaluated(15_000)
        #expect(farBeyond.lines.map(\.spent) == [50, 60, 40])
        #expect(farBeyond.lines.map(\.paid.minorUnits) == [45_000, 0, 0])
        #expect(farBeyond.paid.minorUnits == 45_000)
        let everything = try evaluated(70_000)
        #expect(everything.lines.map(\.paid.minorUnits) == [0, 0, 0])
        #expect(everything.spent == 700)
    }

    @Test("points as a discount and as a payment are both counted as spent")
    func bothWays() throws {
        let tenders = [Tender(kind: "points", amount: Money(minorUnits: 1_000))]
        let evaluation = try evaluated([line("A", 2_000, points: 500), line("B", 0)], tenders: tenders)
        #expect(evaluation.spent == 15)
        #expect(evaluation.lines.map(\.spent) == [15, 0])
    }

    @Test("a point that was begun counts as spent")
    func begunPoint() throws {
        #expect(try evaluated([line("A", 1_000, points: 101)]).spent == 2)
    }

    @Test("strange receipts are evaluated, not refused")
    func strange() throws {
        #expect(try evaluated([]).earned == 0)
        #expect(try evaluated([line("A", -10_000), line("B", 10_000)]).lines.map(\.earned) == [0, 3])
        let onlyTender = [Tender(kind: "points", amount: Money(minorUnits: 500))]
        let evaluation = try evaluated([line("TOBACCO", 500)], tenders: onlyTender)
        #expect(evaluation.spent == 5 && evaluation.earned == 0)
        let tooMuch = [Tender(kind: "points", amount: Money(minorUnits: .max))]
        #expect(try evaluated([line("A", 10_000)], tenders: tooMuch).earned == 0)
    }

    @Test("points that do not fit into 64 bits are an overflow")
    func overflow() throws {
        let programme = try Programmes.club {
            $0.pointValue = 1
            $0.tiers[0].earnRate = 10_000
        }
        #expect(throws: QuoteError.overflow(line: nil)) {
            try evaluate(
                receiptLines: [line("A", .max), line("B", .max)], customer: Programmes.standing(0, points: 0),
                programme: programme, at: Programmes.now)
        }
    }
}
