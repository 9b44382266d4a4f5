import Retail
import Testing

@testable import Loyalty

private let noon = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
private let day: Int64 = 86_400_000

private func receipt(_ number: Int) -> ReceiptKey {
    ReceiptKey(store: "S1", till: "T1", shift: 1, number: "\(number)")
}

private func later(days: Int64 = 0, minutes: Int64 = 0) -> Instant {
    noon.adding(milliseconds: days * day + minutes * 60_000)
}

/// An account and all its entries, which must agree after every step.
private struct Book {
    var account = PointsAccount()
    var ledger: [LedgerEntry] = []

    mutating func give(
        _ points: Int64, by number: Int? = nil, from: Instant = noon, until: Instant? = nil, at now: Instant = noon
    ) throws {
        let grant = Grant(
            points: points, origin: number == nil ? .granted : .receipt, receipt: number.map(receipt),
            activeFrom: from, expiresAt: until)
        ledger += try account.earn(grant, at: now)
        proves()
    }

    mutating func hold(_ points: Int64, _ number: Int, at now: Instant = noon) throws {
        ledger += try account.hold(points, for: receipt(number), until: now.adding(milliseconds: 900_000), at: now)
        proves()
    }

    @discardableResult
    mutating func pay(_ points: Int64, _ number: Int, at now: Instant = noon) throws -> Spending {
        let spending = try account.commit(points, of: receipt(number), at: now)
        ledger += spending.entries
        proves()
        return spending
    }

    mutating func takeBack(earned: Int64 = 0, spent: Int64 = 0, _ number: Int, at now: Instant = noon) throws {
        ledger += try account.takeBack(
            earned: earned, spent: spent, of: receipt(number), history: ledger.filter { $0.receipt == receipt(number) },
            at: now, zone: .fixed(10_800))
        proves()
    }

    mutating func settle(at now: Instant) {
        ledger += account.settle(at: now)
        proves()
    }

    func points(_ lot: Int64) -> Int64? {
        account.lots.first { $0.id.number == lot }?.points
    }

    private func proves() {
        #expect(account.discrepancies(with: ledger).isEmpty)
        #expect(account.balance == ledger.reduce(0) { $0 + $1.points })
    }
}

@Suite("The points account")
struct PointsAccountTests {
    @Test("points can be spent from the moment they become active until the end of their last day")
    func activeAndExpired() throws {
        var book = Book()
        try book.give(10, from: later(days: 14), until: later(days: 20))
        #expect(book.account.available(at: noon) == 0)
        #expect(book.account.pending(at: noon) == 10)
        #expect(book.account.nextChange(after: noon) == later(days: 14))
        #expect(book.account.available(at: later(days: 14)) == 10)
        #expect(book.account.nextToExpire(at: later(days: 15))?.points == 10)
        #expect(book.account.available(at: later(days: 20)) == 0)
        book.settle(at: later(days: 20))
        #expect(book.account.balance == 0)
        #expect(book.ledger.last?.reason == .burnt)
    }

    @Test("the lot that expires first is spent first; ties, and lots that never expire, the older first")
    func spendingOrder() throws {
        var book = Book()
        try book.give(10)
        try book.give(10, until: later(days: 9))
        try book.give(10, until: later(days: 5))
        try book.give(10, until: later(days: 9))
        try book.pay(25, 1)
        #expect([1, 2, 3, 4].map(book.points) == [10, 0, 0, 5])
    }

    @Test("a hold takes points away from everybody else at once")
    func holdExcludes() throws {
        var book = Book()
        try book.give(100)
        try book.hold(70, 1)
        #expect(book.account.available(at: noon) == 30)
        #expect(book.account.held(at: noon) == 70)
        #expect(throws: PointsError.notEnough(available: 30)) { try book.hold(31, 2) }
        #expect(throws: PointsError.notPositive) { try book.hold(0, 2) }
        #expect(try book.pay(70, 1).notHeld == 0)
        #expect(book.account.available(at: noon) == 30)
    }

    @Test("points that are held are not pending as well when the clock is put back behind their activation")
    func heldIsNotPending() throws {
        var book = Book()
        try book.give(100, from: later(days: 1))
        try book.hold(70, 1, at: later(days: 1))
        let earlier = later(minutes: 5)
        #expect(book.account.held(at: earlier) == 70)
        #expect(book.account.pending(at: earlier) == 30)
        #expect(book.account.available(at: earlier) == 0)
    }

