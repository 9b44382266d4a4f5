import Loyalty
import Retail

/// A customer as the journal holds them.
package struct CustomerRecord: Sendable, Equatable {
    package var id: CustomerID
    /// The name as it may be shown on a till.
    package var name: String?
    package var segment: String?
    /// `YYYY-MM-DD`.
    package var birthday: String?
    package var consents: [String]
    package var account: LoyaltyAccount
    package var createdAt: Instant
    package var mergedInto: CustomerID?
    package var identifiers: [CustomerIdentifier]

    /// A customer with every field given.
    package init(
        id: CustomerID, name: String?, segment: String?, birthday: String?, consents: [String],
        account: LoyaltyAccount = LoyaltyAccount(), createdAt: Instant, mergedInto: CustomerID?,
        identifiers: [CustomerIdentifier]
    ) {
        self.id = id
        self.name = name
        self.segment = segment
        self.birthday = birthday
        self.consents = consents
        self.account = account
        self.createdAt = createdAt
        self.mergedInto = mergedInto
        self.identifiers = identifiers
    }
}

/// What the rules ask of a person.
package struct PersonRecord: Sendable, Equatable {
    package var id: CustomerID
    package var segment: String?
    /// `YYYY-MM-DD`.
    package var birthday: String?
}

/// What a new customer starts with.
package struct CustomerProfile: Sendable, Equatable {
    package var name: String?
    package var segment: String?
    /// `YYYY-MM-DD`.
    package var birthday: String?
    package var consents: [String]

    /// A profile; every part may be absent.
    package init(name: String? = nil, segment: String? = nil, birthday: String? = nil, consents: [String] = []) {
        self.name = name
        self.segment = segment
        self.birthday = birthday
        self.consents = consents
    }
}

extension JournalView {
    /// The customer with this id, or the one they were merged into.
    package func customer(_ id: CustomerID) throws(SQLError) -> CustomerRecord? {
        var wanted = id
        for _ in 0..<Self.mergesFollowed {
            let row = try statement(
                """
                SELECT id, name, segment, birthday, consents, created_at, merged_into FROM customer WHERE id = ?
                """
            ).bind(wanted.number).first(CustomerRecord.init(row:))
            guard var found = row else { return nil }
            if let survivor = found.mergedInto {
                wanted = survivor
                continue
            }
            found.identifiers = try identifiers(of: found.id)
            found.account = try account(of: found.id)
            return found
        }
        return nil
    }

    /// The customer who answers to an id today: its own, or the one it was merged into; nil when nobody does.
    package func survivor(of id: CustomerID) throws(SQLError) -> CustomerID? {
        try person(id)?.id
    }

    /// What the rules ask of a person, without identifiers and account; merges are followed.
    package func person(_ id: CustomerID) throws(SQLError) -> PersonRecord? {
        var wanted = id
        for _ in 0..<Self.mergesFollowed {
            let row = try statement("SELECT merged_into, segment, birthday FROM customer WHERE id = ?")
                .bind(wanted.number)
                .first { row in
                    (
                        row.integerOrNil(0),
                        PersonRecord(id: wanted, segment: row.textOrNil(1), birthday: row.textOrNil(2))
                    )
                }
            guard let (merged, person) = row else { return nil }
            guard let next = merged else { return person }
            wanted = CustomerID(number: next)
        }
        return nil
    }

    /// The customer's id in the retailer's other systems.
    package func external(of id: CustomerID) throws(SQLError) -> String? {
        try statement(
            """
            SELECT value FROM customer_identifier WHERE customer = ? AND kind = 'external' ORDER BY value LIMIT 1
            """
        ).bind(id.number).first { $0.text(0) }
    }

    /// A merge of merges is short; the bound keeps a damaged chain from holding the writer.
    static var mergesFollowed: Int { 64 }

