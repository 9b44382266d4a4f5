import Loyalty
import Retail

/// What the journal keeps of a customer's loyalty.
package struct LoyaltyAccount: Sendable, Equatable {
    /// Lots, holds and debt.
    package var points = PointsAccount()
    /// Purchases minus returns over the whole life.
    package var turnover = Money.zero
    /// Sales so far.
    package var purchases: Int64 = 0
    /// The year of the birthday for which the last gift was given.
    package var giftYear: Int?
    /// In how many receipts each promotion was applied.
    package var promotionUses: [String: Int64] = [:]
    /// The number of the last ledger entry.
    var lastEntry: Int64 = 0

    /// An account without anything.
    package init() {}

    /// Takes number, turnover, purchases and debt of the last entry.
    mutating func takeLastEntry(_ row: SQLRow, from column: Int32 = 0) {
        lastEntry = row.integer(column)
        turnover = Money(minorUnits: row.integer(column + 1))
        purchases = row.integer(column + 2)
        points.adopt(debt: row.integer(column + 3))
    }
}

/// Parts of an account that not every programme asks for.
package struct AccountParts: OptionSet, Sendable {
    package let rawValue: Int

    /// Parts by their bits.
    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    package static let birthdayGift = AccountParts(rawValue: 1)
    package static let promotionUses = AccountParts(rawValue: 2)
    package static let all: AccountParts = [.birthdayGift, .promotionUses]
}

/// A change to a customer's account on its way into the ledger.
package struct Posting: Sendable {
    /// Whose account.
    package let customer: CustomerID
    /// The account as it is after what has been done so far.
    package var account: LoyaltyAccount
    /// What moved, in order.
    package var entries: [LedgerEntry] = []
    /// What the turnover gains; below zero on a return.
    package var turnover = Money.zero
    /// Sales that were made.
    package var purchases: Int64 = 0
    /// Promotions of which one more receipt made use.
    package var promotionsUsed: [String] = []
    /// The account as the store has it.
    let stored: LoyaltyAccount

    /// Whether there is anything to write.
    package var hasChanged: Bool {
        !entries.isEmpty || turnover != .zero || purchases != 0 || !promotionsUsed.isEmpty || account != stored
    }

    init(customer: CustomerID, stored: LoyaltyAccount) {
        self.customer = customer
        self.stored = stored
        account = stored
    }
}

/// What a posting is due to.
package struct PostingCause: Sendable {
    /// A sale: where it stands in the journal, and its key.
    package struct Sale: Sendable {
        package var sequence: Int64
        package var key: ReceiptKey

        /// A sale.
        package init(sequence: Int64, key: ReceiptKey) {
            self.sequence = sequence
            self.key = key
        }
    }

    /// The reason of an entry that moves no points: `sale`, `return`, `import`.
    package var reason: String
    /// The sequence of the receipt that causes it.
    package var receipt: Int64?
    /// The sale that the points belong to: the receipt itself, or the one that a return brings back.
    package var original: Sale?
    package var at: Instant

    /// A cause; one without a receipt is a person's, another system's or time's.
    package init(_ reason: String, receipt: Int64? = nil, original: Sale? = nil, at: Instant) {
        self.reason = reason
        self.receipt = receipt
        self.original = original
        self.at = at
    }
}