    @Test("a hold is renewed with new points, and one that cannot be keeps what it had")
    func renewal() throws {
        var book = Book()
        try book.give(100)
        try book.hold(40, 1)
        try book.hold(90, 1, at: later(minutes: 10))
        #expect(book.account.available(at: later(minutes: 10)) == 10)
        #expect(throws: PointsError.notEnough(available: 100)) { try book.hold(101, 1, at: later(minutes: 12)) }
        #expect(book.account.held(at: later(minutes: 24)) == 90)
        #expect(book.account.held(at: later(minutes: 25)) == 0)
    }

    @Test("a hold that is released or has run out gives its points back")
    func releaseAndExpiry() throws {
        var book = Book()
        try book.give(100)
        try book.hold(60, 1)
        #expect(book.account.release(receipt(1), at: noon).wasHeld)
        #expect(!book.account.release(receipt(1), at: noon).wasHeld)
        try book.hold(60, 2)
        #expect(book.account.available(at: later(minutes: 15)) == 100)
    }

    @Test("points that are held do not burn; when the hold ends, they do")
    func heldPointsDoNotBurn() throws {
        var book = Book()
        try book.give(50, until: later(minutes: 10))
        try book.hold(20, 1)
        book.settle(at: later(minutes: 11))
        #expect(book.account.balance == 20)
        var spender = book
        try spender.pay(20, 1, at: later(minutes: 12))
        #expect(spender.account.balance == 0 && spender.account.debt == 0)
        book.settle(at: later(minutes: 15))
        #expect(book.account.balance == 0)
        #expect(book.ledger.filter { $0.reason == .burnt }.map(\.points) == [-30, -20])
    }

    @Test("a receipt whose hold has run out takes what is there, and owes the rest")
    func expiredHoldBecomesDebt() throws {
        var book = Book()
        try book.give(30)
        try book.hold(30, 1)
        try book.hold(25, 2, at: later(minutes: 20))
        let spending = try book.pay(30, 1, at: later(minutes: 21))
        #expect(spending.notHeld == 30)
        #expect(spending.debt == 25)
        #expect(book.account.debt == 25)
        #expect(book.account.held(at: later(minutes: 21)) == 25)
    }

    @Test("a debt is repaid by later earnings, pending ones too")
    func debtRepaid() throws {
        var book = Book()
        try book.pay(10, 1)
        try book.give(4, by: 2, from: later(days: 14))
        #expect(book.account.debt == 6)
        try book.give(10, by: 3)
        #expect(book.account.debt == 0)
        #expect(book.account.available(at: noon) == 4)
        #expect(book.account.balance == 4)
    }

    @Test("what a receipt spent less than it held is free again")
    func partOfTheHold() throws {
        var book = Book()
        try book.give(50)
        try book.hold(40, 1)
        try book.pay(15, 1)
        #expect(book.account.available(at: noon) == 35)
        #expect(book.account.holds.isEmpty)
    }

    @Test("a return takes its receipt's own points first, then others, then it is a debt")
    func reversalOrder() throws {
        var book = Book()
        try book.give(5, until: later(days: 3))
        try book.give(10, by: 1, from: later(days: 14))
        try book.takeBack(earned: 6, 1)
        #expect(book.points(2) == 4)
        try book.takeBack(earned: 8, 1)
        #expect(book.points(2) == 0 && book.points(1) == 1)
        try book.takeBack(earned: 3, 1)
        #expect(book.account.debt == 2)
    }

    @Test("spent points go back to their lots; where those have burnt, into a new lot for fourteen days")
    func restoring() throws {
        var book = Book()
        try book.give(10, until: later(days: 2))
        try book.give(10, until: later(days: 30))
        try book.pay(15, 1)
        try book.takeBack(spent: 7, 1, at: later(days: 1))
        // The last taken comes back first: 5 of the second lot, then 2 of the first.
        #expect(book.points(1) == 2 && book.points(2) == 10)
        try book.takeBack(spent: 8, 1, at: later(days: 5))
        let restored = try #require(book.account.lots.last)
        #expect(restored.origin == .restored && restored.points == 8)
        #expect(restored.expiresAt == StoreZone.fixed(10_800).start(ofDay: 15, after: later(days: 5)))
    }

    @Test("returning what was bought on credit of points cancels the debt")
    func restoringDebt() throws {
        var book = Book()
        try book.give(3)
        try book.pay(10, 1)
        try book.takeBack(spent: 10, 1)
        #expect(book.account.debt == 0)
        #expect(book.points(1) == 3)
    }

