import LineProtocol
import Retail
import Testing

@Suite("Messages about customers and quotes")
struct CustomerMessageTests {
    @Test("IDENTIFY takes each identifier in its normal form")
    func identify() throws {
        let subjects: [(String, Identify.Subject)] = [
            (#"{"card":"2200000000000042"}"#, .identifier(.card("2200000000000042"))),
            (#"{"card":";7000001234?"}"#, .identifier(.card("7000001234"))),
            (#"{"phone":"8 (916) 123-45-67"}"#, .identifier(.phone("+79161234567"))),
            (#"{"email":" Boris@Example.org "}"#, .identifier(.email("boris@example.org"))),
            (#"{"token":"abc.def"}"#, .identifier(.token("abc.def"))),
            (#"{"external":"crm:7"}"#, .identifier(.external("crm:7"))),
            (#"{"customer_id":"c-12","phone":null}"#, .customer(CustomerID(number: 12))),
        ]
        for (text, subject) in subjects {
            let request = try message(Identify.self, text)
            #expect(request.subject == subject)
            #expect(try message(json(request)) == request)
        }
    }

    @Test("a card that needs no normalising is taken just as one that does")
    func cardsTakeOneForm() {
        for card in [
            "1234", "123", "A1b2C3", "12 34", String(repeating: "9", count: 32), String(repeating: "9", count: 33),
        ] {
            let normalised = try? CustomerIdentifier.normalised(kind: .card, card)
            let taken = try? message(Identify.self, #"{"card":"\#(card)"}"#)
            #expect(taken?.subject == normalised.map { .identifier($0) }, "\(card)")
        }
    }

    @Test("IDENTIFY takes exactly one identifier")
    func identifyTakesOne() {
        #expect(fieldError(Identify.self, "{}") == .missing("card"))
        #expect(fieldError(Identify.self, #"{"card":"7000001234","phone":"+79161234567"}"#)?.field == "phone")
        #expect(fieldError(Identify.self, #"{"card":"7000001234","customer_id":"c-1"}"#)?.field == "customer_id")
        #expect(fieldError(Identify.self, #"{"phone":"12"}"#)?.code == .badField)
        #expect(fieldError(Identify.self, #"{"card":12345}"#) == .bad("card", "must be a string"))
        #expect(fieldError(Identify.self, #"{"customer_id":"12"}"#)?.field == "customer_id")
    }

    private let customer = CustomerReply(
        customer: CustomerID(number: 1), name: "Анна", programme: "default",
        tier: TierStanding(name: "base", next: .init(name: "silver", missing: Money(minorUnits: 3_000_000))),
        points: PointsBalance(available: 0), consents: ["marketing"], phone: "•••4567")

    @Test("a customer is written as the specification shows it")
    func customerReply() throws {
        #expect(
            json(EnrolReply(customer: customer, isCreated: true))
                == #"{"customer_id":"c-1","name":"Анна","external":null,"segment":null,"programme":"default","#
                + #""tier":{"name":"base","next":{"name":"silver","missing":3000000}},"#
                + #""points":{"available":0,"held":0,"pending":0},"birthday":false,"consents":["marketing"],"#
                + #""offers":[],"phone":"•••4567","created":true}"#)
        #expect(try message(json(customer)) == customer)
        var full = customer
        full.name = nil
        full.external = "crm:7"
        full.segment = "premium"
        full.tier.next = nil
        full.points = PointsBalance(
            available: 0, held: 1, pending: 2, debt: 5,
            expiring: .init(points: 40, on: try #require(CalendarDate(iso: "2026-12-31"))))
        full.isBirthday = true
        full.offers = [
            PersonalOffer(id: "o1", text: "Кофе \"за 1 ₽\"", until: CalendarDate(iso: "2026-12-01")),
            PersonalOffer(id: "o2", text: ""),
        ]
        full.phone = nil
        #expect(try message(json(full)) == full)
        #expect(json(full).contains(#""pending":2,"debt":5,"expiring":{"#))
        let reply = EnrolReply(customer: full, isCreated: false)
        #expect(try message(json(reply)) == reply)
    }

    @Test("ENROL needs an identifier and keeps what it is given")
    func enrol() throws {
        let request = Enrol(
            name: "Анна", identifiers: [.card("7000001234"), .phone("+79161234567"), .email("a@b.ru"), .external("7")],
            birthday: CalendarDate(iso: "1990-02-28"), segment: "premium", consents: ["marketing", "sms"])
        #expect(try message(json(request)) == request)
        #expect(try message(Enrol.self, #"{"phone":"+79161234567"}"#).identifiers == [.phone("+79161234567")])
        #expect(fieldError(Enrol.self, #"{"name":"Nobody"}"#) == .missing("card"))
        #expect(fieldError(Enrol.self, #"{"token":"abcdef"}"#) == .missing("card"))
        #expect(fieldError(Enrol.self, #"{"card":"7000001234","birthday":"1990-02-30"}"#)?.field == "birthday")
        #expect(fieldError(Enrol.self, #"{"card":"7000001234","consents":["a","b c"]}"#)?.field == "consents[1]")
    }

    @Test("QUOTE goes there and back")
    func quoteRequest() throws {
        let request = QuoteRequest(
            customer: CustomerID(number: 9),
            lines: [
                BasketLine(
                    sku: "MILK", quantity: Quantity(thousandths: 2_474), price: Money(minorUnits: 8_990),
                    tillDiscount: Money(minorUnits: 10), category: "Молоко", brand: "Простоквашино",
                    tags: ["new", "clearance"], minimumPrice: Money(minorUnits: 5_000)),
                BasketLine(
                    sku: "BAG", quantity: .one, price: .zero, tillDiscount: .zero, category: nil),
            ], spend: 100, coupons: ["NY26"])
        #expect(try message(json(request)) == request)
        #expect(fieldError(QuoteRequest.self, #"{"lines":[]}"#) == .bad("lines", "must not be empty"))
        let two = #"{"lines":[{"sku":"MILK","quantity":1,"price":8990},{"sku":"BREAD","quantity":1}]}"#
        #expect(fieldError(QuoteRequest.self, two) == .missing("lines[1].price"))
        let many = Array(repeating: #"{"sku":"M","quantity":1,"price":1}"#, count: 1_201).joined(separator: ",")
        #expect(fieldError(QuoteRequest.self, "{\"lines\":[\(many)]}") == .limit("lines", 1_200, of: "elements"))
        #expect(
            fieldError(QuoteRequest.self, #"{"lines":[{"sku":"M","quantity":1,"price":1}],"spend":-1}"#)?.field
                == "spend")
        let tags = Array(repeating: "\"t\"", count: 33).joined(separator: ",")
        #expect(
            fieldError(QuoteRequest.self, #"{"lines":[{"sku":"M","quantity":1,"price":1,"tags":[\#(tags)]}]}"#)
                == .limit("lines[0].tags", 32, of: "elements"))
        #expect(
            fieldError(QuoteRequest.self, #"{"lines":[{"sku":"M","quantity":1,"price":1,"min_price":-1}]}"#)?.field
                == "lines[0].min_price")
    }

    @Test("the reply to QUOTE goes there and back")
    func quoteReply() throws {
        let reply = QuoteReply(
            quote: "q-1",
            lines: [
                QuoteReplyLine(
                    line: 1, amount: Money(minorUnits: 135_000),
                    taken: [
                        LineDiscount(origin: "till", amount: Money(minorUnits: 15_000)),
                        LineDiscount(origin: "promotion", id: "p7", amount: .zero),
                    ], earned: 50, spent: 3)
            ], subtotal: Money(minorUnits: 150_000), discount: Money(minorUnits: 15_000),
            total: Money(minorUnits: 135_000),
            points: QuotedPoints(
                available: 5, spendable: 4, spent: 3, earned: 50, base: 40,
                extra: [.init(origin: "promotion", id: "p7", points: 8), .init(origin: "birthday", points: 2)]),
            tierAfter: nil,
            promotions: [
                QuotedPromotion(id: "p7", name: "Чай", amount: .zero, points: 8),
                QuotedPromotion(id: "p9", amount: Money(minorUnits: 1), points: 0),
            ], gifts: ["MUG"], messages: [DisplayMessage(to: .customer, text: "Спасибо")],
            rules: RuleSetReference(id: "default", version: 1, hash: "abc"),
            validUntil: Instant(millisecondsSinceEpoch: 1_795_339_800_000))
        #expect(try message(json(reply)) == reply)
        #expect(json(reply).contains(#""tier_after":null"#))
        #expect(
            json(reply).contains(
                #""taken":[{"origin":"till","amount":15000},{"origin":"promotion","id":"p7","amount":0}],"#
                    + #""earned":50,"spent":3}"#))
        #expect(
            json(reply).contains(
                #""earned":50,"base":40,"extra":[{"origin":"promotion","id":"p7","points":8},"#
                    + #"{"origin":"birthday","points":2}]},"tier_after":null,"#
                    + #""promotions":[{"id":"p7","name":"Чай","amount":0,"points":8},"#
                    + #"{"id":"p9","amount":1,"points":0}],"gifts":["MUG"],"messages":["#))
        #expect(QuotedPoints(available: 0, spendable: 0, spent: 0, earned: 7).base == 7)
    }
}
