import Retail
import TestSupport
import Testing

@testable import Loyalty

/// A customer's life out of a seed: earning, holding, paying, returning and time, with all entries kept.
private struct Life {
    struct Sale {
        var receipt: ReceiptKey
        var earned: Int64
        var spent: Int64
        var earnedBack: Int64 = 0
        var spentBack: Int64 = 0
    }

    var generator: SeededGenerator
    var account = PointsAccount()
    var ledger: [LedgerEntry] = []
    var sales: [Sale] = []
    var now = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
    var number = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func random(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &generator)
    }

    mutating func nextReceipt() -> ReceiptKey {
        number += 1
        return ReceiptKey(store: "S1", till: "T1", shift: 1, number: "\(number)")
    }

    mutating func step() throws {
        switch random(0...9) {
        case 0...2: try earn()
        case 3...4: try holdSomething()
        case 5...6: try pay()
        case 7...8: try takeBack()
        default: now = now.adding(milliseconds: random(1...40) * 21_600_000)
        }
        now = now.adding(milliseconds: random(0...1_200_000))
    }

    private mutating func earn() throws {
        let receipt = nextReceipt()
        let active = now.adding(milliseconds: random(0...3) * 86_400_000)
        let grant = Grant(
            points: random(1...200), origin: .receipt, receipt: receipt, activeFrom: active,
            expiresAt: random(0...3) == 0 ? nil : active.adding(milliseconds: random(1...20) * 86_400_000))
        ledger += try account.earn(grant, at: now)
        sales.append(Sale(receipt: receipt, earned: grant.points, spent: 0))
    }

    private mutating func holdSomething() throws {
        // Points that have become active pay a debt before anybody can hold them.
        var settled = account
        _ = settled.settle(at: now)
        let available = settled.available(at: now)
        let receipt = account.holds.randomElement(using: &generator)?.receipt ?? nextReceipt()
        let own = account.holds.first { $0.receipt == receipt && $0.expiresAt > now }?.points ?? 0
        let points = random(1...(available + own + 20))
        let before = account
        do {
            ledger += try account.hold(
                points, for: receipt, until: now.adding(milliseconds: 900_000), at: now)
            #expect(points <= available + own)
        } catch {
            #expect(error == .notEnough(available: available + own))
            #expect(account == before)
        }
    }

    private mutating func pay() throws {
        let held = account.holds.randomElement(using: &generator)
        let receipt = held?.receipt ?? nextReceipt()
        let alive = held.map { $0.expiresAt > now } ?? false
        let points = random(0...((held?.points ?? 50) + 10))
        let spending = try account.commit(points, of: receipt, at: now)
        ledger += spending.entries
        let taken = spending.entries.filter { $0.reason == .spent }.reduce(0) { $0 - $1.points }
        #expect(taken == points)
        #expect(spending.notHeld == max(0, points - (alive ? held?.points ?? 0 : 0)))
        sales.append(Sale(receipt: receipt, earned: 0, spent: points))
    }

    private mutating func takeBack() throws {
        guard let index = sales.indices.randomElement(using: &generator) else { return }
        let earned = random(0...(sales[index].earned - sales[index].earnedBack))
        let spent = random(0...(sales[index].spent - sales[index].spentBack))
        let before = account.balance
        let entries = try account.takeBack(
            earned: earned, spent: spent, of: sales[index].receipt, history: ledger, at: now, zone: .fixed(10_800))
        let burnt = entries.filter { $0.reason == .burnt }.reduce(0) { $0 + $1.points }
        #expect(account.balance == before + burnt - earned + spent)
        ledger += entries
        sales[index].earnedBack += earned
        sales[index].spentBack += spent
    }

    func check() {
        #expect(account.discrepancies(with: ledger).isEmpty)
        #expect(account.balance == ledger.reduce(0) { $0 + $1.points })
        #expect(account.debt >= 0 && account.available(at: now) >= 0)
        for lot in account.lots {
            #expect(lot.points >= 0)
            // Two holds never overlap: together they hold no more than there is.
            #expect(account.held(of: lot.id, at: now) <= lot.points)
        }
        func sum(_ reasons: Set<LedgerEntry.Reason>) -> Int64 {
            ledger.reduce(0) { reasons.contains($1.reason) ? $0 + $1.points : $0 }
        }
        #expect(sum([.debtRepaid]) == 0)
        // Never spent more than came in plus the debt that is written down.
        #expect(-sum([.spent]) <= sum([.earned, .restored]) + account.debt)
    }
}

@Suite("Properties of the points account")
struct PointsPropertyTests {
    @Test(
        "whatever happens, the balance is the sum of its entries and nothing is spent twice", arguments: UInt64(1)...80)
    func sound(seed: UInt64) throws {
        var life = Life(seed: seed)
        for _ in 0..<120 {
            try life.step()
            life.check()
        }
    }

    @Test("a sale that comes back in any split leaves the account as it was", arguments: UInt64(1)...80)
    func saleAndReturn(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let now = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
        var account = PointsAccount()
        for _ in 0..<4 {
            let days = Int64.random(in: 1...60, using: &generator)
            _ = try account.earn(
                Grant(
                    points: Int64.random(in: 1...50, using: &generator), origin: .granted, activeFrom: now,
                    expiresAt: now.adding(milliseconds: days * 86_400_000)), at: now)
        }
        let before = account
        let receipt = ReceiptKey(store: "S1", till: "T1", shift: 1, number: "1")
        let sold = Quantity(thousandths: Int64.random(in: 1...20, using: &generator) * 1_000)
        let earned = Int64.random(in: 1...99, using: &generator)
        let spent = Int64.random(in: 0...(before.balance + 5), using: &generator)

        var history = try account.commit(spent, of: receipt, at: now).entries
        history += try account.earn(
            Grant(points: earned, origin: .receipt, receipt: receipt, activeFrom: now), at: now)
        var back = Quantity.zero
        while back < sold {
            let portion = Int64.random(in: 1...(sold.thousandths - back.thousandths), using: &generator)
            let line = try ReturnedLine(sold: sold, returnedBefore: back, returnedNow: Quantity(thousandths: portion))
            history += try account.takeBack(
                earned: line.reversal(of: earned), spent: line.reversal(of: spent), of: receipt, history: history,
                at: now, zone: .fixed(0))
            back = Quantity(thousandths: back.thousandths + portion)
        }
        #expect(account.balance == before.balance)
        #expect(account.debt == 0)
        #expect(account.available(at: now) == before.available(at: now))
        if spent <= before.balance {
            #expect(account.lots.filter { $0.points > 0 } == before.lots)
        }
    }
}
