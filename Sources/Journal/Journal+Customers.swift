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
    /// The sum of the ledger's points.
    package var points: Int64
    /// Purchases minus returns, in minor units: the sum of the ledger's turnover.
    package var turnover: Money
    package var createdAt: Instant
    package var mergedInto: CustomerID?
    package var identifiers: [CustomerIdentifier]

    /// A customer with every field given.
    package init(
        id: CustomerID, name: String?, segment: String?, birthday: String?, consents: [String], points: Int64,
        turnover: Money, createdAt: Instant, mergedInto: CustomerID?, identifiers: [CustomerIdentifier]
    ) {
        self.id = id
        self.name = name
        self.segment = segment
        self.birthday = birthday
        self.consents = consents
        self.points = points
        self.turnover = turnover
        self.createdAt = createdAt
        self.mergedInto = mergedInto
        self.identifiers = identifiers
    }
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

/// A movement of a customer's points and turnover; a balance is always the sum of its entries.
package struct LedgerEntry: Sendable, Equatable {
    package var customer: CustomerID
    package var points: Int64
    package var turnover: Money
    /// `sale`, `return`, `import`, …
    package var reason: String
    /// The receipt's sequence, when a receipt is the cause.
    package var receipt: Int64?
    package var at: Instant

    /// An entry with every field given.
    package init(
        customer: CustomerID, points: Int64, turnover: Money, reason: String, receipt: Int64?, at: Instant
    ) {
        self.customer = customer
        self.points = points
        self.turnover = turnover
        self.reason = reason
        self.receipt = receipt
        self.at = at
    }
}

extension JournalView {
    /// The customer with this id, or the one they were merged into.
    package func customer(_ id: CustomerID) throws(SQLError) -> CustomerRecord? {
        var wanted = id
        // A merge of merges is short; the bound keeps a damaged chain from holding the writer.
        for _ in 0..<8 {
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
            let balance = try balance(of: found.id)
            found.points = balance.points
            found.turnover = balance.turnover
            return found
        }
        return nil
    }

    /// The customer who answers to an id today: its own, or the one it was merged into; nil when nobody does.
    package func survivor(of id: CustomerID) throws(SQLError) -> CustomerID? {
        var wanted = id
        for _ in 0..<8 {
            let row = try statement("SELECT merged_into FROM customer WHERE id = ?").bind(wanted.number)
                .first { $0.integerOrNil(0) }
            guard let merged = row else { return nil }
            guard let next = merged else { return wanted }
            wanted = CustomerID(number: next)
        }
        return nil
    }

    /// The id that owns an identifier, before merges are followed.
    package func customerID(with identifier: CustomerIdentifier) throws(SQLError) -> CustomerID? {
        try statement("SELECT customer FROM customer_identifier WHERE kind = ? AND value = ?")
            .bind(identifier.kind.rawValue).bind(identifier.value)
            .first { CustomerID(number: $0.integer(0)) }
    }

    /// Points and turnover as they stand: what the last entry says; zero when there is none.
    package func balance(of id: CustomerID) throws(SQLError) -> (points: Int64, turnover: Money) {
        let last = try lastEntry(of: id)
        return (last?.points ?? 0, last?.turnover ?? .zero)
    }

    fileprivate func lastEntry(
        of id: CustomerID
    ) throws(SQLError) -> (number: Int64, points: Int64, turnover: Money)? {
        try statement(
            """
            SELECT number, points_after, turnover_after FROM ledger_entry
            WHERE customer = ? ORDER BY number DESC LIMIT 1
            """
        ).bind(id.number).first { ($0.integer(0), $0.integer(1), Money(minorUnits: $0.integer(2))) }
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

    /// Writes one movement and returns the balance after it.
    ///
    /// - Throws: ``ArithmeticError`` when a balance would leave 64 bits.
    package func append(_ entry: LedgerEntry) throws -> (points: Int64, turnover: Money) {
        let last = try lastEntry(of: entry.customer)
        let (points, overflow) = (last?.points ?? 0).addingReportingOverflow(entry.points)
        guard !overflow else { throw ArithmeticError.overflow }
        let turnover = try (last?.turnover ?? .zero).adding(entry.turnover)
        try statement(
            """
            INSERT INTO ledger_entry
                (customer, number, points, turnover, points_after, turnover_after, reason, receipt, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(entry.customer.number).bind((last?.number ?? 0) + 1).bind(entry.points).bind(entry.turnover.minorUnits)
        .bind(points).bind(turnover.minorUnits).bind(entry.reason).bind(entry.receipt)
        .bind(entry.at.millisecondsSinceEpoch)
        .run()
        return (points, turnover)
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
            consents: Self.consents(row.textOrNil(4)), points: 0, turnover: .zero,
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
