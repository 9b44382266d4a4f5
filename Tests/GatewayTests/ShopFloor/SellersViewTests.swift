import Loyalty
import ProgrammeFiles
import Retail
import Testing

@testable import Gateway

@Suite("The next best step")
struct SellersViewTests {
    private let texts = FloorTexts(StoreSettings(language: .english))
    private let key = OrderKey(source: "WEB1", order: "1001")

    private func day(_ iso: String) throws -> CalendarDate { try #require(CalendarDate(iso: iso)) }

    private func view(turnover: Int64 = 0, today: String = "2026-11-22") throws -> SellersView {
        let programme = try TestProgramme.bundle([TestProgramme.text]).set.everyoneElse
        return SellersView(
            today: try day(today), tier: TierProgress(turnover: Money(minorUnits: turnover), in: programme), orders: [])
    }

    private func step(_ change: (inout SellersView) throws -> Void) throws -> String? {
        var view = try view()
        try change(&view)
        return view.nextStep(texts)?.id
    }

    @Test("nothing stands out: there is none")
    func nothing() throws {
        #expect(try view().nextStep(texts) == nil)
    }

    @Test("what has to be done comes before what could be said, and what passes soon before what stays")
    func order() throws {
        var view = try view(turnover: 2_900_000)
        view.orders = [(key, .ready)]
        view.birthday = try day("2000-11-22")
        view.expiring = SellersView.Expiring(points: 50, lastDay: try day("2026-11-25"))
        view.offer = "Tea for two"
        view.lastSale = try day("2026-01-01")
        var ids: [String?] = []
        ids.append(view.nextStep(texts)?.id)
        view.orders = [(key, .accepted)]
        ids.append(view.nextStep(texts)?.id)
        view.orders = []
        ids.append(view.nextStep(texts)?.id)
        view.birthday = nil
        ids.append(view.nextStep(texts)?.id)
        view.expiring = nil
        ids.append(view.nextStep(texts)?.id)
        view.tier = try self.view().tier
        ids.append(view.nextStep(texts)?.id)
        view.offer = nil
        ids.append(view.nextStep(texts)?.id)
        #expect(
            ids == [
                "hand_over", "finish_order", "birthday", "burning_points", "next_tier", "offer", "welcome_back",
            ])
    }

    @Test("of several orders the one that is ready counts, and those at a till or given up do not")
    func orders() throws {
        let other = OrderKey(source: "WEB1", order: "2")
        #expect(try step { $0.orders = [(key, .new), (other, .ready)] } == "hand_over")
        #expect(try step { $0.orders = [(key, .paid)] } == "hand_over")
        #expect(try step { $0.orders = [(key, .claimed), (other, .cancelRequested)] } == nil)
        var view = try view()
        view.orders = [(key, .new), (other, .ready)]
        #expect(view.nextStep(texts)?.order == other)
    }

    @Test(
        "a birthday is mentioned from seven days before, over the end of the year, and on 28 February for the 29th",
        arguments: [
            ("2026-11-22", "1990-11-22", true), ("2026-11-22", "1990-11-29", true),
            ("2026-11-22", "1990-11-30", false), ("2026-11-22", "1990-11-21", false),
            ("2026-12-28", "1990-01-03", true), ("2027-02-28", "2000-02-29", true),
            ("2027-03-01", "2000-02-29", false), ("2028-02-22", "2000-02-29", true),
            ("2028-02-21", "2000-02-29", false),
        ])
    func birthdays(today: String, birthday: String, expected: Bool) throws {
        var view = try view(today: today)
        view.birthday = try day(birthday)
        #expect((view.nextStep(texts)?.id == "birthday") == expected)
    }

    @Test(
        "points that burn within fourteen days, a tier of which a tenth is missing, a purchase more than thirty days ago"
    )
    func bounds() throws {
        func burning(_ lastDay: String) throws -> String? {
            try step { $0.expiring = SellersView.Expiring(points: 50, lastDay: try day(lastDay)) }
        }
        #expect(try burning("2026-12-06") == "burning_points")
        #expect(try burning("2026-12-07") == nil)
        #expect(try view(turnover: 2_700_000).nextStep(texts)?.id == "next_tier")
        #expect(try view(turnover: 2_699_999).nextStep(texts) == nil)
        #expect(try view(turnover: 20_000_000).nextStep(texts) == nil)
        #expect(try step { $0.lastSale = try day("2026-10-22") } == "welcome_back")
        #expect(try step { $0.lastSale = try day("2026-10-23") } == nil)
    }

    @Test("texts say what the seller needs, with the currency's and the language's own forms")
    func wording() throws {
        var view = try view(turnover: 2_900_000)
        #expect(view.nextStep(texts)?.text == "1000.00 RUB to the level silver: mention it")
        view.expiring = SellersView.Expiring(points: 21, lastDay: try day("2026-11-25"))
        let russian = FloorTexts(StoreSettings(language: .russian))
        #expect(view.nextStep(russian)?.text.hasPrefix("21 балл можно потратить только до 25.11.2026") == true)
        // A long offer must not make the card unreadable.
        let long = try step { $0.offer = String(repeating: "ж", count: 3_000) }
        #expect(long == "offer")
        #expect(texts.offer(String(repeating: "ж", count: 3_000)).unicodeScalars.count == 1_000)
    }
}
