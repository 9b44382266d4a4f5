/// A disagreement found in a receipt. The receipt is accepted all the same; the mark is stored and relayed with it.
public enum ReceiptMark: String, CaseIterable, Sendable {
    /// Price × quantity less the discounts is not the line's amount.
    case lineAmount = "line_amount"
    /// The lines do not add up to the total.
    case total
    /// The payments, less the change, do not add up to the total.
    case payments
    /// The taxes by rate are not those of the total, of the lines, or of their own rate.
    case taxes
    /// The quote that the receipt names was never given.
    case quoteUnknown = "quote_unknown"
    /// The receipt differs from the quote that it names.
    case quoteDiffers = "quote_differs"
    /// The customer is not known here.
    case customerUnknown = "customer_unknown"
    /// The hold that the receipt names had ended or was never placed, or held fewer points than were spent.
    case holdMissing = "hold_missing"
    /// Points were spent that the customer did not have: they became a debt.
    case pointsDebt = "points_debt"
    /// The original of a return is not known here.
    case originalUnknown = "original_unknown"
    /// The order is not known here.
    case orderUnknown = "order_unknown"
    /// The order was not in a state in which it could be paid by this till.
    case orderState = "order_state"
    /// The basket from the shop floor is not known here.
    case basketUnknown = "basket_unknown"
    /// The basket was not this till's, or not open any more.
    case basketState = "basket_state"
    /// The till's clock is far off.
    case clock
}

extension Receipt {
    /// The disagreements that the receipt's own numbers show, each at most once, in the order of `ReceiptMark`.
    ///
    /// A void has none: nothing was sold, and what the basket held is kept as it is. A correction need not have lines.
    public func arithmeticMarks() -> [ReceiptMark] {
        guard kind != .void else { return [] }
        var marks = unreadable
        if !lines.allSatisfy({ $0.amountAddsUp }) { marks.insert(.lineAmount) }
        let hasLines = kind != .correction || !lines.isEmpty
        if hasLines, !adds(lines.lazy.map(\.amount), upTo: total) { marks.insert(.total) }
        if !adds(tenders.lazy.map(\.amount), upTo: total, and: change) { marks.insert(.payments) }
        if !taxesAddUp { marks.insert(.taxes) }
        return ReceiptMark.allCases.filter(marks.contains)
    }
}

extension ReceiptLine {
    /// Whether price × quantity, rounded half up, less the discounts is the line's amount.
    public var amountAddsUp: Bool {
        guard let gross = try? price.times(quantity) else { return false }
        return adds(discounts.lazy.map(\.amount), to: amount, upTo: gross)
    }
}

/// Sums in 128 bits: a receipt whose numbers overflow is one that disagrees, not one that cannot be judged.
private func adds(
    _ parts: some Sequence<Money>, to first: Money = .zero, upTo whole: Money, and more: Money = .zero
) -> Bool {
    let sum = parts.reduce(Int128(first.minorUnits)) { $0 + Int128($1.minorUnits) }
    return sum == Int128(whole.minorUnits) + Int128(more.minorUnits)
}
