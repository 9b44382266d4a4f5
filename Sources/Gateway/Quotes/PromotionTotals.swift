import Journal
import Locking

/// In how many receipts each promotion was applied, for promotions of which there is only so much.
package final class PromotionTotals: Sendable {
    private let counts = Mutex<[String: Int64]>([:])

    /// Totals as the journal has them.
    package init(_ journal: Journal) throws {
        let stored = try journal.read { try $0.promotionTotals() }
        counts.withLock { $0 = stored }
    }

    var all: [String: Int64] { counts.withLock { $0 } }

    /// A receipt that made use of these was committed.
    func add(_ promotions: [String]) {
        guard !promotions.isEmpty else { return }
        counts.withLock { counts in for promotion in promotions { counts[promotion, default: 0] += 1 } }
    }
}
