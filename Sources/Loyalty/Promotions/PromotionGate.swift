import Retail

/// One condition seen from the side of the quote: which promotions a channel, a weekday, an hour ... lets through.
struct PromotionGate: Sendable {
    /// Promotions without such a condition.
    private let open: PromotionSet
    /// By the value's number; empty when no promotion has such a condition.
    private let keyed: [PromotionList]

    /// - Parameter keys: the numbers of the values that a promotion wants; `nil` when it has no such condition.
    init(_ promotions: [Promotion], keys: (Promotion) -> (some Sequence<Int>)?) {
        var open = PromotionSet(count: promotions.count)
        var places: [[Int32]] = []
        for (place, promotion) in promotions.enumerated() {
            guard let keys = keys(promotion) else {
                open.insert(place)
                continue
            }
            for key in keys {
                while places.count <= key { places.append([]) }
                places[key].append(Int32(place))
            }
        }
        self.open = open
        keyed = places.map { PromotionList($0, of: promotions.count) }
    }

    /// Leaves those promotions in the set that want nothing or this value; `nil` is a value that none wants.
    func narrow(_ set: inout PromotionSet, _ value: Int?) {
        // Without a promotion that wants something, the gate stands open.
        guard !keyed.isEmpty else { return }
        if let value, value < keyed.count {
            set.formIntersection(open, or: keyed[value])
        } else {
            set.formIntersection(open)
        }
    }

    /// Leaves those promotions in the set that want nothing or one of these values.
    func narrow(_ set: inout PromotionSet, any values: [Int]) {
        guard values.count > 1 else { return narrow(&set, values.first) }
        guard !keyed.isEmpty else { return }
        var allowed = open
        for value in values { keyed[value].add(to: &allowed) }
        set.formIntersection(allowed)
    }
}

/// The same for conditions whose values are texts: stores, segments, coupons ...
struct PromotionTextGate: Sendable {
    private let texts: TextNumbers
    private let gate: PromotionGate

    /// - Parameter keys: the texts that a promotion wants; `nil` when it has no such condition.
    init(_ promotions: [Promotion], keys: (Promotion) -> (some Sequence<String>)?) {
        var numbers: [String: Int32] = [:]
        gate = PromotionGate(promotions) { promotion in
            keys(promotion)?.map { text in
                let number = numbers[text] ?? Int32(numbers.count)
                numbers[text] = number
                return Int(number)
            }
        }
        texts = TextNumbers(numbers)
    }

    /// Leaves those promotions in the set that want nothing or this text; `nil` is a text that none wants.
    func narrow(_ set: inout PromotionSet, _ text: String?) {
        guard !texts.isEmpty else { return }
        gate.narrow(&set, text.flatMap { texts[$0] }.map { Int($0) })
    }

    /// Leaves those promotions in the set that want nothing or one of these texts.
    func narrow(_ set: inout PromotionSet, any values: [String]) {
        guard !texts.isEmpty else { return }
        gate.narrow(&set, any: values.compactMap { texts[$0] }.map { Int($0) })
    }
}

/// The periods of promotions, cut into slices of time; each slice knows whose period touches it.
///
/// The slices are coarse (a promotion's own period is judged again when it is tried), so that their number does not
/// grow with the promotions.
struct PeriodGate: Sendable {
    private static let slicesMaximum = 256
    /// Where the second and later slices begin, ascending.
    private let beginnings: [Instant]
    private let slices: [PromotionSet]

    init(_ promotions: [Promotion]) {
        let periods = promotions.map { PeriodGate.widest($0.conditions) }
        let bounds = Set(periods.flatMap { [$0.from, $0.until] }).subtracting([.distantPast, .distantFuture]).sorted()
        let step = max(1, (bounds.count + PeriodGate.slicesMaximum - 1) / PeriodGate.slicesMaximum)
        let beginnings = stride(from: 0, to: bounds.count, by: step).map { bounds[$0] }
        var slices = [PromotionSet](repeating: PromotionSet(count: promotions.count), count: beginnings.count + 1)
        for (place, period) in periods.enumerated() {
            for index in slices.indices {
                let from = index == 0 ? Instant.distantPast : beginnings[index - 1]
                let until = index == beginnings.count ? Instant.distantFuture : beginnings[index]
                if period.from < until, period.until > from { slices[index].insert(place) }
            }
        }
        self.beginnings = beginnings
        self.slices = slices
    }

    func narrow(_ set: inout PromotionSet, _ instant: Instant) {
        guard !beginnings.isEmpty else { return }
        var low = 0
        var high = beginnings.count
        while low < high {
            let middle = (low + high) / 2
            if beginnings[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        set.formIntersection(slices[low])
    }

    /// A day begins and ends at another moment in each time zone: all of them are meant here.
    private static func widest(_ conditions: Conditions) -> (from: Instant, until: Instant) {
        let from = conditions.from?.beginning(secondsFromUTC: 0).adding(milliseconds: -millisecondsPerDay)
        let until = conditions.until?.end(secondsFromUTC: 0).adding(milliseconds: millisecondsPerDay)
        return (from ?? .distantPast, until ?? .distantFuture)
    }
}
