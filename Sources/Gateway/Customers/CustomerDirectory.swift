import Journal
import LineProtocol
import Locking
import Loyalty
import Retail

/// The read model of customers: always what was acknowledged, never behind it, never waiting for a write.
///
/// The journal's writer calls ``put(_:)`` and ``setStanding(_:_:promotionUses:)`` after each commit and before the
/// answer goes out, so whoever asks after an acknowledged change, on any loop, sees the change. What time changes is worked
/// out when somebody asks: a standing that has run out is read from the journal anew.
///
/// A gateway answers from its first second: until ``load()`` has brought everyone in, a customer who is not here yet is
/// fetched from the journal. What is here is never older than what the load brings, so the load leaves it alone.
package final class CustomerDirectory: Sendable {
    /// Customers that a load brings in before it lets others have its processor: a tenth of a millisecond.
    private static let customersBeforeOthers = 64

    private let journal: Journal
    private let programmes: Programmes
    private let clock: any WallClock
    private let identifiers: IdentifierIndex
    let holds = LiveHolds()
    private let rows = CustomerRows()
    private let knownCount = Atomic<Int>(0)
    private let isComplete = Atomic<Bool>(false)

    /// A directory that knows nobody yet.
    ///
    /// - Parameter seed: makes the index's order unpredictable; random in production, fixed in tests.
    package init(journal: Journal, programmes: Programmes, clock: any WallClock, seed: UInt64) {
        self.journal = journal
        self.programmes = programmes
        self.clock = clock
        identifiers = IdentifierIndex(seed: seed)
    }

    /// How many customers are in memory.
    package var count: Int { knownCount.load(ordering: .relaxed) }

    /// Whether everyone is in memory.
    var isLoaded: Bool { isComplete.load(ordering: .acquiring) }

    /// - Throws: `store_unavailable` when the customer is not in memory yet and the store cannot be read.
    func customer(_ identifier: CustomerIdentifier) throws(Refusal) -> CustomerID? {
        var value = identifier.value
        let found: Result<CustomerID?, Refusal> = value.withUTF8 { utf8 in
            Result { () throws(Refusal) in try customer(identifier.kind, UnsafeRawBufferPointer(utf8)) }
        }
        return try found.get()
    }

    func customer(_ kind: CustomerIdentifier.Kind, _ value: UnsafeRawBufferPointer) throws(Refusal) -> CustomerID? {
        // Asked before the look: the load may end between a look that found nobody and the question.
        let isComplete = isComplete.load(ordering: .acquiring)
        if let known = identifiers.customer(kind, value) { return known }
        guard !isComplete else { return nil }
        return try fetch { view in
            let identifier = CustomerIdentifier(kind: kind, normalisedValue: String(decoding: value, as: UTF8.self))
            return try view.customerID(with: identifier)
        }
    }

    /// Calls `body` with what is known of a customer at a moment; nil when nobody answers to the id.
    ///
    /// - Parameter generation: of the programmes by which the customer stands where they do.
    func read<Result>(
        _ id: CustomerID, at clock: StoreClock, generation: UInt32, _ body: (CustomerFacts) -> Result
    ) throws(Refusal) -> Result? {
        var hasAskedJournal = isComplete.load(ordering: .acquiring)
        var refreshes = 0
        var fresh = LoyaltyStanding.unknown
        // One look that is taken again where need be, and not several: what `body` holds on to is counted once.
        while true {
            let isLast = refreshes == Self.refreshesMaximum
            let look: Look<Result>? = rows.read(id) { facts in
                var facts = facts
                if !facts.standing.holds(at: clock, generation: generation) {
                    guard isLast else { return .ranOut(facts.id) }
                    // Changes follow each other faster than they can be read: what was just read is right for its moment.
                    facts.standing = fresh
                }
                return .found(body(facts))
            }
            switch look {
            case .found(let result): return result
            case .ranOut(let customer):
                // What has run out is worked out again; a change that comes in between may make that the older of the two.
                fresh = try refresh(customer, at: clock)
                refreshes += 1
            case nil:
                guard !hasAskedJournal, let fetched = try fetch({ _ in id }) else { return nil }
                hasAskedJournal = true
                // An old id of somebody who was merged.
                if fetched != id { rows.setMerged(id, into: fetched) }
            }
        }
    }

    private static var refreshesMaximum: Int { 3 }

    /// Adds a customer with their identifiers, or replaces what is known of them.
    package func put(_ record: CustomerRecord) {
        put(CustomerImage(record), profile: ByteWriter(capacity: 256), replacing: true)
    }

    /// Carries a change that was committed into what is known of the customer.
    ///
    /// - Parameter promotionUses: nil when they have not changed.
    func setStanding(_ id: CustomerID, _ standing: LoyaltyStanding, promotionUses: [String: Int64]? = nil) {
        let uses = promotionUses.map(PromotionUseText.encode)
        if rows.setStanding(id, standing, promotionUses: uses) { return }
        // Nobody had brought this customer in. Whoever does it now, this call or another, may have read what was before
        // this commit, so the standing is set once more. Should the store not be readable now, the customer is fetched
        // when somebody asks.
        if !isComplete.load(ordering: .acquiring) { _ = try? fetch { _ in id } }
        _ = rows.setStanding(id, standing, promotionUses: uses)
    }

    /// Everything of one customer has gone to another.
    func setMerged(_ gone: CustomerID, into survivor: CustomerRecord) {
        put(survivor)
        rows.setMerged(gone, into: survivor.id)
        holds.set([], of: gone)
    }

    /// Works out a standing anew that time has changed.
    private func refresh(_ id: CustomerID, at clock: StoreClock) throws(Refusal) -> LoyaltyStanding {
        guard let revision = rows.revision(of: id) else { return .unknown }
        let active = programmes.active
        do {
            let standing = try journal.read { view in
                let programme = active.set.programme(for: try view.person(id)?.segment)
                return try view.standing(
                    of: id, account: try view.account(of: id, parts: active.parts), programme: programme,
                    generation: active.generation,
                    at: clock)
            }
            rows.refreshStanding(id, standing, revision: revision)
            return standing
        } catch {
            throw Refusal(store: error)
        }
    }

    /// Brings everyone in. Once; takes about two seconds for a million.
    package func load() throws {
        try journal.read { view in
            let profile = ByteWriter(capacity: 512)
            var count = 0
            try view.forEachCustomer {
                put($0, profile: profile, replacing: false)
                count += 1
                // The tills that come back after a restart are greeted meanwhile.
                if count.isMultiple(of: Self.customersBeforeOthers) { journal.crew.giveWay() }
            } merged: {
                rows.setMerged($0, into: $1)
            }
        }
        isComplete.store(true, ordering: .releasing)
    }

    /// Brings in one customer, as the journal has them now, and returns the number they answer to. One who has come in
    /// meanwhile is left alone: a commit may have changed them since the journal was read.
    private func fetch(_ find: (JournalView) throws -> CustomerID?) throws(Refusal) -> CustomerID? {
        let found: CustomerRecord?
        do {
            found = try journal.read { view in try find(view).flatMap { try view.customer($0) } }
        } catch {
            throw Refusal(store: error)
        }
        guard let record = found else { return nil }
        put(CustomerImage(record), profile: ByteWriter(capacity: 256), replacing: false)
        return record.id
    }

    private func put(_ image: CustomerImage, profile: ByteWriter, replacing: Bool) {
        profile.removeAll()
        CustomerProfileText.write(image, to: profile)
        // Without its braces the text can be set among the members of any answer.
        let members = UnsafeRawBufferPointer(rebasing: profile.bytes.dropFirst().dropLast())
        let birthday = image.with(.birthday) { $0.flatMap { CalendarDate(iso: String(decoding: $0, as: UTF8.self)) } }
        let external = image.identifiers.first { $0.kind == .external }
        let uses = PromotionUseText.encode(image.account.promotionUses)
        let isNew = uses.withUnsafeBytes { uses in
            image.with(.segment) { segment in
                with(external, of: image) { external in
                    rows.set(
                        image.id, standing(of: image.account), birthday: birthday,
                        texts: CustomerTexts(
                            profile: members, segment: segment ?? noBytes, external: external, promotionUses: uses),
                        replacing: replacing)
                }
            }
        }
        for identifier in image.identifiers {
            image.with(identifier) { identifiers.set(identifier.kind, $0, to: image.id, replacing: replacing) }
        }
        if replacing {
            holds.set(image.account.points.holds, of: image.id)
        } else if isNew {
            holds.setIfUnknown(image.account.points.holds, of: image.id)
        }
        if isNew { knownCount.add(1, ordering: .relaxed) }
    }

    /// The standing at this moment. What counts in a rolling window is not in the account: whoever asks works it out.
    private func standing(of account: LoyaltyAccount) -> LoyaltyStanding {
        let active = programmes.active
        guard !active.hasWindows || account.turnover == .zero else { return .unknown }
        return LoyaltyStanding(account, generation: active.generation, counted: account.turnover, at: clock.now())
    }

    private func with<Result>(
        _ identifier: CustomerImage.Identifier?, of image: CustomerImage, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard let identifier else { return body(noBytes) }
        return image.with(identifier, body)
    }

    private var noBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
}

