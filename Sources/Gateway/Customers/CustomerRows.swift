import Locking
import Retail

/// What a loop may know of a customer without asking the disk.
struct CustomerFacts {
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
            let position = Self.position(wanted)
            stripe(wanted).table.withLock { table in
                guard let record = table.record(position) else { return }
                if record.pointee.mergedInto == 0 {
                    result = body(record.facts)
                } else {
                    survivor = CustomerID(number: record.pointee.mergedInto)
                }
            }
            guard let next = survivor else { return result }
            wanted = next
        }
        return nil
    }

    /// Adds a customer; true when the customer is new. One who is known is replaced or left alone.
    func set(
        _ id: CustomerID, points: Int64, turnover: Money, birthday: CalendarDate?, profile: UnsafeRawBufferPointer,
        replacing: Bool
    ) -> Bool {
        let head = CustomerRecordHead(
            points: points, turnover: turnover.minorUnits, mergedInto: 0, profileBytes: UInt32(profile.count),
            birthMonth: UInt8(birthday?.month ?? 0), birthDay: UInt8(birthday?.day ?? 0))
        // The bytes are copied while the caller waits.
        nonisolated(unsafe) let profile = profile
        return stripe(id).table.withLock { table in
            table.set(Self.position(id), head, profile, replacing: replacing)
        }
    }

    /// Carries a ledger entry that was committed into the customer's facts; false when the customer is not here.
    func setBalance(_ id: CustomerID, points: Int64, turnover: Money) -> Bool {
        stripe(id).table.withLock { table in
            guard let record = table.record(Self.position(id)) else { return false }
            record.pointee.points = points
            record.pointee.turnover = turnover.minorUnits
            return true
        }
    }

    private func stripe(_ id: CustomerID) -> Stripe { stripes[Int(id.number) % Self.stripeCount] }

    private static func position(_ id: CustomerID) -> Int { Int(id.number) / stripeCount }

    private final class Stripe: Sendable {
        let table = Mutex(CustomerTable())
    }
}

/// What stands in front of a customer's profile in memory: one look reaches both.
private struct CustomerRecordHead {
    var points: Int64
    var turnover: Int64
    /// 0: not merged.
    var mergedInto: Int64
    var profileBytes: UInt32
    /// 0: unknown.
    var birthMonth: UInt8
    var birthDay: UInt8

    static var bytes: Int { MemoryLayout<CustomerRecordHead>.stride }
}

extension UnsafeMutablePointer<CustomerRecordHead> {
    fileprivate var facts: CustomerFacts {
        CustomerFacts(
            points: pointee.points, turnover: Money(minorUnits: pointee.turnover),
            birthday: pointee.birthMonth == 0 ? nil : (pointee.birthMonth, pointee.birthDay),
            profile: UnsafeRawBufferPointer(
                start: UnsafeRawPointer(self) + CustomerRecordHead.bytes, count: Int(pointee.profileBytes)))
    }
}

/// The customers of one stripe, by position.
private struct CustomerTable: ~Copyable, @unchecked Sendable {
    /// Grows by doubling; nil where nobody is.
    private var records: [UnsafeMutablePointer<CustomerRecordHead>?] = []
    private var memory = RecordMemory()

    borrowing func record(_ position: Int) -> UnsafeMutablePointer<CustomerRecordHead>? {
        guard position >= 0, position < records.count else { return nil }
        return records[position]
    }

    mutating func set(
        _ position: Int, _ head: CustomerRecordHead, _ profile: UnsafeRawBufferPointer, replacing: Bool
    ) -> Bool {
        if position >= records.count {
            let size = max(16, records.count * 2, position + 1)
            records.append(contentsOf: repeatElement(nil, count: size - records.count))
        }
        let previous = records[position]
        if let previous {
            guard replacing else { return false }
            memory.giveBack(previous, bytes: CustomerRecordHead.bytes + Int(previous.pointee.profileBytes))
        }
        let place = memory.take(bytes: CustomerRecordHead.bytes + profile.count)
        records[position] = place.initializeMemory(as: CustomerRecordHead.self, to: head)
        if let start = profile.baseAddress {
            (place + CustomerRecordHead.bytes).copyMemory(from: start, byteCount: profile.count)
        }
        return previous == nil
    }
}
