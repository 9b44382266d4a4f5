import Retail

/// What tills know of a customer's points: the sum of what they were told. It knows nothing of lots and ledgers.
///
/// Of two customers who have become one both names go on; everything here may be asked by either.
final class PointsModel {
    struct Account {
        /// Points earned less points spent, of all receipts that were answered, and what upstream has corrected.
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

    private var accounts: [String: Account] = [:]
    private(set) var holds: [String: Hold] = [:]
    /// Who goes on, by who has gone.
    private var successors: [String: String] = [:]
    /// Merges that were begun and not acknowledged.
    private var begunMerges: [String: String] = [:]

    func begin(_ customer: String) {
        accounts[whole(customer), default: Account()].underWay += 1
        accounts[whole(customer), default: Account()].turns += 1
    }

    func end(_ customer: String, adding points: Int64 = 0) {
        accounts[whole(customer), default: Account()].underWay -= 1
        accounts[whole(customer), default: Account()].turns += 1
        accounts[whole(customer), default: Account()].balance += points
    }

    func set(_ hold: Hold, for key: String) { holds[key] = hold }

    func endHold(for key: String) { holds[key] = nil }

    /// Nothing is under way that could change what is told about a customer.
    func isQuiet(_ customer: String) -> Bool { accounts[whole(customer)]?.underWay ?? 0 == 0 }

    func turns(_ customer: String) -> Int { accounts[whole(customer)]?.turns ?? 0 }

    // MARK: Merges

    /// The one that a customer has become.
    func whole(_ customer: String) -> String {
        var customer = customer
        while let next = successors[customer] { customer = next }
        return customer
    }

    /// Two names of one customer, as far as everybody was told.
    func areOne(_ left: String, _ right: String) -> Bool { whole(left) == whole(right) }

    /// Whether two names may already lead to one customer, although nobody was told.
    func mayBeOne(_ left: String, _ right: String) -> Bool {
        func end(_ customer: String) -> String {
            var customer = whole(customer)
            while let next = begunMerges[customer] { customer = whole(next) }
            return customer
        }
        return end(left) == end(right)
    }

    /// A merge is asked for; false when one of the two is about to become another already.
    func beginMerge(_ gone: String, into survivor: String) -> Bool {
        let (gone, survivor) = (whole(gone), whole(survivor))
        guard gone != survivor, begunMerges[gone] == nil, begunMerges[survivor] == nil,
            !begunMerges.values.contains(where: { whole($0) == gone || whole($0) == survivor })
        else { return false }
        begunMerges[gone] = survivor
        begin(gone)
        begin(survivor)
        return true
    }

    /// A merge was acknowledged: neither points nor what is under way are lost.
    func endMerge(_ gone: String) {
        let gone = whole(gone)
        guard let survivor = begunMerges.removeValue(forKey: gone) else { return }
        end(gone)
        end(survivor)
        join(gone, to: survivor)
    }

    /// A merge was refused: everything is as it was.
    func callOffMerge(_ gone: String) {
        let gone = whole(gone)
        guard let survivor = begunMerges.removeValue(forKey: gone) else { return }
        end(gone)
        end(survivor)
    }

    /// Another name of a customer, with what was already known under it.
    func join(_ name: String, to customer: String) {
        let (name, customer) = (whole(name), whole(customer))
        guard name != customer else { return }
        let moved = accounts.removeValue(forKey: name) ?? Account()
        accounts[customer, default: Account()].balance += moved.balance
        accounts[customer, default: Account()].underWay += moved.underWay
        accounts[customer, default: Account()].turns += moved.turns + 1
        successors[name] = customer
    }

    // MARK: Comparing

    /// Points that are held at every moment between the two, and those that are at some moment.
    func held(of customer: String, from: Instant, to: Instant) -> ClosedRange<Int64> {
        var least: Int64 = 0
        var most: Int64 = 0
        for hold in holds.values where areOne(hold.customer, customer) {
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
        let balance = accounts[whole(customer)]?.balance ?? 0
        let told = points.available + points.held + points.pending - points.debt
        if told != balance {
            return "\(customer) has \(told) points (\(points)); by what was answered it is \(balance)"
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
