import Retail

/// Points in a quote: those that can be spent at most, and those that are spent.
struct SpentPoints {
    let available: Int64
    let spendable: Int64
    let spent: Int64
}

extension QuoteRun {
    /// Takes the value of the points asked for off the lines that points may pay.
    ///
    /// The value is split in minor units and not in whole points: a whole point can be worth more than a small line.
    /// A line takes at most its cap (its amount × the programme's rate, rounded down, and never below its minimum
    /// price); what does not fit goes to the lines that have room left, in their order. The points themselves are then
    /// split over what each line was relieved of, so that a return knows what each line cost.
    mutating func spendPoints() throws(QuoteError) -> SpentPoints {
        let caps = redeemCaps
        let available = max(0, setting.context.shopper?.standing.pointsAvailable ?? 0)
        let pointValue = programme.pointValue.minorUnits
        let spendable = min(available, try sum(caps) / pointValue)
        let spent = min(setting.context.spend, spendable)
        var parts = [Int64](repeating: 0, count: lines.count)
        if spent > 0 {
            // No more than the sum of the caps, so neither the product nor the parts leave 64 bits.
            parts = redeemed(spent * pointValue, caps)
            let points = split(spent, over: parts)
            for index in lines.indices {
                lines[index].take(parts[index], origin: .points)
                lines[index].pointsSpent = points[index]
            }
        }
        if let recorder {
            let steps = lines.indices.map {
                SpendingTrace.Line(line: $0, cap: caps[$0], paid: parts[$0], isEligible: lines[$0].canBePaidWithPoints)
            }
            recorder.note(
                SpendingTrace(
                    available: available, asked: setting.context.spend, spendable: spendable, spent: spent, lines: steps
                ))
        }
        return SpentPoints(available: available, spendable: spendable, spent: spent)
    }

    /// What points may pay of each line.
    var redeemCaps: [Int64] {
        lines.map { line in
            guard line.canBePaidWithPoints else { return 0 }
            return min(
                line.room,
                wideShare(line.left, of: Int64(programme.maxRedeem.value), over: BasisPoints.whole, rounding: .down))
        }
    }

    /// An amount that points pay, line by line; it is no more than the sum of the caps.
    func redeemed(_ amount: Int64, _ caps: [Int64]) -> [Int64] {
        var parts = split(amount, over: lines.map { $0.canBePaidWithPoints ? $0.left : 0 })
        fit(&parts, into: caps)
        return parts
    }

    private func fit(_ parts: inout [Int64], into caps: [Int64]) {
        var rest: Int64 = 0
        for index in parts.indices where parts[index] > caps[index] {
            rest += parts[index] - caps[index]
            parts[index] = caps[index]
        }
        for index in parts.indices where rest > 0 {
            let more = min(rest, caps[index] - parts[index])
            parts[index] += more
            rest -= more
        }
    }
}
