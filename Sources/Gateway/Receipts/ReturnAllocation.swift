import Loyalty
import Retail

/// Finds the lines of a sale that a return brings back, and what that does to the points.
///
/// A line that says which line it belongs to goes there. One that does not is filled into the sale's lines of the same
/// SKU from the first one on, as far as they have something left.
struct ReturnAllocation {
    /// A part of one line of the sale that comes back.
    struct Part: Equatable {
        /// The line of the sale, counted from 1.
        var line: Int
        var quantity: Quantity
    }

    /// What comes back, in the order in which it was found.
    private(set) var parts: [Part] = []
    /// Points that the customer loses again; not negative.
    private(set) var earned: Int64 = 0
    /// Points that the customer gets back; not negative.
    private(set) var spent: Int64 = 0
    /// What had been paid for it; nil when a sale of an earlier form does not say.
    private(set) var paid: Money? = .zero

    private let effects: ReceiptEffects
    private let skus: [String]
    private var returned: [Int: Quantity]

    /// - Parameters:
    ///   - effects: what the sale's lines did.
    ///   - skus: the sale's products, line by line.
    ///   - returned: what has come back before, by line counted from 1.
    init(effects: ReceiptEffects, skus: [String], returned: [Int: Quantity]) {
        self.effects = effects
        self.skus = skus
        self.returned = returned
    }

    /// Takes one line of the return.
    ///
    /// - Parameter index: the line's place in the return, from 0, for the refusal.
    mutating func take(_ line: ReceiptLine, at index: Int) throws(Refusal) {
        let candidates = try candidates(for: line, at: index)
        var missing = line.quantity.thousandths
        for candidate in candidates where missing > 0 {
            let taken = min(missing, left(of: candidate))
            guard taken > 0 else { continue }
            try takeBack(Part(line: candidate, quantity: Quantity(thousandths: taken)), at: index)
            missing -= taken
        }
        guard missing == 0 else { throw Self.moreThanSold(index) }
    }

    private func candidates(for line: ReceiptLine, at index: Int) throws(Refusal) -> [Int] {
        guard let named = line.originalLine else {
            let same = effects.lines.indices.filter { skus[$0] == line.sku }.map { $0 + 1 }
            guard !same.isEmpty else { throw .badField("lines[\(index)].sku", "is not on the original receipt") }
            return same
        }
        let field = "lines[\(index)].original_line"
        guard named <= effects.lines.count else {
            throw .badField(field, "the original has \(effects.lines.count) lines")
        }
        guard skus[named - 1] == line.sku else {
            throw .badField(field, "that line of the original has another sku")
        }
        return [named]
    }

    private func left(of line: Int) -> Int64 {
        effects.lines[line - 1].quantity.thousandths - (returned[line] ?? .zero).thousandths
    }

    private mutating func takeBack(_ part: Part, at index: Int) throws(Refusal) {
        let sold = effects.lines[part.line - 1]
        let before = returned[part.line] ?? .zero
        let comesBack: ReturnedLine
        do throws(ReturnError) {
            comesBack = try ReturnedLine(sold: sold.quantity, returnedBefore: before, returnedNow: part.quantity)
        } catch {
            throw Self.moreThanSold(index)
        }
        earned += comesBack.reversal(of: sold.earned)
        spent += comesBack.reversal(of: sold.spent)
        paid = paid.flatMap { sum in
            sold.paid.map { Money(minorUnits: sum.minorUnits + comesBack.reversal(of: $0.minorUnits)) }
        }
        returned[part.line] = Quantity(thousandths: before.thousandths + part.quantity.thousandths)
        parts.append(part)
    }

    private static func moreThanSold(_ index: Int) -> Refusal {
        .badField("lines[\(index)].quantity", "more than was sold")
    }
}
