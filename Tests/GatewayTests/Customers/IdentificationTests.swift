import LineProtocol
import Retail
import Testing

@testable import Gateway

@Suite("Every identifier leads to the same customer")
struct IdentificationTests {
    @Test(
        "however it is written",
        arguments: [
            #"{"card":"7000001234"}"#, #"{"card":";7000001234=2512?"}"#, #"{"card":"%B7000001234^ANNA"}"#,
            #"{"card":" 7000 0012 34 "}"#, #"{"card":"\u0037000001234"}"#, #"{"card":"7000001234","note":"unknown"}"#,
            #"{"phone":"+79161234567"}"#, #"{"phone":"8 (916) 123-45-67"}"#, #"{"phone":"9161234567"}"#,
            #"{"phone":"7 916 123 45 67"}"#, #"{"email":"ANNA@Example.org"}"#, #"{"email":" anna@example.org "}"#,
            #"{"external":"crm-77"}"#, #"{"customer_id":"c-1"}"#, #"{"customer_id":"c-1","card":null}"#,
        ])
    func identifiers(_ question: String) throws {
        let world = try TestWorld()
        let till = try world.till()
        _ = till.request(
            "ENROL",
            #"{"name":"Anna","card":"7000001234","phone":"+79161234567","email":"anna@example.org","external":"crm-77"}"#
        )
        for client in [till, try world.greeted(.app, "S1", "APP1"), try world.greeted(.website, "S1", "WEB1")] {
            let found = client.request("IDENTIFY", question).ok
            #expect(found?["customer_id"]?.text == "c-1")
            #expect(found?["name"]?.text == "Anna")
            #expect(found?["external"]?.text == "crm-77")
            #expect(found?["phone"]?.text == "•••4567")
        }
        try world.restart()
        #expect(try world.till().request("IDENTIFY", question).ok?["customer_id"]?.text == "c-1")
    }

    @Test("one kind of identifier is not mistaken for another")
    func kinds() throws {
        let till = try TestWorld().till()
        _ = till.request("ENROL", #"{"card":"79161234567"}"#)
        _ = till.request("ENROL", #"{"external":"7000001234"}"#)
        #expect(till.request("IDENTIFY", #"{"phone":"+79161234567"}"#).code == "not_found")
        #expect(till.request("IDENTIFY", #"{"card":"7000001234"}"#).code == "not_found")
        #expect(till.request("IDENTIFY", #"{"token":"79161234567"}"#).code == "not_found")
        #expect(till.request("IDENTIFY", #"{"customer_id":"c-3"}"#).code == "not_found")
        #expect(till.request("IDENTIFY", #"{"customer_id":"c-0"}"#).code == "not_found")
        #expect(till.request("IDENTIFY", #"{"customer_id":"c-9223372036854775807"}"#).code == "not_found")
    }

    @Test("what cannot be read is refused with the field")
    func unreadable() throws {
        let till = try TestWorld().till()
        func refused(_ body: String) -> [String?] {
            let line = till.request("IDENTIFY", body)
            return [line.code, line.error?["field"]?.text]
        }
        #expect(refused(#"{"phone":"12"}"#) == ["bad_field", "phone"])
        #expect(refused(#"{"card":"123"}"#) == ["bad_field", "card"])
        #expect(refused(#"{"card":"12 34/56"}"#) == ["bad_field", "card"])
        #expect(refused(#"{"card":7000001234}"#) == ["bad_field", "card"])
        #expect(refused(#"{"email":"anna"}"#) == ["bad_field", "email"])
        #expect(refused(#"{"customer_id":"12"}"#) == ["bad_field", "customer_id"])
        #expect(refused("{}") == ["missing_field", "card"])
        #expect(refused(#"{"card":null}"#) == ["missing_field", "card"])
        #expect(refused(#"{"card":"7000001234","phone":"+79161234567"}"#)[0] == "bad_field")
    }

    @Test("what is not known of a customer is null, and a debt is told as one")
    func unknownParts() throws {
        let world = try TestWorld()
        let till = try world.till()
        let made = till.request("ENROL", #"{"card":"7000001234"}"#).ok
        #expect(made?["name"] == .null)
        #expect(made?["phone"] == .null)
        #expect(made?["external"] == .null)
        #expect(made?["segment"] == .null)
        let points = #"[{"kind":"points","amount":5000},{"kind":"card","amount":95000}]"#
        _ = till.request("SALE", ReceiptText(customer: "c-1", payments: points).json)
        let known = till.request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok
        #expect(known?["points"]?["available"]?.integer == 0)
        #expect(known?["points"]?["debt"]?.integer == 22)
        try world.restart()
        #expect(try world.till().request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok?["points"] == known?["points"])
    }

    @Test(
        "a birthday is kept on its day in the store's time zone, 29 February on the 28th of other years",
        arguments: [
            ("1990-11-22", true), ("1990-11-21", false), ("1990-11-23", false),
        ])
    func birthday(_ day: String, _ expected: Bool) throws {
        let world = try TestWorld()
        let till = try world.till()
        let made = till.request("ENROL", #"{"card":"7000001234","birthday":"\#(day)"}"#).ok
        #expect(made?["birthday"]?.bool == expected)
    }

    @Test("midnight of the birthday is the store's own")
    func midnight() throws {
        let world = try TestWorld()
        let till = try world.till()
        _ = till.request("ENROL", #"{"card":"7000001234","birthday":"1990-11-23"}"#)
        func isBirthday() -> Bool? {
            till.request("IDENTIFY", #"{"card":"7000001234"}"#).ok?["birthday"]?.bool
        }
        // It is 12:30 in Moscow; the day begins at 21:00 UTC.
        world.clock.advance(milliseconds: (11 * 3_600 + 1_800) * 1_000 - 1)
        #expect(isBirthday() == false)
        world.clock.advance(milliseconds: 1)
        #expect(isBirthday() == true)
        world.clock.advance(milliseconds: 86_400_000)
        #expect(isBirthday() == false)
    }

    @Test("29 February is kept on the 28th in years that have none")
    func leapDay() throws {
        func isBirthday(_ year: Int, _ month: Int, _ day: Int) throws -> Bool {
            CustomerAnswer.isBirthday(
                (2, 29),
                try #require(CalendarDate(year: year, month: month, day: day)))
        }
        #expect(try isBirthday(2027, 2, 28))
        #expect(try !isBirthday(2028, 2, 28))
        #expect(try isBirthday(2028, 2, 29))
        #expect(try !isBirthday(2027, 3, 1))
    }
}
