import Loyalty
import Retail

/// Whom an identifier leads to, as far as it matters to upstream's word on it.
package struct IdentifierOwner: Sendable, Equatable {
    /// Merges followed.
    package var customer: CustomerID
    /// As of when upstream last spoke of the owner; nil: never.
    package var knownAt: Instant?
    /// When a shop was last told something of the owner; nil: never.
    package var toldAt: Instant?
    /// Whether upstream knows the owner.
    package var hasExternal: Bool
}

extension JournalView {
    /// Whom an identifier leads to.
    package func owner(of identifier: CustomerIdentifier) throws(SQLError) -> IdentifierOwner? {
        guard let first = try customerID(with: identifier) else { return nil }
        var wanted = first
        for _ in 0..<Self.mergesFollowed {
            let row = try statement(
                """
                SELECT merged_into, known_at, told_at, EXISTS (
                    SELECT 1 FROM customer_identifier i WHERE i.customer = c.id AND i.kind = 'external')
                FROM customer c WHERE id = ?
                """
            ).bind(wanted.number).first { row in
                (
                    row.integerOrNil(0),
                    IdentifierOwner(
                        customer: wanted, knownAt: row.integerOrNil(1).map(Instant.init(millisecondsSinceEpoch:)),
                        toldAt: row.integerOrNil(2).map(Instant.init(millisecondsSinceEpoch:)),
                        hasExternal: row.bool(3))
                )
            }
            guard let (merged, owner) = row else { return nil }
            guard let next = merged else { return owner }
            wanted = CustomerID(number: next)
        }
        return nil
    }

    /// Up to when the balance that a customer came with has everything in it; nil when none came.
    package func openedAt(_ id: CustomerID) throws(SQLError) -> Instant? {
        try statement("SELECT opened_at FROM customer WHERE id = ?").bind(id.number)
            .first { $0.integerOrNil(0).map(Instant.init(millisecondsSinceEpoch:)) } ?? nil
    }
}

extension JournalTransaction {
    /// Replaces what is known of a person.
    package func setProfile(of id: CustomerID, to profile: CustomerProfile) throws(SQLError) {
        try statement("UPDATE customer SET name = ?, segment = ?, birthday = ?, consents = ? WHERE id = ?")
            .bind(profile.name).bind(profile.segment).bind(profile.birthday)
            .bind(profile.consents.joined(separator: "\n")).bind(id.number)
            .run()
    }

    /// A shop was told something of a person.
    ///
    /// - Returns: the moment that stands for it, later than that of anything told of the person before, also when the
    ///   clock was put back or has not moved.
    @discardableResult
    package func setTold(_ id: CustomerID, at instant: Instant) throws(SQLError) -> Instant {
        let told = try statement(
            "UPDATE customer SET told_at = max(coalesce(told_at + 1, ?2), ?2) WHERE id = ?1 RETURNING told_at"
        ).bind(id.number).bind(instant.millisecondsSinceEpoch).first { $0.integer(0) }
        return told.map(Instant.init(millisecondsSinceEpoch:)) ?? instant
    }

    /// Notes as of when upstream spoke of a person; never goes back.
    package func setKnown(_ id: CustomerID, at instant: Instant) throws(SQLError) {
        try statement("UPDATE customer SET known_at = max(coalesce(known_at, ?2), ?2) WHERE id = ?1")
            .bind(id.number).bind(instant.millisecondsSinceEpoch).run()
    }

    /// Notes up to when the balance that a customer came with has everything in it.
    package func setOpened(_ id: CustomerID, at instant: Instant) throws(SQLError) {
        try statement("UPDATE customer SET opened_at = ? WHERE id = ?")
            .bind(instant.millisecondsSinceEpoch).bind(id.number).run()
    }

    /// Adds a customer who comes from upstream, without identifiers.
    ///
    /// - Parameter openedAt: up to when the balance that comes along has everything in it.
    package func insertCustomer(
        _ profile: CustomerProfile, knownAt: Instant?, openedAt: Instant?, at instant: Instant
    ) throws(SQLError) -> CustomerID {
        try statement(
            """
            INSERT INTO customer (name, segment, birthday, consents, created_at, known_at, opened_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(profile.name).bind(profile.segment).bind(profile.birthday)
        .bind(profile.consents.joined(separator: "\n")).bind(instant.millisecondsSinceEpoch)
        .bind(knownAt?.millisecondsSinceEpoch).bind(openedAt?.millisecondsSinceEpoch)
        .run()
        return CustomerID(number: lastInsertedRow)
    }

    /// An identifier leads to another customer from now on.
    package func move(_ identifier: CustomerIdentifier, to id: CustomerID) throws(SQLError) {
        try statement("UPDATE customer_identifier SET customer = ? WHERE kind = ? AND value = ?")
            .bind(id.number).bind(identifier.kind.rawValue).bind(identifier.value)
            .run()
    }

    /// Opens the account of a customer who was made in this transaction: there is nothing to be read.
    package func openNew(_ customer: CustomerID) throws(SQLError) -> Posting {
        var account = LoyaltyAccount()
        account.points.numberLots(from: try nextLot())
        return Posting(customer: customer, stored: account)
    }
}
