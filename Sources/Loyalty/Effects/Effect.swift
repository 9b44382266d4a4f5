import Retail

/// The kinds of effects, named as in a programme.
public enum EffectKind: String, CaseIterable, Hashable, Sendable, Codable {
    /// Percent off each line.
    case percentOff = "percent_off"
    /// An amount off each unit.
    case amountOffUnit = "amount_off_unit"
    /// An amount off the basket.
    case amountOffBasket = "amount_off_basket"
    /// A price of its own.
    case fixedPrice = "fixed_price"
    /// N for the price of M.
    case nForM = "n_for_m"
    /// Several products together at a price.
    case bundle
    /// Units of a product for nothing.
    case gift
    /// Points on top.
    case extraPoints = "extra_points"
    /// A part of what is paid as points on top.
    case extraPointsPercent = "extra_points_percent"
    /// Base points multiplied.
    case pointsMultiplier = "points_multiplier"
}

/// What a promotion does.
public enum Effect: Hashable, Sendable {
    /// Percent off each line.
    case percentOff(PercentOff)
    /// An amount off each unit.
    case amountOffUnit(AmountOffUnit)
    /// An amount off the basket, split over its lines.
    case amountOffBasket(AmountOffBasket)
    /// A price of its own.
    case fixedPrice(FixedPrice)
    /// N for the price of M.
    case nForM(NForM)
    /// Several products together at a price.
    case bundle(Bundle)
    /// Units of a product for nothing.
    case gift(Gift)
    /// Points on top.
    case extraPoints(Int64)
    /// A part of what is left to pay as points on top.
    case extraPointsPercent(BasisPoints)
    /// The base points of the lines multiplied.
    case pointsMultiplier(BasisPoints)

    /// The kind, for reports.
    public var kind: EffectKind {
        switch self {
        case .percentOff: .percentOff
        case .amountOffUnit: .amountOffUnit
        case .amountOffBasket: .amountOffBasket
        case .fixedPrice: .fixedPrice
        case .nForM: .nForM
        case .bundle: .bundle
        case .gift: .gift
        case .extraPoints: .extraPoints
        case .extraPointsPercent: .extraPointsPercent
        case .pointsMultiplier: .pointsMultiplier
        }
    }

    /// The part of the effect that takes money off lines; `nil` when it gives points.
    var discount: (any DiscountEffect)? {
        switch self {
        case .percentOff(let effect): effect
        case .amountOffUnit(let effect): effect
        case .amountOffBasket(let effect): effect
        case .fixedPrice(let effect): effect
        case .nForM(let effect): effect
        case .bundle(let effect): effect
        case .gift(let effect): effect
        case .extraPoints, .extraPointsPercent, .pointsMultiplier: nil
        }
    }
}

/// What an effect takes off one line.
struct LineShare: Hashable, Sendable {
    let line: Int
    let amount: Int64
}

/// An effect that takes money off lines.
protocol DiscountEffect: Sendable {
    /// Appends what the effect would take off each line; the caller cuts it to the room of the line.
    ///
    /// - Parameters:
    ///   - lines: all lines of the basket, as earlier promotions left them.
    ///   - marks: what the lines' products are.
    ///   - touched: the lines that the promotion may touch, ascending; at least one.
    ///   - shares: at most one for each line; empty before the call.
    func discounts(on lines: [WorkingLine], _ marks: ProductMarks, touched: [Int], shares: inout [LineShare])
}
