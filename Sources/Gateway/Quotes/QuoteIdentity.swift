import Loyalty
import Retail

/// A quote's id says what was quoted: a receipt can be held against it at any later time, on any gateway of the store,
/// without a table of quotes that were never used.
///
/// The form is `q-<valid until>-<digest>`, both hexadecimal: the end of the quote's life in milliseconds since 1970,
/// and a digest over the customer, the amount of each line before points, and what points pay: a receipt may show points
/// as a discount of its lines or as a payment.
struct QuoteIdentity: Equatable {
    var validUntil: Instant
    var digest: UInt64

    /// - Parameters:
    ///   - lines: what is left of each line before points.
    ///   - points: the money that points pay.
    init(customer: CustomerID?, lines: some Sequence<(sku: String, amount: Money)>, points: Money, validUntil: Instant)
    {
        var hash = StableHash()
        hash.combine(customer?.number ?? 0)
        for line in lines {
            hash.combine(line.sku)
            hash.combine(line.amount.minorUnits)
        }
        hash.combine(points.minorUnits)
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
    ///
    /// - Parameter customer: whose receipt it is: the one it names, or else the one whose points it spends.
    func matches(_ receipt: Receipt, of customer: CustomerID?) -> Bool {
        var points: Int64 = 0
        let lines = receipt.lines.map { line in
            let discounted = line.discounts.reduce(Int64(0)) { sum, discount in
                discount.origin == LineDiscount.pointsOrigin ? sum &+ discount.amount.minorUnits : sum
            }
            points &+= discounted
            return (sku: line.sku, amount: Money(minorUnits: line.amount.minorUnits &+ discounted))
        }
        for tender in receipt.tenders where tender.kind == LineDiscount.pointsOrigin {
            points &+= tender.amount.minorUnits
        }
        return self
            == QuoteIdentity(
                customer: customer, lines: lines, points: Money(minorUnits: points), validUntil: validUntil)
    }
}
