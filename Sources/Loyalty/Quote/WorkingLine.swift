import Retail

/// A line while the steps of a quote work on it: every step sees what the earlier ones left. Amounts in minor units.
struct WorkingLine {
    let sku: String
    let quantityThousandths: Int64
    /// Price × quantity.
    let gross: Int64
    /// What the line costs at least, whatever is taken off.
    let floor: Int64
    /// Where the numbers of what the product is stand, for the filters.
    let marks: ProductMarks.Line
    let earns: Bool
    let canBePaidWithPoints: Bool
    var left: Int64
    var taken: [Taken] = []
    /// Whether later promotions may still touch it.
    var isOpen = true
    var pointsSpent: Int64 = 0

    /// Most lines have something taken off by so many at most: room for them is made at once.
    private static let takenUsually = 4

    /// - Parameter marks: takes up the numbers of the line's product.
    init(
        _ item: BasketLine, at index: Int, programme: Programme, marks: inout ProductMarks
    ) throws(QuoteError) {
        guard item.quantity > .zero else { throw .quantityNotPositive(line: index) }
        guard item.price >= .zero else { throw .priceNegative(line: index) }
        guard item.tillDiscount >= .zero else { throw .discountNegative(line: index) }
        guard let gross = try? item.gross() else { throw .overflow(line: index) }
        sku = item.sku
        quantityThousandths = item.quantity.thousandths
        self.gross = gross.minorUnits
        left = gross.minorUnits
        let own = marks.append(item, programme.symbols)
        self.marks = own
        let hasPoints = programme.isEligible(item.sku)
        earns = hasPoints && programme.earnExclude?.matches(own, of: marks) != true
        canBePaidWithPoints = hasPoints && programme.redeemExclude?.matches(own, of: marks) != true
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
        if taken.isEmpty { taken.reserveCapacity(Self.takenUsually) }
        taken.append(Taken(origin: origin, id: id, amount: Money(minorUnits: amount)))
    }
}

private func worthOf(_ quantityThousandths: Int64, unit: Money) -> Int64 {
    wideShare(unit.minorUnits, of: quantityThousandths, over: 1_000, rounding: .halfUp)
}