/// What a look at the customers in memory brought.
private enum Look<Result> {
    case found(Result)
    /// The customer is there, and the standing is not right any more.
    case ranOut(CustomerID)
}

/// The members of a customer's answer that change only when the customer does.
enum CustomerProfileText {
    /// Writes `{"customer_id":…,"name":…,"external":…,"segment":…,"consents":[…],"phone":…}`.
    static func write(_ customer: CustomerImage, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("customer_id", customer.id.text)
        writer.name("name")
        customer.with(.name) { name in
            if let name { writer.value(utf8: name) } else { writer.nullValue() }
        }
        writer.name("external")
        write(first: .external, of: customer, to: writer) { writer.value(utf8: $0) }
        writer.name("segment")
        customer.with(.segment) { segment in
            if let segment { writer.value(utf8: segment) } else { writer.nullValue() }
        }
        writer.name("consents")
        writer.beginArray()
        customer.with(.consents) { consents in
            for consent in consents?.split(separator: UInt8(ascii: "\n")) ?? [] {
                writer.value(utf8: UnsafeRawBufferPointer(rebasing: consent))
            }
        }
        writer.endArray()
        writer.name("phone")
        // The role that asks may not see a phone number whole; four digits are enough to tell two customers apart.
        write(first: .phone, of: customer, to: writer) {
            writer.value(maskedPhone(String(decoding: $0, as: UTF8.self)))
        }
        writer.endObject()
    }

    private static func write(
        first kind: CustomerIdentifier.Kind, of customer: CustomerImage, to writer: ByteWriter,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        if let identifier = customer.identifiers.first(where: { $0.kind == kind }) {
            customer.with(identifier, body)
        } else {
            writer.nullValue()
        }
    }
}
