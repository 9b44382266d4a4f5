import Retail
import Testing

@testable import Loyalty

/// What users of other systems complain about, as far as it is decided by pure rules.
@Suite("Complaints about other systems")
struct ComplaintTests {
    private let now = Programmes.now
    private let first = ReceiptKey(store: "S1", till: "T1", shift: 1, number: "1")
    private let second = ReceiptKey(store: "S1", till: "T2", shift: 1, number: "1")

    private func account(_ points: Int64, until: Instant? = nil) throws -> PointsAccount {
        var account = PointsAccount()
        _ = try account.earn(
            Grant(points: points, origin: .granted, activeFrom: now, expiresAt: until), at: now)
        return account
    }

    @Test("a balance is not spent twice by two tills at once")
    func spentTwice() throws {
        var account = try account(100)
        let end = now.adding(milliseconds: 900_000)
        _ = try account.hold(100, for: first, until: end, at: now)
        #expect(throws: PointsError.notEnough(available: 0)) {
            try account.hold(1, for: second, until: end, at: now)
        }
        let forced = try account.commit(100, of: second, at: now)
        #expect(forced.debt == 100)
        #expect(try account.commit(100, of: first, at: now).debt == 0)
        #expect(account.balance == -100)
    }

    @Test("a refund does not keep the points that were earned, the extra ones included")
    func refundKeepsEarned() throws {
        let programme = try Programmes.promoting(#"{"id": "p", "effect": {"extra_points": 7}}"#)
        let shopper = Shopper(standing: Programmes.standing(0, points: 0))
        let quote = try quote(
            [Programmes.line("A", 300, quantity: 3_000), Programmes.line("B", 100)],
            in: QuoteContext(store: "S1", at: now, shopper: shopper), programme: programme)
        #expect(quote.earned == 7)
        #expect(quote.lines.map(\.earned) == [6, 1])
        var account = PointsAccount()
        var history = try account.earn(
            Grant(points: quote.earned, origin: .receipt, receipt: first, activeFrom: now), at: now)
        for line in quote.lines {
            history += try account.takeBack(
                earned: line.earned, spent: 0, of: first, history: history, at: now, zone: .fixed(0))
        }
        #expect(account.balance == 0 && account.debt == 0)
    }

    @Test("a refund does not charge the points that were spent once more")
    func refundChargesSpent() throws {
        var account = try account(50)
        let history = try account.commit(50, of: first, at: now).entries
        _ = try account.takeBack(earned: 0, spent: 50, of: first, history: history, at: now, zone: .fixed(0))
        #expect(account.available(at: now) == 50)
    }

    @Test("an expired balance does not live for 27 years, even if nobody looks at it")
    func expiredBalance() throws {
        var account = try account(50, until: now.adding(milliseconds: 86_400_000))
        let muchLater = now.adding(milliseconds: 27 * 365 * 86_400_000)
        #expect(account.available(at: muchLater) == 0)
        #expect(throws: PointsError.notEnough(available: 0)) {
            try account.hold(1, for: first, until: muchLater, at: muchLater)
        }
        #expect(account.settle(at: muchLater).map(\.reason) == [.burnt])
        #expect(account.balance == 0)
    }

    @Test("the lines of a basket add up to its total without a kopeck of difference")
    func roundingDifference() throws {
        let programme = try Programmes.promoting(
            #"{"id": "a", "effect": {"amount_off_basket": 100}}"#, #"{"id": "b", "effect": {"percent_off": 333}}"#)
        let basket = [Programmes.line("A", 333), Programmes.line("B", 333), Programmes.line("C", 333)]
        let quote = try quote(basket, in: QuoteContext(store: "S1", at: now), programme: programme)
        #expect(quote.lines.map(\.taken.first?.amount.minorUnits) == [34, 33, 33])
        #expect(quote.lines.reduce(0) { $0 + $1.amount.minorUnits } == quote.total.minorUnits)
    }
}
