import Loyalty
import Retail

extension JournalView {
    /// Whether a customer ever got points of this origin; a lot stays when it is empty.
    package func hasLot(of customer: CustomerID, origin: LotOrigin) throws(SQLError) -> Bool {
        try statement("SELECT 1 FROM points_lot WHERE customer = ? AND origin = ? LIMIT 1")
            .bind(customer.number).bind(origin.rawValue).first { _ in true } ?? false
    }

    /// The customer whose points a receipt holds at a moment. A hold that has ended holds nothing, also while its row
    /// waits to be cleared away.
    package func holder(of receipt: ReceiptKey, at now: Instant) throws(SQLError) -> CustomerID? {
        try statement("SELECT customer FROM points_hold WHERE receipt_key = ? AND expires_at > ? LIMIT 1")
            .bind(receipt.text).bind(now.millisecondsSinceEpoch)
            .first { CustomerID(number: $0.integer(0)) }
    }

    /// Customers to whose account time has done something that no entry says yet: lots whose last day is over, holds
    /// that have ended. Found by the time of the change, without a look at anybody else.
    package func accountsDue(at now: Instant, limit: Int) throws(SQLError) -> [CustomerID] {
        var due: [CustomerID] = []
        let add: (SQLRow) -> Void = { row in
            let customer = CustomerID(number: row.integer(0))
            if !due.contains(customer) { due.append(customer) }
        }
        try statement(
            """
            SELECT customer FROM points_lot
            WHERE is_empty = 0 AND expires_at IS NOT NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?
            """
        ).bind(now.millisecondsSinceEpoch).bind(limit).forEach(add)
        try statement("SELECT customer FROM points_hold WHERE expires_at <= ? ORDER BY expires_at LIMIT ?")
            .bind(now.millisecondsSinceEpoch).bind(limit).forEach(add)
        return due
    }
}