    @Test("welcome points can wait for the first purchase")
    func welcome() throws {
        let programme = try ExampleProgrammes.named("jeweller")
        let grant = try #require(programme.welcomeGrant(at: noon, zone: .fixed(10_800)))
        var book = Book()
        book.ledger += try book.account.earn(grant, at: noon)
        #expect(book.account.available(at: later(days: 1)) == 0)
        #expect(book.account.nextChange(after: noon) == grant.expiresAt)
        book.account.activateUponFirstPurchase(at: later(days: 2))
        #expect(book.account.available(at: later(days: 2)) == 500)
        #expect(book.account.available(at: later(days: 92)) == 0)
    }

    @Test("a birthday's gift comes once for each birthday, over New Year too")
    func birthdayGift() throws {
        let programme = try ExampleProgrammes.named("jeweller")
        let born = try #require(CalendarDate(iso: "1990-01-05"))
        func grant(_ text: String, last: Int?) throws -> Int? {
            let now = try #require(Instant(rfc3339: text))
            return programme.birthdayGrant(birthday: born, lastGiftYear: last, at: now, zone: .fixed(10_800))?.year
        }
        #expect(try grant("2026-12-21T09:00:00Z", last: nil) == nil)
        #expect(try grant("2026-12-22T09:00:00Z", last: 2026) == 2027)
        #expect(try grant("2027-01-19T09:00:00Z", last: 2027) == nil)
        #expect(try grant("2027-01-19T20:59:59Z", last: 2026) == 2027)
        #expect(try grant("2027-01-19T21:00:00Z", last: 2026) == nil)
    }

    @Test("points live until the end of their last day on the store's clock")
    func lotTerms() throws {
        let terms = LotTerms(activationDays: 14, expiryDays: 1)
        let evening = try #require(Instant(rfc3339: "2026-03-01T22:30:00Z"))
        #expect(terms.activation(of: evening).rfc3339 == "2026-03-15T22:30:00Z")
        // In Moscow it is 2 March already: the last day is the 3rd, which ends at 21:00 UTC.
        #expect(terms.expiry(ofActive: evening, zone: .fixed(10_800))?.rfc3339 == "2026-03-03T21:00:00Z")
        #expect(terms.expiry(ofActive: evening, days: 0, zone: .fixed(0))?.rfc3339 == "2026-03-02T00:00:00Z")
        #expect(LotTerms().expiry(ofActive: evening, zone: .fixed(0)) == nil)
    }

    @Test("a merged account takes over lots, holds and debt, and owes nothing that it can pay")
    func merge() throws {
        var own = Book()
        try own.give(10)
        var other = Book()
        other.account = PointsAccount(nextLot: LotID(number: 100))
        try other.give(20, until: later(days: 5))
        try other.hold(15, 7)
        try own.pay(12, 1)
        #expect(own.account.debt == 2)
        let entries = try own.account.absorb(&other.account, at: noon)
        own.ledger += entries.own
        other.ledger += entries.others
        #expect(own.account.debt == 0)
        #expect(own.account.available(at: noon) == 3)
        #expect(own.account.held(at: noon) == 15)
        #expect(own.account.discrepancies(with: own.ledger).isEmpty)
        #expect(other.account.discrepancies(with: other.ledger).isEmpty)
        #expect(other.account.balance == 0)
        var same = own.account
        #expect(throws: PointsError.lotInBoth(LotID(number: 1))) { try own.account.absorb(&same, at: noon) }
    }

    @Test("an account that is not the sum of its entries is found, lot by lot")
    func audit() throws {
        var book = Book()
        try book.give(10)
        book.account.lots[0].points += 1
        book.account.debt = 4
        #expect(
            book.account.discrepancies(with: book.ledger) == [
                LedgerDiscrepancy(lot: nil, account: -4, ledger: 0),
                LedgerDiscrepancy(lot: LotID(number: 1), account: 11, ledger: 10),
            ])
        #expect(PointsAccount().discrepancies(with: book.ledger).map(\.ledger) == [10])
    }

    @Test("points that would leave 64 bits are refused, and nothing changes")
    func overflow() throws {
        var book = Book()
        try book.give(.max)
        #expect(throws: PointsError.overflow) { try book.give(1) }
        #expect(throws: PointsError.notPositive) { try book.give(0) }
        #expect(book.account.balance == .max)
        try book.pay(.max, 1)
        try book.pay(.max, 2)
        #expect(throws: PointsError.overflow) { try book.pay(1, 3) }
        #expect(throws: PointsError.overflow) { try book.takeBack(earned: 1, 1) }
        #expect(book.account.balance == -.max)
    }
}
