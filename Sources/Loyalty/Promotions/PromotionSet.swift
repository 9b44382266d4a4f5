/// A set of promotions by their place in the programme's order, one bit each.
struct PromotionSet: Sendable {
    private(set) var words: [UInt64]

    /// An empty set with room for `count` promotions.
    init(count: Int) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
    }

    func contains(_ place: Int) -> Bool {
        words[place >> 6] & (1 << UInt64(place & 63)) != 0
    }

    mutating func insert(_ place: Int) {
        words[place >> 6] |= 1 << UInt64(place & 63)
    }

    mutating func formUnion(_ other: PromotionSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func formIntersection(_ other: PromotionSet) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    /// Leaves only the members that the other set has, or the list.
    mutating func formIntersection(_ other: PromotionSet, or list: PromotionList) {
        switch list {
        case .many(let others):
            for index in words.indices { words[index] &= other.words[index] | others.words[index] }
        case .few(let places):
            var next = 0
            for index in words.indices {
                var allowed = other.words[index]
                while next < places.count, Int(places[next]) >> 6 == index {
                    allowed |= 1 << UInt64(places[next] & 63)
                    next += 1
                }
                words[index] &= allowed
            }
        }
    }

    /// The members, ascending.
    var members: [Int] {
        var members: [Int] = []
        members.reserveCapacity(words.reduce(0) { $0 + $1.nonzeroBitCount })
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                members.append(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return members
    }
}

/// Promotions that share a key: few of them as a list, many as bits, whichever is quicker to add to a set.
enum PromotionList: Sendable {
    case few([Int32])
    case many(PromotionSet)

    /// - Parameter places: ascending.
    init(_ places: [Int32], of count: Int) {
        guard places.count > 2 * ((count + 63) / 64) else {
            self = .few(places)
            return
        }
        var set = PromotionSet(count: count)
        for place in places { set.insert(Int(place)) }
        self = .many(set)
    }

    func add(to set: inout PromotionSet) {
        switch self {
        case .few(let places): for place in places { set.insert(Int(place)) }
        case .many(let others): set.formUnion(others)
        }
    }
}
