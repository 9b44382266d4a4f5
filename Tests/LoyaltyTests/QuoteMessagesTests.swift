import Retail
import Testing

@testable import Loyalty

@Suite("Texts for the displays")
struct QuoteMessagesTests {
    private func texts(
        _ price: Int64, turnover: Int64, points: Int64 = 0, spend: Int64 = 0, _ language: Language,
        currency: String = "RUB"
    ) throws -> [String] {
        let quote = try quote(
            [Programmes.line("A", price)], customer: Programmes.standing(turnover, points: points), spend: spend,
            programme: try Programmes.club { $0.currency = currency }, language: language, at: Programmes.now)
        return quote.messages.map { "\($0.audience.rawValue): \($0.text)" }
    }

    @Test("the cashier learns what can be spent, the customer what is earned and what is missing")
    func ordinary() throws {
        #expect(
            try texts(10_000, turnover: 0, points: 500, .english) == [
                "cashier: Up to 50 points can be spent", "customer: You earn 3 points",
                "customer: 9900.00 RUB to the level Silver",
            ])
        #expect(
            try texts(10_000, turnover: 0, points: 500, .russian) == [
                "cashier: Можно списать до 50 баллов", "customer: Начислим 3 балла",
                "customer: До уровня Silver осталось 9900,00 руб.",
            ])
    }

    @Test("asking for too many points is explained to the cashier")
    func tooMany() throws {
        #expect(
            try texts(10_000, turnover: 5_000_000, points: 21, spend: 30, .english) == [
                "cashier: 30 points asked for, only 21 can be spent", "customer: You spend 21 points",
                "customer: You earn 7 points",
            ])
        #expect(
            try texts(10_000, turnover: 5_000_000, points: 21, spend: 30, .russian) == [
                "cashier: Запрошено 30 баллов, списать можно только 21", "customer: Спишется 21 балл",
                "customer: Начислим 7 баллов",
            ])
    }

    @Test("a new level is told to both")
    func newLevel() throws {
        let texts = try texts(100_000, turnover: 950_000, .english, currency: "EUR")
        #expect(
            texts == [
                "customer: You earn 30 points", "cashier: New level from the next purchase: Silver",
                "customer: New level from the next purchase: Silver", "customer: 39500.00 EUR to the level Gold",
            ])
    }

    @Test(
        "Russian numerals take their form",
        arguments: [
            (1, "1 балл"), (2, "2 балла"), (4, "4 балла"), (5, "5 баллов"), (11, "11 баллов"), (14, "14 баллов"),
            (21, "21 балл"), (22, "22 балла"), (111, "111 баллов"), (112, "112 баллов"), (121, "121 балл"),
        ] as [(Int64, String)])
    func numerals(points: Int64, text: String) throws {
        let texts = try texts(points * 1_000, turnover: 5_000_000, .russian)
        #expect(texts == ["customer: Начислим \(text)"])
        let available = try self.texts(points * 200, turnover: 0, points: points, .russian)
        #expect(available[0] == "cashier: Можно списать до \(points) \(text.hasSuffix("балл") ? "балла" : "баллов")")
    }

    @Test("amounts are written with the digits of their currency")
    func currencies() throws {
        #expect(try texts(0, turnover: 0, .english, currency: "JPY") == ["customer: 1000000 JPY to the level Silver"])
        #expect(
            try texts(0, turnover: 0, .russian, currency: "KWD") == ["customer: До уровня Silver осталось 1000,000 KWD"]
        )
    }
}
