import TestSupport

/// Everything that chance decides, out of a seed.
struct Dice {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Dice of their own for one subject, so that a throw more in one does not change the others.
    init(seed: UInt64, for subject: String) {
        var mixed = seed &* 0x2545_F491_4F6C_DD1D
        for byte in subject.utf8 { mixed = (mixed ^ UInt64(byte)) &* 0x100_0000_01B3 }
        self.init(seed: mixed)
    }

    /// True once in so many throws.
    mutating func chance(_ one: Int) -> Bool { number(1...one) == 1 }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    mutating func pick<Element>(_ elements: [Element]) -> Element? { elements.randomElement(using: &generator) }

    mutating func word() -> UInt64 { generator.next() }
}
