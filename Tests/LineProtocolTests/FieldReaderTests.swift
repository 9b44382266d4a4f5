import LineProtocol
import Retail
import Testing

@Suite("Fields")
struct FieldReaderTests {
    private func with<Result>(_ json: String, _ body: (FieldReader) throws -> Result) throws -> Result {
        try reading(json) { try body(FieldReader($0)) }
    }

    private func error<Result>(_ json: String, _ body: (FieldReader) throws -> Result) -> FieldError? {
        do {
            _ = try with(json, body)
            return nil
        } catch {
            return error as? FieldError
        }
    }

    @Test("a null counts as absent, and what is required is missed by name")
    func nullIsAbsent() throws {
        try with(#"{"a":null}"#) { fields throws in
            #expect(try fields.optionalText("a", max: 9) == nil)
            #expect(try fields.optionalMoney("a") == nil)
            #expect(try fields.optionalInstant("a") == nil)
            #expect(try fields.optionalBool("b") == nil)
            #expect(throws: FieldError.missing("a")) { try fields.text("a", max: 9) }
            #expect(throws: FieldError.missing("b")) { try fields.money("b") }
        }
    }

    @Test("a text that is no object is bad JSON; a part that is none is a bad field")
    func demandsObjects() {
        #expect(error("[1]") { _ in }?.code == .badJSON)
        let nested = error(#"{"a":{"b":3}}"#) { try $0.object("a").object("b") }
        #expect(nested == .bad("a.b", "must be an object"))
    }

    @Test("a field is named by its place in the whole message")
    func namesPlaces() {
        let json = #"{"lines":[{"price":1},{"price":1,"x":{"y":[{"z":true}]}},{"price":"2"}]}"#
        let price = error(json) {
            try $0.array("lines", limit: 9) { line throws(FieldError) in try line.money("price") }
        }
        #expect(price?.field == "lines[2].price")
        #expect(price?.code == .badField)
        let missing = error(json) {
            try $0.array("lines", limit: 9) { line throws(FieldError) in try line.object("x") }
        }
        #expect(missing == .missing("lines[0].x"))
        let prefixed = error(#"{"a":{"b":1}}"#) { fields throws in
            try FieldReader(fields.object, path: "receipt").object("a").text("b", max: 3)
        }
        #expect(prefixed == .bad("receipt.a.b", "must be a string"))
    }

    @Test("texts are counted in characters, not bytes")
    func countsCharacters() throws {
        try with(#"{"a":"жжж","b":"\u0436\ud83d\ude00x","c":""}"#) { fields throws in
            #expect(try fields.text("a", max: 3) == "жжж")
            #expect(try fields.text("b", max: 3) == "ж😀x")
            #expect(throws: FieldError.limit("a", 2, of: "characters")) { try fields.text("a", max: 2) }
            #expect(throws: FieldError.limit("b", 2, of: "characters")) { try fields.text("b", max: 2) }
            #expect(throws: FieldError.bad("c", "must not be empty")) { try fields.text("c", max: 2) }
            #expect(try fields.text("c", min: 0, max: 2) == "")
        }
    }

    @Test("ids are printable ASCII without space and slash, 1 to 64")
    func checksIDs() throws {
        let longest = String(repeating: "x", count: 64)
        #expect(try with("{\"a\":\"\(longest)\"}") { try $0.idText("a") } == longest)
        #expect(try with("{\"a\":\"!~:.\\u0041\"}") { try $0.idText("a") } == "!~:.A")
        #expect(error("{\"a\":\"\(longest)x\"}") { try $0.idText("a") }?.code == .limit)
        for bad in ["a b", "a/b", "ж", "a\\u0000", "a\\n", "\\u007f", ""] {
            #expect(error("{\"a\":\"\(bad)\"}") { try $0.idText("a") }?.code == .badField, "\(bad)")
        }
        for bad in ["1", "true", "[]", "{}"] {
            #expect(error("{\"a\":\(bad)}") { try $0.idText("a") } == .bad("a", "must be a string"))
        }
    }

    @Test("money is whole minor units within its limit")
    func checksMoney() throws {
        let money = { (json: String) in try? self.with("{\"a\":\(json)}") { try $0.money("a").minorUnits } }
        #expect(money("9000000000000000") == 9_000_000_000_000_000)
        #expect(money("-9000000000000000") == -9_000_000_000_000_000)
        for bad in ["9000000000000001", "-9000000000000001", "1.0", "1e2", "\"1\"", "99999999999999999999", "true"] {
            #expect(money(bad) == nil, "\(bad)")
        }
        #expect(error(#"{"a":-1}"#) { try $0.nonNegativeMoney("a") }?.code == .badField)
        #expect(error(#"{"a":0}"#) { try $0.positiveMoney("a") }?.code == .badField)
        #expect(try with(#"{"a":0}"#) { try $0.nonNegativeMoney("a") } == .zero)
    }

    @Test("quantities are above 0 with at most three digits after the point")
    func checksQuantities() throws {
        let thousandths = { (json: String) in
            try? self.with("{\"a\":\(json)}") { try $0.quantity("a").thousandths }
        }
        #expect(thousandths("2.474") == 2_474)
        #expect(thousandths("6") == 6_000)
        #expect(thousandths("9999999.999") == 9_999_999_999)
        for bad in ["0", "0.000", "-1", "0.0001", "10000000", "1e1", "\"1\"", "9223372036854775807"] {
            #expect(thousandths(bad) == nil, "\(bad)")
        }
    }

    @Test("moments, days, keys and customers are taken in their form only")
    func checksForms() throws {
        let json = #"""
            {"at":"2026-11-22T09:30:00.5Z","escaped":"2026-11-22T09:30:00\u005a","on":"2024-02-29",
            "key":"S1/T03/12/5-1",
            "customer":"c-12","bad":"x","role":"app","roles":["app","register"],"rate":10000}
            """#
        try with(json) { fields throws in
            #expect(try fields.instant("at").rfc3339 == "2026-11-22T09:30:00.500Z")
            #expect(try fields.instant("escaped").rfc3339 == "2026-11-22T09:30:00Z")
            #expect(try fields.optionalDate("on") == CalendarDate(year: 2024, month: 2, day: 29))
            #expect(try fields.receiptKey("key") == ReceiptKey(store: "S1", till: "T03", shift: 12, number: "5-1"))
            #expect(try fields.customerID("customer") == CustomerID(number: 12))
            #expect(try fields.choice("role", of: DeviceRole.self) == .app)
            #expect(try fields.optionalChoices("roles", of: DeviceRole.self) == [.app, .register])
            #expect(try fields.rate("rate") == BasisPoints(value: 10_000))
            #expect(throws: FieldError.self) { try fields.instant("bad") }
            #expect(throws: FieldError.self) { try fields.optionalDate("bad") }
            #expect(throws: FieldError.self) { try fields.receiptKey("bad") }
            #expect(throws: FieldError.self) { try fields.customerID("bad") }
            #expect(throws: FieldError.bad("bad", "must be one of register, app, website, operator")) {
                try fields.choice("bad", of: DeviceRole.self)
            }
        }
    }

    @Test("lists have a limit, and their elements a form")
    func checksLists() throws {
        try with(#"{"a":["x","y"],"b":["x",1],"c":{}}"#) { fields throws in
            #expect(try fields.textArray("a", limit: 2, max: 1) == ["x", "y"])
            #expect(throws: FieldError.limit("a", 1, of: "elements")) { try fields.textArray("a", limit: 1, max: 1) }
            #expect(throws: FieldError.bad("b[1]", "must be a string")) { try fields.textArray("b", limit: 2, max: 1) }
            #expect(throws: FieldError.bad("c", "must be an array")) { try fields.textArray("c", limit: 2, max: 1) }
            #expect(try fields.optionalTextArray("d", limit: 2, max: 1) == nil)
        }
    }
}
