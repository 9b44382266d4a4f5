import Journal
import Loyalty
import Retail

/// An account as it is after a change, for the customers in memory.
struct AccountUpdate: Sendable {
    var customer: CustomerID
    var standing: LoyaltyStanding
    /// The holds in force.
    var holds: [Hold]
    /// Nil when they have not changed.
    var promotionUses: [String: Int64]?
    /// Whether anything was written.
    var hasChanged: Bool
}

extension CustomerDirectory {
    /// Carries a change that was committed.
    func take(_ update: AccountUpdate) {
        setStanding(update.customer, update.standing, promotionUses: update.promotionUses)
        holds.set(update.holds, of: update.customer)
    }
}

/// What a change to an account needs beside the account: the programmes in force and a store's moment. Used on the writer's
/// thread, inside a transaction.
struct AccountBench: Sendable {
    let active: ActiveProgrammes
    let clock: StoreClock

    func programme(of person: PersonRecord) -> Programme { active.set.programme(for: person.segment) }

    /// Opens an account, changes it and writes it down.
    func change(
        _ person: PersonRecord, _ cause: PostingCause, _ transaction: JournalTransaction,
        _ body: (inout Posting) throws -> Void
    ) throws -> AccountUpdate {
        var posting = try transaction.open(person.id)
        try body(&posting)
        return try post(posting, of: person, cause, transaction)
    }

    /// Writes a change down and works out where the customer stands after it.
    func post(
        _ posting: Posting, of person: PersonRecord, _ cause: PostingCause, _ transaction: JournalTransaction
    ) throws -> AccountUpdate {
        let account = try transaction.post(posting, cause)
        let standing = try transaction.standing(
            of: person.id, account: account, programme: programme(of: person), generation: active.generation,
            at: clock)
        return AccountUpdate(
            customer: person.id, standing: standing, holds: account.points.holds,
            promotionUses: posting.promotionsUsed.isEmpty ? nil : account.promotionUses,
            hasChanged: posting.hasChanged)
    }

    /// Ends the hold of a receipt and says how many points can be spent again.
    func release(
        _ key: ReceiptKey, of holder: CustomerID, _ transaction: JournalTransaction
    ) throws -> (update: AccountUpdate, released: Int64) {
        guard let person = try transaction.person(holder) else { throw Refusal.unknownCustomer }
        var released: Int64 = 0
        let update = try change(person, PostingCause("release", at: clock.now), transaction) { posting in
            released = posting.account.points.held(for: key, at: clock.now)
            posting.entries = posting.account.points.release(key, at: clock.now).entries
        }
        return (update, released)
    }

    /// Gives the points of a birthday in whose window this moment lies, unless they were given.
    func giveBirthdayGift(to person: PersonRecord, _ posting: inout Posting) throws {
        guard let birthday = person.birthday.flatMap({ CalendarDate(iso: $0) }),
            let gift = programme(of: person).birthdayGrant(
                birthday: birthday, lastGiftYear: posting.account.giftYear, at: clock.now,
                zone: clock.zone)
        else { return }
        posting.entries += try posting.account.points.earn(gift.grant, at: clock.now)
        posting.account.giftYear = gift.year
    }
}

/// A hold's id says which receipt it is for: a receipt that names another's hold is found out.
///
/// The form is `h-<digest>`, 64 bits of hexadecimal over the receipt's key.
struct HoldIdentity: Equatable {
    let text: String

    init(_ key: ReceiptKey) {
        var hash = StableHash()
        hash.combine(key.text)
        text = "h-" + String(hash.value, radix: 16)
    }
}
