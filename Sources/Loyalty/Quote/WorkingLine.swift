import Retail

/// A line while the steps of a quote work on it: every step sees what the earlier ones left. Amounts in minor units.
struct WorkingLine {
    let sku: String
    let quantityThousandths: Int64
    /// Price × quantity.
    let gross: Int64
    /// What the line costs at least, whatever is taken off.
    let floor: Int64
    /// The numbers of what the product is, for the filters.
    let marks: [ProductSymbols.Symbol]
    let earns: Bool
    let canBePaidWithPoints: Bool
    var left: Int64
    var taken: [Taken] = []
    /// Whether later promotions may still touch it.
    var isOpen = true
    var pointsSpent: Int64 = 0

    init(_ item: BasketLine, at index: Int, programme: Programme) throws(QuoteError) {
        guard item.quantity > .zero else { throw .quantityNotPositive(line: index) }
        guard item.price >= .zero else { throw .priceNegative(line: index) }
        guard item.tillDiscount >= .zero else { throw .discountNegative(line: index) }
        guard let gross = try? item.gross() else { throw .overflow(line: index) }
        sku = item.sku
        quantityThousandths = item.quantity.thousandths
        self.gross = gross.minorUnits
        left = gross.minorUnits
        marks = programme.symbols.marks(of: item)
        let hasPoints = programme.isEligible(item.sku)
        earns = hasPoints && programme.earnExclude?.matches(marks) != true
        canBePaidWithPoints = hasPoints && programme.redeemExclude?.matches(marks) != true
        let ofProgramme = programme.minimumPrices.isEmpty ? nil : programme.minimumPrices[item.sku]
        let minimum = max(ofProgramme ?? .zero, item.minimumPrice ?? .zero)
        floor = minimum > .zero ? worthOf(quantityThousandths, unit: minimum) : 0
        take(min(item.tillDiscount.minorUnits, room), origin: .till)
    }

    /// What may still be taken off.
    var room: Int64 { max(0, left - floor) }

    /// The units that promotions of whole units count.
    var wholeUnits: Int64 { quantityThousandths / 1_000 }

    /// What one unit costs now, rounded half up. Only asked of lines with at least one whole unit, so it fits.
    var unitValue: Int64 { wideShare(left, of: 1_000, over: quantityThousandths, rounding: .halfUp) }

    /// An amount for one unit, times the quantity, rounded half up.
    func worth(ofUnit amount: Money) -> Int64 { worthOf(quantityThousandths, unit: amount) }

    /// Takes an amount off that the caller has cut to the room.
    mutating func take(_ amount: Int64, origin: Taken.Origin, id: String? = nil) {
        guard amount > 0 else { return }
        left -= amount
        taken.append(Taken(origin: origin, id: id, amount: Money(minorUnits: amount)))
    }
}

private func worthOf(_ quantityThousandths: Int64, unit: Money) -> Int64 {
    wideShare(unit.minorUnits, of: quantityThousandths, over: 1_000, rounding: .halfUp)
}
