import Locking
import Loyalty
import Retail

/// The holds that are in force, by customer: what a quote counts as available to the receipt that holds it.
final class LiveHolds: Sendable {
    private let byCustomer = Mutex<[CustomerID: [Hold]]>([:])

    /// Replaces what is known of a customer's holds.
    func set(_ holds: [Hold], of customer: CustomerID) {
        byCustomer.withLock { $0[customer] = holds.isEmpty ? nil : holds }
    }

    /// The same for what was read some time ago: what is known already is newer.
    func setIfUnknown(_ holds: [Hold], of customer: CustomerID) {
        guard !holds.isEmpty else { return }
        byCustomer.withLock { byCustomer in
            if byCustomer[customer] == nil { byCustomer[customer] = holds }
        }
    }

    /// The points of a customer's hold with this id; 0 when it has ended or is somebody else's.
    func points(_ id: String, of customer: CustomerID, at now: Instant) -> Int64 {
        let holds = byCustomer.withLock { $0[customer] } ?? []
        return holds.first { $0.expiresAt > now && HoldIdentity($0.receipt).text == id }?.points ?? 0
    }
}
