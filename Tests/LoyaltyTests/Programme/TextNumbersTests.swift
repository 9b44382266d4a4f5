import TestSupport
import Testing

@testable import Loyalty

@Suite("Numbers of the texts that a programme names")
struct TextNumbersTests {
    @Test("a text is found when the programme names it, and no other one", arguments: UInt64(1)...20)
    func found(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func text() -> String {
            String(
                (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                    "abйя/0".randomElement(using: &generator) ?? "a"
                })
        }
        var numbers: [String: Int32] = [:]
        for number in 0..<Int32.random(in: 0...200, using: &generator) { numbers[text()] = number }
        let table = TextNumbers(numbers)
        for (text, number) in numbers { #expect(table[text] == number) }
        for _ in 0..<200 {
            let asked = text()
            #expect(table[asked] == numbers[asked], "\(asked)")
        }
    }

    @Test(
        "the same text in another spelling is found, whoever spells it in which way",
        arguments: [
            ("Caf\u{E9}", "Cafe\u{301}"), ("\u{439}", "\u{438}\u{306}"), ("K", "\u{212A}"),
            ("\u{AC00}", "\u{1100}\u{1161}"),
        ])
    func spelling(one: String, other: String) {
        #expect(TextNumbers([one: 7])[other] == 7)
        #expect(TextNumbers([other: 7])[one] == 7)
        #expect(TextNumbers([other: 7])[other] == 7)
        #expect(TextNumbers([one: 7])["x"] == nil)
    }
}
