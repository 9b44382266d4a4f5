import Locking
import Retail

/// What a loop may know of a customer without asking the disk; the texts are valid inside the closure that was given the
/// facts.
struct CustomerFacts {
    var id: CustomerID
    var standing: LoyaltyStanding
    /// Month and day; nil when unknown.
    var birthday: (month: UInt8, day: UInt8)?
    /// The part of an answer that does not change with time or points, as JSON members ready to be sent.
    var profile: UnsafeRawBufferPointer
    /// Empty when the customer is in none.
    var segment: UnsafeRawBufferPointer
    /// The id in the retailer's other systems; empty when there is none.
    var external: UnsafeRawBufferPointer
    /// In how many receipts each promotion was applied.
    var promotionUses: PromotionUseText
}

extension CustomerFacts {
    /// The birthday in some leap year: the year of birth is nobody's business at a till.
    var birthdate: CalendarDate? {
        birthday.flatMap { CalendarDate(year: 2_000, month: Int($0.month), day: Int($0.day)) }
    }
}

/// The texts of a customer's record.
struct CustomerTexts {
    var profile: UnsafeRawBufferPointer
    var segment: UnsafeRawBufferPointer
    var external: UnsafeRawBufferPointer
    var promotionUses: UnsafeRawBufferPointer

    fileprivate var parts: [UnsafeRawBufferPointer] { [profile, segment, external, promotionUses] }
    fileprivate var bytes: Int { profile.count + segment.count + external.count + promotionUses.count }
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
        for _ in 0..<64 {
            var survivor: CustomerID?
            nonisolated(unsafe) var result: Result?
            let position = Self.position(wanted)
            stripe(wanted).table.withLock { table in
                guard let record = table.record(position) else { return }
                if record.pointee.mergedInto == 0 {
                    result = body(record.facts(of: wanted))
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
        _ id: CustomerID, _ standing: LoyaltyStanding, birthday: CalendarDate?, texts: CustomerTexts, replacing: Bool
    ) -> Bool {
        let head = CustomerRecordHead(
            standing: standing, revision: 0, mergedInto: 0, profileBytes: UInt32(texts.profile.count),
            promotionUseBytes: UInt32(texts.promotionUses.count), segmentBytes: UInt16(texts.segment.count),
            externalBytes: UInt16(texts.external.count), birthMonth: UInt8(birthday?.month ?? 0),
            birthDay: UInt8(birthday?.day ?? 0))
        // The bytes are copied while the caller waits.
        nonisolated(unsafe) let texts = texts
        return stripe(id).table.withLock { table in
            table.set(Self.position(id), head, texts, replacing: replacing)
        }
    }

    /// Carries a change that was committed into the customer's facts; false when the customer is not here.
    ///
    /// - Parameter promotionUses: nil when they have not changed.
    func setStanding(_ id: CustomerID, _ standing: LoyaltyStanding, promotionUses: [UInt8]? = nil) -> Bool {
        stripe(id).table.withLock { table in
            guard let record = table.record(Self.position(id)) else { return false }
            record.pointee.standing = standing
            record.pointee.revision &+= 1
            if let promotionUses { table.replacePromotionUses(Self.position(id), promotionUses) }
            return true
        }
    }

    /// The number of the last change to a customer, to be told to ``refreshStanding(_:_:revision:)``; nil when the
    /// customer is not here.
    func revision(of id: CustomerID) -> UInt32? {
        stripe(id).table.withLock { table in table.record(Self.position(id))?.pointee.revision }
    }

    /// Replaces a standing that had run out, unless a change has come in between.
    func refreshStanding(_ id: CustomerID, _ standing: LoyaltyStanding, revision: UInt32) {
        stripe(id).table.withLock { table in
            guard let record = table.record(Self.position(id)), record.pointee.revision == revision else { return }
            record.pointee.standing = standing
        }
    }

    /// Notes that a customer was merged into another; the id need not be here yet.
    func setMerged(_ id: CustomerID, into survivor: CustomerID) {
        stripe(id).table.withLock { table in table.setMerged(Self.position(id), into: survivor) }
    }

    private func stripe(_ id: CustomerID) -> Stripe { stripes[Int(id.number) % Self.stripeCount] }

    private static func position(_ id: CustomerID) -> Int { Int(id.number) / stripeCount }

    private final class Stripe: Sendable {
        let table = Mutex(CustomerTable())
    }
}

/// What stands in front of a customer's texts in memory: one look reaches both.
private struct CustomerRecordHead {
    var standing: LoyaltyStanding
    /// Changes with every change that was committed.
    var revision: UInt32
    /// 0: not merged.
    var mergedInto: Int64
    var profileBytes: UInt32
    var promotionUseBytes: UInt32
    var segmentBytes: UInt16
    var externalBytes: UInt16
    /// 0: unknown.
    var birthMonth: UInt8
    var birthDay: UInt8

    static var bytes: Int { MemoryLayout<CustomerRecordHead>.stride }

    var textBytes: Int { Int(profileBytes) + Int(promotionUseBytes) + Int(segmentBytes) + Int(externalBytes) }
}

extension UnsafeMutablePointer<CustomerRecordHead> {
    fileprivate func facts(of id: CustomerID) -> CustomerFacts {
        let texts = texts
        return CustomerFacts(
            id: id, standing: pointee.standing,
            birthday: pointee.birthMonth == 0 ? nil : (pointee.birthMonth, pointee.birthDay),
            profile: texts.profile, segment: texts.segment, external: texts.external,
            promotionUses: PromotionUseText(texts.promotionUses))
    }

    /// The texts in the order in which they stand behind the head.
    fileprivate var texts: CustomerTexts {
        var place = UnsafeRawPointer(self) + CustomerRecordHead.bytes
        func next(_ count: Int) -> UnsafeRawBufferPointer {
            defer { place += count }
            return UnsafeRawBufferPointer(start: place, count: count)
        }
        return CustomerTexts(
            profile: next(Int(pointee.profileBytes)), segment: next(Int(pointee.segmentBytes)),
            external: next(Int(pointee.externalBytes)), promotionUses: next(Int(pointee.promotionUseBytes)))
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
        _ position: Int, _ head: CustomerRecordHead, _ texts: CustomerTexts, replacing: Bool
    ) -> Bool {
        if position >= records.count {
            let size = max(16, records.count * 2, position + 1)
            records.append(contentsOf: repeatElement(nil, count: size - records.count))
        }
        let previous = records[position]
        if previous != nil, !replacing { return false }
        var head = head
        // Whoever works a standing out from before this change must not put it over this one.
        head.revision = (previous?.pointee.revision ?? 0) &+ 1
        write(position, head, texts)
        return previous == nil
    }

    mutating func setMerged(_ position: Int, into survivor: CustomerID) {
        if let record = record(position) {
            record.pointee.mergedInto = survivor.number
            return
        }
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        let head = CustomerRecordHead(
            standing: .unknown, revision: 0, mergedInto: survivor.number, profileBytes: 0, promotionUseBytes: 0,
            segmentBytes: 0, externalBytes: 0, birthMonth: 0, birthDay: 0)
        let texts = CustomerTexts(profile: nothing, segment: nothing, external: nothing, promotionUses: nothing)
        _ = set(position, head, texts, replacing: false)
    }

    mutating func replacePromotionUses(_ position: Int, _ text: [UInt8]) {
        guard let previous = record(position) else { return }
        var head = previous.pointee
        head.promotionUseBytes = UInt32(text.count)
        text.withUnsafeBytes { bytes in
            var texts = previous.texts
            texts.promotionUses = bytes
            write(position, head, texts)
        }
    }

    /// Writes a record to a place of its own and gives the place of the one before back, which the texts may lie in.
    private mutating func write(_ position: Int, _ head: CustomerRecordHead, _ texts: CustomerTexts) {
        let previous = records[position]
        let place = memory.take(bytes: CustomerRecordHead.bytes + texts.bytes)
        records[position] = place.initializeMemory(as: CustomerRecordHead.self, to: head)
        var end = place + CustomerRecordHead.bytes
        for part in texts.parts where !part.isEmpty {
            end.copyMemory(from: part.baseAddress!, byteCount: part.count)
            end += part.count
        }
        if let previous {
            memory.giveBack(previous, bytes: CustomerRecordHead.bytes + previous.pointee.textBytes)
        }
    }
}
