import Retail
import Testing
import Yams

@testable import Loyalty

@Suite("Sentences of a language")
struct TextBookTests {
    private static let turkish = """
        language: tr
        plural: none
        points: {other: puan}
        points_up_to: {other: puana}
        decimal_separator: ","
        date: "{day}/{month}/{year}"
        amount: "{currency}{amount}"
        currencies: {TRY: ₺}
        sentences:
          gift_available: "Hediye: {sku}"
          spending_cut: "{asked} istendi, en fazla {spendable}"
          spending_possible: "{points} kadar"
          spending: "{points} harcanır"
          earning: "{points} kazanılır, {points}!"
          tier_reached: "Yeni seviye: {tier}"
          tier_missing: "{tier} için {amount} daha"
          threshold_missing: "{amount} daha"
          expiring: "{points}, son gün {day}"

        """

    private func book(_ old: String = "", _ new: String = "") throws -> TextBook {
        let text = old.isEmpty ? Self.turkish : Self.turkish.replacing(old, with: new)
        return try TextBook(validating: YAMLDecoder().decode(TextDocument.self, from: text))
    }

    private func refusal(_ old: String, _ new: String) -> String? {
        do {
            _ = try book(old, new)
            return nil
        } catch let error as ProgrammeError {
            return "\(error)"
        } catch let error as DecodingError {
            return "\(ProgrammeError(error))"
        } catch {
            return "\(error)"
        }
    }

    @Test("a language from a file has its own words, order, days and amounts")
    func ownLanguage() throws {
        let book = try book()
        let lira = Money(minorUnits: 123_450)
        #expect(book.tierMissing("Altın", lira, "TRY") == "Altın için ₺1234,50 daha")
        #expect(book.thresholdMissing(lira, "JPY") == "JPY123450 daha")
        #expect(book.earning(1) == "1 puan kazanılır, 1 puan!")
        #expect(book.spendingPossible(5) == "5 puana kadar")
        #expect(book.spendingCut(9, to: 4) == "9 puan istendi, en fazla 4")
        let day = try #require(CalendarDate(iso: "2026-12-05"))
        #expect(book.expiring(7, day) == "7 puan, son gün 05/12/2026")
    }

    @Test("a quote speaks the language that it is asked in")
    func quotes() throws {
        let quote = try quote(
            [Programmes.line("A", 10_000)], customer: Programmes.standing(0, points: 500), spend: 0,
            programme: Programmes.club(), language: Language(book()), at: Programmes.now)
        #expect(
            quote.messages.map(\.text) == [
                "50 puana kadar", "3 puan kazanılır, 3 puan!", "Silver için RUB9900,00 daha",
            ])
    }

    @Test(
        "a file is checked as a whole",
        arguments: [
            ("  spending: \"{points} harcanır\"\n", "", "sentences.spending: is missing"),
            ("  expiring:", "  expirng: \"x\"\n  expiring:", "sentences.expirng: is not a known field"),
            ("decimal_separator", "separator", "decimal_separator: is missing"),
            ("plural: none", "plural: dual", "plural: is not one of none, one_other, slavic"),
            ("plural: none", "plural: one_other", "points.one: is missing"),
            ("{other: puan}", "{other: puan, one: p}", "points.one: is not a known field"),
            ("language: tr", "language: türk", "language: is not the tag of a language such as de or pt-BR"),
            ("\",\"", "\",,\"", "decimal_separator: has not between 1 and 1 elements or characters"),
            ("Hediye: {sku}", "Hediye", "sentences.gift_available: does not say {sku}"),
            (
                "için {amount}", "için {amont}",
                "sentences.tier_missing: has {amont}, which is not one of {amount}, {tier}"
            ),
            ("Hediye: {sku}", "Hediye: {sku", "sentences.gift_available: has a { without its }"),
            ("{day}/{month}/{year}", "{day}/{month}", "date: does not say {year}"),
            (
                "Hediye: {sku}", "Hediye:\\n{sku}",
                "sentences.gift_available: has a line break or another control character"
            ),
            ("₺", "\"{tl}\"", "currencies.TRY: has {tl}, which is not known here"),
        ] as [(String, String, String)])
    func faults(old: String, new: String, expected: String) {
        #expect(refusal(old, new) == expected)
    }

    @Test("the supplied languages pass the checks that files must pass", arguments: [TextDocument.english, .russian])
    func supplied(document: TextDocument) throws {
        #expect(try TextBook(validating: document) == Language(rawValue: document.language)?.texts)
        #expect(Language(rawValue: "xx") == nil)
    }
}
