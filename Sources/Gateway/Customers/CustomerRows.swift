import Retail
import Synchronization

/// What a loop may know of a customer without asking the disk.
struct CustomerFacts {
    var id: CustomerID
    var points: Int64
    var turnover: Money
    /// Month and day; nil when unknown.
    var birthday: (month: UInt8, day: UInt8)?
    /// The part of an answer that does not change with time or points, as JSON members ready to be sent; valid inside the
    /// closure that was given the facts.
    var profile: UnsafeRawBufferPointer
}

/// All customers in memory, by number, in stripes of their own so that a loop that reads and the writer that changes
/// another customer do not wait for each other.
final class CustomerRows: Sendable {
    private static let stripeCount = 64
    private let stripes: [Stripe] = (0..<CustomerRows.stripeCount).map { _ in Stripe() }

    /// Calls `body` with the customer's facts, merges followed; nil when there is no such customer.
    func read<Result>(_ id: CustomerID, _ body: (CustomerFacts) -> Result) -> Result? {
        // The closure runs while the caller waits.
        nonisolated(unsafe) let body = body
        var wanted = id
        // As in the journal: a chain of merges is short.
        for _ in 0..<8 {
            var survivor: CustomerID?
            nonisolated(unsafe) var result: Result?
            let id = wanted
            stripe(id).table.withLock { table in
                guard let row = table.row(Self.position(id)) else { return }
                if row.mergedInto == 0 {
                    result = body(row.facts(id: id))
                } else {
                    survivor = CustomerID(number: Int64(row.mergedInto))
                }
            }
            guard let next = survivor else { return result }
            wanted = next
        }
        return nil
    }

    /// Adds a customer or replaces what is known of one; true when the customer is new.
    func set(
        _ id: CustomerID, points: Int64, turnover: Money, birthday: CalendarDate?, profile: UnsafeRawBufferPointer
    ) -> Bool {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: profile.count, alignment: 1)
        copy.copyMemory(from: profile)
        nonisolated(unsafe) let row = CustomerRow(
            profile: copy.baseAddress, profileBytes: UInt32(profile.count), mergedInto: 0, points: points,
            turnover: turnover.minorUnits, birthMonth: UInt8(birthday?.month ?? 0), birthDay: UInt8(birthday?.day ?? 0))
        return stripe(id).table.withLock { $0.set(Self.position(id), row) }
    }

    /// Carries a ledger entry that was committed into the customer's facts.
    func setBalance(_ id: CustomerID, points: Int64, turnover: Money) {
        stripe(id).table.withLock { table in
            table.update(Self.position(id)) { row in
                row.points = points
                row.turnover = turnover.minorUnits
            }
        }
    }

    private func stripe(_ id: CustomerID) -> Stripe { stripes[Int(id.number) % Self.stripeCount] }

    private static func position(_ id: CustomerID) -> Int { Int(id.number) / stripeCount }

    private final class Stripe: Sendable {
        let table = Mutex(CustomerRowTable())
    }
}

/// One customer, 40 bytes and the profile text.
private struct CustomerRow {
    /// Nil marks a number that nobody has.
    var profile: UnsafeMutableRawPointer?
    var profileBytes: UInt32 = 0
    var mergedInto: UInt32 = 0
    var points: Int64 = 0
    var turnover: Int64 = 0
    var birthMonth: UInt8 = 0
    var birthDay: UInt8 = 0

    func facts(id: CustomerID) -> CustomerFacts {
        CustomerFacts(
            id: id, points: points, turnover: Money(minorUnits: turnover),
            birthday: birthMonth == 0 ? nil : (birthMonth, birthDay),
            profile: UnsafeRawBufferPointer(start: profile, count: Int(profileBytes)))
    }
}

/// The rows of one stripe, by position; grows by doubling.
private struct CustomerRowTable: ~Copyable, @unchecked Sendable {
    private var rows = UnsafeMutableBufferPointer<CustomerRow>.allocate(capacity: 0)

    deinit {
        for row in rows { row.profile?.deallocate() }
        rows.deallocate()
    }

    borrowing func row(_ position: Int) -> CustomerRow? {
        guard position >= 0, position < rows.count, rows[position].profile != nil else { return nil }
        return rows[position]
    }

    mutating func set(_ position: Int, _ row: CustomerRow) -> Bool {
        if position >= rows.count { grow(toHold: position) }
        let previous = rows[position].profile
        previous?.deallocate()
        rows[position] = row
        return previous == nil
    }

    mutating func update(_ position: Int, _ change: (inout CustomerRow) -> Void) {
        guard position >= 0, position < rows.count, rows[position].profile != nil else { return }
        change(&rows[position])
    }

    private mutating func grow(toHold position: Int) {
        let larger = UnsafeMutableBufferPointer<CustomerRow>.allocate(capacity: max(16, rows.count * 2, position + 1))
        larger.initialize(repeating: CustomerRow())
        for index in rows.indices { larger[index] = rows[index] }
        rows.deallocate()
        rows = larger
    }
}
