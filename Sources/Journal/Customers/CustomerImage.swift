import Loyalty
import Retail

/// A customer as bytes: what a million of them cost to read is the strings and arrays that are not made here.
///
/// One image is filled again and again while the customers are read in order; what it holds is the last one's.
package struct CustomerImage {
    /// An identifier's kind and where its value lies.
    package struct Identifier {
        package var kind: CustomerIdentifier.Kind
        fileprivate var range: Range<Int>
    }

    /// The customer's number.
    package fileprivate(set) var id = CustomerID(number: 0)
    /// Lots, holds, turnover and purchases.
    package fileprivate(set) var account = LoyaltyAccount()
    /// The identifiers, by kind and value.
    package fileprivate(set) var identifiers: [Identifier] = []
    fileprivate var mergedInto: Int64?
    private var bytes: [UInt8] = []
    private var fields = [Range<Int>?](repeating: nil, count: Field.allCases.count)

    /// The texts of a customer.
    package enum Field: Int, CaseIterable {
        case name
        case segment
        /// `YYYY-MM-DD`.
        case birthday
        /// One to a line.
        case consents
    }

    /// An image of nobody, to be filled.
    init() {}

    /// The image of one customer.
    package init(_ record: CustomerRecord) {
        id = record.id
        account = record.account
        set(.name, record.name)
        set(.segment, record.segment)
        set(.birthday, record.birthday)
        set(.consents, record.consents.joined(separator: "\n"))
        for identifier in record.identifiers {
            identifiers.append(Identifier(kind: identifier.kind, range: append(identifier.value.utf8)))
        }
    }

    /// Calls `body` with the bytes of a field; nil when the customer has none.
    package func with<Result>(_ field: Field, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        guard let range = fields[field.rawValue] else { return body(nil) }
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Calls `body` with the bytes of an identifier's value.
    package func with<Result>(_ identifier: Identifier, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[identifier.range])) }
    }

    private mutating func set(_ field: Field, _ text: String?) {
        guard let text else { return }
        fields[field.rawValue] = append(text.utf8)
    }

    private mutating func append(_ text: some Collection<UInt8>) -> Range<Int> {
        let start = bytes.count
        bytes.append(contentsOf: text)
        return start..<bytes.count
    }

    // MARK: Filling from rows

    fileprivate mutating func begin(_ row: SQLRow) {
        bytes.removeAll(keepingCapacity: true)
        identifiers.removeAll(keepingCapacity: true)
        id = CustomerID(number: row.integer(0))
        account = LoyaltyAccount()
        mergedInto = row.integerOrNil(5)
        for field in Field.allCases {
            let column = Int32(field.rawValue + 1)
            fields[field.rawValue] = row.hasValue(column) ? append(row.bytes(column)) : nil
        }
    }

    fileprivate mutating func add(_ row: SQLRow) {
        guard let kind = row.identifierKind(1) else { return }
        identifiers.append(Identifier(kind: kind, range: append(row.bytes(2))))
    }
}

extension JournalView {
    /// Every customer in order of number, each with identifiers and account; of those who were merged into another, only
    /// which one that was.
    ///
    /// Customers, identifiers, ledger, lots and holds are read side by side in the order of the customers' numbers, so
    /// that nothing is gathered in between.
    package func forEachCustomer(
        _ body: (CustomerImage) -> Void, merged: (_ gone: CustomerID, _ survivor: CustomerID) -> Void = { _, _ in }
    ) throws(SQLError) {
        let customers = try statement(
            "SELECT id, name, segment, birthday, consents, merged_into FROM customer ORDER BY id")
        let identifiers = SortedWalk(
            try statement("SELECT customer, kind, value FROM customer_identifier ORDER BY customer"))
        let accounts = try AccountWalk(self)
        defer { customers.finish() }
        var image = CustomerImage()
        while let row = try customers.next() {
            image.begin(row)
            try identifiers.forEach(of: image.id.number) { image.add($0) }
            try accounts.read(&image.account, of: image.id.number)
            if let survivor = image.mergedInto {
                merged(image.id, CustomerID(number: survivor))
            } else {
                body(image)
            }
        }
    }
}

/// Reads the accounts of customers whose numbers rise.
private struct AccountWalk {
    private let entries: SortedWalk
    private let lots: SortedWalk
    private let holds: SortedWalk
    private let gifts: SortedWalk
    private let uses: SortedWalk

    init(_ view: JournalView) throws(SQLError) {
        entries = SortedWalk(
            try view.statement(
                """
                SELECT customer, number, turnover_after, purchases_after, debt_after FROM ledger_entry
                ORDER BY customer, number
                """))
        lots = SortedWalk(
            try view.statement(
                """
                SELECT customer, number, origin, receipt_key, active_from, expires_at, points FROM points_lot
                WHERE is_empty = 0 ORDER BY customer, number
                """))
        holds = SortedWalk(
            try view.statement(
                """
                SELECT customer, receipt_key, lot, points, expires_at FROM points_hold
                ORDER BY customer, receipt_key, position
                """))
        gifts = SortedWalk(try view.statement("SELECT customer, year FROM birthday_gift ORDER BY customer"))
        uses = SortedWalk(
            try view.statement("SELECT customer, promotion, receipts FROM promotion_use ORDER BY customer"))
    }

    func read(_ account: inout LoyaltyAccount, of customer: Int64) throws(SQLError) {
        var found: [Lot] = []
        var gathering = HoldGathering()
        try lots.forEach(of: customer) { found.append(Lot(row: $0, from: 1)) }
        try holds.forEach(of: customer) { gathering.add($0, from: 1) }
        if !found.isEmpty || !gathering.holds.isEmpty {
            account.points = PointsAccount(lots: found, holds: gathering.holds)
        }
        try entries.forEach(of: customer) { account.takeLastEntry($0, from: 1) }
        try gifts.forEach(of: customer) { account.giftYear = Int($0.integer(1)) }
        try uses.forEach(of: customer) { account.promotionUses[$0.text(1)] = $0.integer(2) }
    }
}

/// Walks rows that are ordered by the number in their first column, group by group.
private final class SortedWalk {
    private let statement: SQLStatement
    private var current: SQLRow?
    private var hasBegun = false

    init(_ statement: SQLStatement) {
        self.statement = statement
    }

    deinit { statement.finish() }

    /// Calls `body` with the rows of `group`; groups are asked for in rising order, those in between are passed over.
    func forEach(of group: Int64, _ body: (SQLRow) -> Void) throws(SQLError) {
        if !hasBegun {
            current = try statement.next()
            hasBegun = true
        }
        while let row = current, row.integer(0) <= group {
            if row.integer(0) == group { body(row) }
            current = try statement.next()
        }
    }
}

extension SQLRow {
    /// The kind a column names, compared as bytes.
    fileprivate func identifierKind(_ column: Int32) -> CustomerIdentifier.Kind? {
        let name = bytes(column)
        switch name.first {
        case UInt8(ascii: "c"): return .card
        case UInt8(ascii: "p"): return .phone
        case UInt8(ascii: "t"): return .token
        // `email` and `external` differ in their second letter.
        case UInt8(ascii: "e"): return name.count > 1 && name[1] == UInt8(ascii: "m") ? .email : .external
        default: return nil
        }
    }
}