    /// The id that owns an identifier, before merges are followed.
    package func customerID(with identifier: CustomerIdentifier) throws(SQLError) -> CustomerID? {
        try statement("SELECT customer FROM customer_identifier WHERE kind = ? AND value = ?")
            .bind(identifier.kind.rawValue).bind(identifier.value)
            .first { CustomerID(number: $0.integer(0)) }
    }

    /// A customer's identifiers, ordered by kind.
    package func identifiers(of id: CustomerID) throws(SQLError) -> [CustomerIdentifier] {
        try statement("SELECT kind, value FROM customer_identifier WHERE customer = ? ORDER BY kind, value")
            .bind(id.number)
            .all { CustomerIdentifier(kind: $0.text(0), value: $0.text(1)) }
            .compactMap { $0 }
    }

    /// How many customers there are.
    package func customerCount() throws(SQLError) -> Int {
        Int(try statement("SELECT count(*) FROM customer").first { $0.integer(0) } ?? 0)
    }
}

extension JournalTransaction {
    /// Adds a customer without identifiers and returns the id.
    package func insertCustomer(_ profile: CustomerProfile, at instant: Instant) throws(SQLError) -> CustomerID {
        try statement("INSERT INTO customer (name, segment, birthday, consents, created_at) VALUES (?, ?, ?, ?, ?)")
            .bind(profile.name).bind(profile.segment).bind(profile.birthday)
            .bind(profile.consents.joined(separator: "\n")).bind(instant.millisecondsSinceEpoch)
            .run()
        return CustomerID(number: lastInsertedRow)
    }

    /// Fills the parts of a profile that are still empty and adds consents; what is known stays.
    package func completeProfile(of id: CustomerID, with profile: CustomerProfile) throws(SQLError) {
        let known = try statement("SELECT consents FROM customer WHERE id = ?").bind(id.number)
            .first { CustomerRecord.consents($0.textOrNil(0)) }
        var consents = known ?? []
        for consent in profile.consents where !consents.contains(consent) { consents.append(consent) }
        try statement(
            """
            UPDATE customer SET name = coalesce(name, ?), segment = coalesce(segment, ?),
                birthday = coalesce(birthday, ?), consents = ?
            WHERE id = ?
            """
        )
        .bind(profile.name).bind(profile.segment).bind(profile.birthday)
        .bind(consents.joined(separator: "\n")).bind(id.number)
        .run()
    }

    /// Gives a customer a further identifier, which must be free.
    package func attach(_ identifier: CustomerIdentifier, to id: CustomerID) throws(SQLError) {
        try statement("INSERT INTO customer_identifier (kind, value, customer) VALUES (?, ?, ?)")
            .bind(identifier.kind.rawValue).bind(identifier.value).bind(id.number)
            .run()
    }
}

extension CustomerRecord {
    /// Consents are ids without line breaks, so they are kept one to a line.
    fileprivate static func consents(_ lines: String?) -> [String] {
        (lines ?? "").split(separator: "\n").map(String.init)
    }

    init(row: SQLRow) {
        self.init(
            id: CustomerID(number: row.integer(0)), name: row.textOrNil(1), segment: row.textOrNil(2),
            birthday: row.textOrNil(3),
            consents: Self.consents(row.textOrNil(4)),
            createdAt: Instant(millisecondsSinceEpoch: row.integer(5)),
            mergedInto: row.integerOrNil(6).map(CustomerID.init(number:)), identifiers: [])
    }
}

extension CustomerIdentifier {
    /// An identifier as stored, which was normalised when it was written.
    init?(kind: String, value: String) {
        guard let kind = Kind(rawValue: kind) else { return nil }
        self.init(kind: kind, normalisedValue: value)
    }

    /// An identifier whose value is known to be in its stored form.
    package init(kind: Kind, normalisedValue value: String) {
        switch kind {
        case .card: self = .card(value)
        case .phone: self = .phone(value)
        case .email: self = .email(value)
        case .token: self = .token(value)
        case .external: self = .external(value)
        }
    }
}
