import Loyalty
import Retail

/// A quote's id says what was quoted: a receipt can be held against it at any later time, on any gateway of the store,
/// without a table of quotes that were never used.
///
/// The form is `q-<valid until>-<digest>`, both hexadecimal: the end of the quote's life in milliseconds since 1970, and
/// a digest over the customer, the amount of each line and the total.
struct QuoteIdentity: Equatable {
    var validUntil: Instant
    var digest: UInt64

    init(customer: CustomerID?, lines: some Sequence<(sku: String, amount: Money)>, total: Money, validUntil: Instant) {
        var hash = StableHash()
        hash.combine(customer?.number ?? 0)
        for line in lines {
            hash.combine(line.sku)
            hash.combine(line.amount.minorUnits)
        }
        hash.combine(total.minorUnits)
        hash.combine(validUntil.millisecondsSinceEpoch)
        self.validUntil = validUntil
        digest = hash.value
    }

    /// Reads an id; nil when no gateway of this version can have given it.
    init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "q", let until = Int64(parts[1], radix: 16),
            let digest = UInt64(parts[2], radix: 16)
        else { return nil }
        validUntil = Instant(millisecondsSinceEpoch: until)
        self.digest = digest
    }

    var text: String {
        "q-" + String(validUntil.millisecondsSinceEpoch, radix: 16) + "-" + String(digest, radix: 16)
    }

    /// Whether a receipt charges what was quoted.
    func matches(_ receipt: Receipt) -> Bool {
        let lines = receipt.lines.lazy.map { (sku: $0.sku, amount: $0.amount) }
        return self
            == QuoteIdentity(customer: receipt.customer, lines: lines, total: receipt.total, validUntil: validUntil)
    }
}
