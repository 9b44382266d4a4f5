import Retail

/// The promotions of a programme in the order in which they are applied, and the ways to find them.
///
/// A class, because a quote looks into it at every promotion: copying its tables' references each time was 2 % of a quote's time.
final class PromotionBook: Sendable {
    /// By priority, ties by id.
    let promotions: [Promotion]
    /// For each promotion, the place at which it is tried: its own, or that of the first of its group.
    let turns: [Int]
    let index: PromotionIndex
    /// Whether some promotion gives points.
    let givesPoints: Bool
    /// Whether promotions of one group stand apart, so that they are not tried in the order in which they stand.
    private let areTurnsMixed: Bool

    init(_ unordered: [Promotion], symbols: ProductSymbols) {
        let ordered = unordered.sorted { ($0.priority, $0.id) < ($1.priority, $1.id) }
        var firstOfGroup: [String: Int] = [:]
        turns = ordered.enumerated().map { place, promotion in
            guard let group = promotion.group else { return place }
            let first = firstOfGroup[group] ?? place
            firstOfGroup[group] = first
            return first
        }
        promotions = ordered
        index = PromotionIndex(ordered, symbols: Int(symbols.count))
        givesPoints = ordered.contains { $0.effect.discount == nil }
        areTurnsMixed = zip(turns, turns.dropFirst()).contains { $0 > $1 }
    }

    /// The places in the order of their turns; those of one group stand together.
    func inTurn(_ places: [Int]) -> [Int] {
        guard areTurnsMixed else { return places }
        return places.sorted { (turns[$0], $0) < (turns[$1], $1) }
    }
}
