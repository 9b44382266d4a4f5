import Retail

/// What tills know of a customer's points: the sum of what they were told. It knows nothing of lots and ledgers.
final class PointsModel {
    struct Account {
        /// Points earned less points spent, of all receipts that were answered.
        var balance: Int64 = 0
        /// Requests under way that may change it.
        var underWay = 0
        /// Rises with everything that begins or ends.
        var turns = 0
    }

    struct Hold {
        var customer: String
        var points: Int64
        var expiresAt: Instant
        /// What the gateway calls it.
        var name: String
    }

    private(set) var accounts: [String: Account] = [:]
    private(set) var holds: [String: Hold] = [:]

    func begin(_ customer: String) {
        accounts[customer, default: Account()].underWay += 1
        accounts[customer, default: Account()].turns += 1
    }

    func end(_ customer: String, adding points: Int64 = 0) {
        accounts[customer, default: Account()].underWay -= 1
        accounts[customer, default: Account()].turns += 1
        accounts[customer, default: Account()].balance += points
    }

    func set(_ hold: Hold, for key: String) { holds[key] = hold }

    func endHold(for key: String) { holds[key] = nil }

    /// Nothing is under way that could change what is told about a customer.
    func isQuiet(_ customer: String) -> Bool { accounts[customer]?.underWay ?? 0 == 0 }

    func turns(_ customer: String) -> Int { accounts[customer]?.turns ?? 0 }

    /// Points that are held at every moment between the two, and those that are at some moment.
    func held(of customer: String, from: Instant, to: Instant) -> ClosedRange<Int64> {
        var least: Int64 = 0
        var most: Int64 = 0
        for hold in holds.values where hold.customer == customer {
            if hold.expiresAt > to { least += hold.points }
            if hold.expiresAt > from { most += hold.points }
        }
        return least...most
    }

    /// What IDENTIFY says agrees with what tills were told; else what does not.
    ///
    /// - Parameter knowsTime: the clock was not put forward or back, so that it is known which holds have ended.
    func disagreement(
        _ points: (available: Int64, held: Int64, pending: Int64, debt: Int64), of customer: String, from: Instant,
        to: Instant, knowsTime: Bool
    ) -> String? {
        let balance = accounts[customer]?.balance ?? 0
        let told = points.available + points.held + points.pending - points.debt
        // While a clock that was put back is behind, lots that are held can count as pending once more.
        let isAgreed = knowsTime ? told == balance : (balance...balance + points.held).contains(told)
        if !isAgreed {
            return "\(customer) has \(told) points (\(points)); by the receipts that were answered it is \(balance)"
        }
        if points.available < 0 || points.held < 0 || points.debt < 0 || (points.available > 0 && points.debt > 0) {
            return "\(customer) has \(points) points"
        }
        let range = held(of: customer, from: from, to: to)
        if knowsTime, !range.contains(points.held) {
            return "\(customer) has \(points.held) points held, of holds in force there are \(range)"
        }
        return nil
    }
}
