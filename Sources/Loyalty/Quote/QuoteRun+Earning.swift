import Retail

/// Points that a receipt earns: base points by the tier's rate, and what promotions and mechanics add.
struct EarnedPoints {
    let base: Int64
    let extra: [ExtraPoints]
    /// What each line earned of all of them.
    let ofLines: [Int64]
    let earned: Int64

    static func none(lines: Int) -> EarnedPoints {
        EarnedPoints(base: 0, extra: [], ofLines: [Int64](repeating: 0, count: lines), earned: 0)
    }
}

extension QuoteRun {
    /// The points earned on what is left to pay, for a customer.
    ///
    /// Base points are rated on the sum of the lines and rounded down once. Every source of extra points stands on its
    /// own and is rounded down on its own: multipliers never multiply each other. Each source is split over its own
    /// lines, so that a return takes back what the line brought. Lines that earn nothing earn nothing of any source.
    mutating func earnPoints() throws(QuoteError) -> EarnedPoints {
        let earning = lines.indices.filter { lines[$0].earns }
        guard let tier, !earning.isEmpty else { return .none(lines: lines.count) }
        let base = try narrow(basePoints(amount(of: earning), rate: tier.earnRate))
        var ofLines = [Int64](repeating: 0, count: lines.count)
        spread(base, over: earning, to: &ofLines)
        var extra = try mechanicPoints(base: base, total: try total)
        for mechanic in extra { spread(mechanic.points, over: earning, to: &ofLines) }
        for grant in grants {
            let promotion = programme.book.promotions[grant.place]
            let points = try narrow(points(of: promotion.effect, on: grant.lines))
            notePoints(points, of: promotion)
            guard points > 0 else { continue }
            extra.append(ExtraPoints(origin: .promotion, id: promotion.id, points: points))
            spread(points, over: grant.lines, to: &ofLines)
        }
        let earned = try sum(extra.map(\.points) + [base])
        recorder?.note(
            EarningTrace(
                tier: tier.name, rate: tier.earnRate.value, amount: narrowed(amount(of: earning)),
                pointValue: programme.pointValue.minorUnits, base: base, extra: extra,
                linesWithoutPoints: lines.indices.filter { !lines[$0].earns }))
        return EarnedPoints(base: base, extra: extra, ofLines: ofLines, earned: earned)
    }

    private func spread(_ points: Int64, over earning: [Int], to ofLines: inout [Int64]) {
        let parts = split(points, over: earning.map { lines[$0].left })
        for (line, part) in zip(earning, parts) { ofLines[line] += part }
    }

    /// The points that a promotion's effect gives on lines that earn, as they are.
    func points(of effect: Effect, on touched: [Int]) -> Int128 {
        switch effect {
        case .extraPoints(let points): return Int128(points)
        case .extraPointsPercent(let rate): return basePoints(amount(of: touched), rate: rate)
        case .pointsMultiplier(let multiplier):
            guard let tier else { return 0 }
            return extra(of: basePoints(amount(of: touched), rate: tier.earnRate), by: multiplier)
        default: return 0
        }
    }

    private func amount(of touched: [Int]) -> Int128 {
        touched.reduce(Int128(0)) { $0 + Int128(lines[$1].left) }
    }

    private func basePoints(_ amount: Int128, rate: BasisPoints) -> Int128 {
        amount * Int128(rate.value) / (Int128(BasisPoints.whole) * Int128(programme.pointValue.minorUnits))
    }

    /// What a multiplier adds: the base points once are there already.
    private func extra(of base: Int128, by multiplier: BasisPoints) -> Int128 {
        base * (Int128(multiplier.value) - Int128(BasisPoints.whole)) / Int128(BasisPoints.whole)
    }

    private func narrow(_ points: Int128) throws(QuoteError) -> Int64 {
        guard let narrow = Int64(exactly: points) else { throw .overflow(line: nil) }
        return narrow
    }

    /// What every nth purchase, the birthday and the receipt's size add.
    private func mechanicPoints(base: Int64, total: Int64) throws(QuoteError) -> [ExtraPoints] {
        guard let shopper = setting.context.shopper else { return [] }
        var sources: [(ExtraPoints.Origin, Int64, BasisPoints?)] = []
        if let nth = programme.everyNth, (shopper.purchases + 1) % nth.n == 0 {
            sources.append((.everyNth, nth.points, nth.multiplier))
        }
        if let mechanic = programme.birthday, let birthday = shopper.birthday,
            mechanic.window.occurrence(of: birthday, around: setting.time.date) != nil
        {
            sources.append((.birthday, 0, mechanic.multiplier))
        }
        if let threshold = programme.thresholds.last(where: { $0.amount.minorUnits <= total }) {
            sources.append((.threshold, threshold.points, threshold.multiplier))
        }
        var extras: [ExtraPoints] = []
        for (origin, points, multiplier) in sources {
            let multiplied = multiplier.map { extra(of: Int128(base), by: $0) } ?? 0
            let all = try narrow(Int128(points) + multiplied)
            if all > 0 { extras.append(ExtraPoints(origin: origin, id: nil, points: all)) }
        }
        return extras
    }

    private mutating func notePoints(_ points: Int64, of promotion: Promotion) {
        if let index = applied.firstIndex(where: { $0.id == promotion.id }) { applied[index].points = points }
        recorder?.note(points: points, of: promotion)
    }
}
