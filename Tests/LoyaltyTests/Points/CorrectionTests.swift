import Retail
import Testing

@testable import Loyalty

@Suite("Corrections of points")
struct CorrectionTests {
    private let now = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
    private let receipt = ReceiptKey(store: "S1", till: "T01", shift: 1, number: "7")

    private func later(_ days: Int64) -> Instant { now.adding(milliseconds: days * 86_400_000) }

    private func account(_ lots: (points: Int64, expires: Int64?, active: Int64)...) throws -> PointsAccount {
        var account = PointsAccount()
        for lot in lots {
            _ = try account.earn(
                Grant(
                    points: lot.points, origin: .granted, activeFrom: later(lot.active),
                    expiresAt: lot.expires.map { later($0) }), at: now)
        }
        return account
    }

    @Test("points that come in are a lot of their own, with an entry that says so")
    func adding() throws {
        var account = try account((10, nil, 0))
        let entries = try account.correct(
            adding: Grant(points: 5, origin: .granted, activeFrom: now, expiresAt: later(3)), about: receipt, at: now)
        #expect(entries.map(\.reason) == [.corrected])
        #expect(entries[0].receipt == receipt)
        #expect(account.lots.map(\.points) == [10, 5])
        #expect(account.lots[1].expiresAt == later(3))
        #expect(account.lots[1].receipt == nil)
    }

    @Test("they repay a debt first")
    func repaying() throws {
        var account = try account()
        _ = try account.commit(8, of: receipt, at: now)
        #expect(account.debt == 8)
        let entries = try account.correct(
            adding: Grant(points: 5, origin: .granted, activeFrom: now, expiresAt: nil), at: now)
        #expect(entries.map(\.points) == [5, -5, 5])
        #expect(entries.map(\.reason) == [.corrected, .debtRepaid, .debtRepaid])
        #expect(account.debt == 3)
        #expect(account.available(at: now) == 0)
        _ = try account.correct(adding: Grant(points: 5, origin: .granted, activeFrom: now, expiresAt: nil), at: now)
        #expect(account.debt == 0)
        #expect(account.available(at: now) == 2)
    }

    @Test("points that go are taken as a receipt would take them, not from what is held or pending; the rest is owed")
    func taking() throws {
        var account = try account((10, nil, 0), (10, 5, 0), (10, 2, 1))
        _ = try account.hold(4, for: receipt, until: later(1), at: now)
        let entries = try account.correct(taking: 20, at: now)
        // The lot that expires first is spent first; four of it are held; the third is pending.
        #expect(entries.map(\.points) == [-6, -10, -4])
        #expect(entries.map { $0.lot?.number } == [2, 1, nil])
        #expect(entries.allSatisfy { $0.reason == .corrected })
        #expect(account.debt == 4)
        #expect(account.held(at: now) == 4)
        #expect(account.pending(at: now) == 10)
        #expect(account.balance == 10)
    }

    @Test("nothing is no correction, and nothing leaves 64 bits")
    func limits() throws {
        var account = try account((10, nil, 0))
        let before = account
        #expect(throws: PointsError.notPositive) { try account.correct(taking: 0, at: now) }
        #expect(throws: PointsError.overflow) {
            try account.correct(
                adding: Grant(points: .max, origin: .granted, activeFrom: now, expiresAt: nil), at: now)
        }
        _ = try account.correct(taking: .max, at: now)
        #expect(throws: PointsError.overflow) { try account.correct(taking: 11, at: now) }
        #expect(before.balance == 10)
    }
}
