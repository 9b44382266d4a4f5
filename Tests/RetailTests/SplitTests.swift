import Retail
import TestSupport
import Testing

@Suite("Splitting an amount over lines")
struct SplitTests {
    @Test("the largest remainder comes first, equal remainders go to the earlier line")
    func largestRemainder() {
        #expect(split(10, over: [1, 1, 1]) == [4, 3, 3])
        #expect(split(100, over: [333, 333, 334]) == [33, 33, 34])
        #expect(split(5, over: [1, 3, 1]) == [1, 3, 1])
        #expect(split(1, over: [1, 2, 2]) == [0, 1, 0])
        #expect(split(7, over: [0, 5, 0, 5]) == [0, 4, 0, 3])
    }

    @Test("a negative whole is the mirror image of the positive one")
    func negativeWhole() {
        #expect(split(-10, over: [1, 1, 1]) == [-4, -3, -3])
        #expect(split(.min, over: [1]) == [.min])
    }

    @Test("without any weight the first line takes everything, and without lines there is nothing to take")
    func zeroWeights() {
        #expect(split(9, over: [0, 0]) == [9, 0])
        #expect(split(0, over: [0, 0]) == [0, 0])
        #expect(split(0, over: []) == [])
    }

    @Test("the widest numbers do not overflow on the way")
    func widest() {
        let half: Int64 = .max / 2
        #expect(split(.max, over: [.max, .max]) == [half + 1, half])
    }

    @Test(
        "parts add up to the whole, are within one unit of the exact share, and keep the order of weights",
        arguments: UInt64(1)...40)
    func properties(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            let count = Int.random(in: 1...12, using: &generator)
            let weightMaximum = Int64(1) << Int64.random(in: 1...40, using: &generator)
            let weights = (0..<count).map { _ in Int64.random(in: 0...weightMaximum, using: &generator) }
            let whole = Int64.random(in: 0...1_000_000, using: &generator)
            let parts = split(whole, over: weights)
            #expect(parts.reduce(0, +) == whole)
            let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
            guard sum > 0 else { continue }
            for (part, weight) in zip(parts, weights) {
                let distance = Int128(part) * sum - Int128(whole) * Int128(weight)
                #expect(distance.magnitude < sum.magnitude)
                #expect(weight > 0 || part == 0)
            }
            for first in weights.indices {
                for second in weights.indices where weights[first] > weights[second] {
                    #expect(parts[first] >= parts[second], "a heavier line takes no less than a lighter one")
                }
            }
        }
    }

    @Test("numbers of every width are split alike", arguments: UInt64(1)...40)
    func widths(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            func number() -> Int64 {
                Int64.random(in: 0...(.max >> Int64.random(in: 0...62, using: &generator)), using: &generator)
            }
            let weights = (0..<Int.random(in: 1...80, using: &generator)).map { _ in number() }
            let whole = number()
            #expect(split(whole, over: weights) == exactly(whole, over: weights), "\(whole) over \(weights)")
        }
    }

    /// The rule word by word, in the widest numbers.
    private func exactly(_ whole: Int64, over weights: [Int64]) -> [Int64] {
        let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
        guard sum > 0 else { return weights.indices.map { $0 == 0 ? whole : 0 } }
        var parts = weights.map { Int64(Int128(whole) * Int128($0) / sum) }
        let remainders = weights.map { Int128(whole) * Int128($0) % sum }
        let largestFirst = weights.indices.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
        for index in largestFirst.prefix(Int(whole - parts.reduce(0, +))) { parts[index] += 1 }
        return parts
    }
}
