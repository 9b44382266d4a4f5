import Retail
import Testing

@testable import Replay

@Suite("The verdict on a run")
struct ReplayVerdictTests {
    private let plan: ReplayPlan

    init() throws {
        let rows = """
            10,A,"Name, 1 ",2,2010-12-01 08:26:00,2.55,17850,UK
            10,B,,1,2010-12-01 08:26:00,0.5,17850,UK
            2,A,"Name, 1 ",1,2010-12-01 08:27:00,2.55,,UK
            C3,A,"Name, 1 ",-1,2010-12-01 08:28:00,2.55,17850,UK
            C4,B,,-1,2010-12-01 08:29:00,0.5,,UK
            """
        plan = try ReplayPlan(days: [day(rows)], tillCount: 2)
    }

    /// What a gateway without a fault sends on: the first sale has a promotion and points, and a part of it comes back.
    private var received: [String] {
        [
            """
            {"key":"S1/T01/1/10","kind":"sale","number":"10","customer":"17850","total":500,\
            "gateway":{"points":{"earned":5,"spent":20},"marks":["clock"]},"lines":[\
            {"sku":"A","name":"Name, 1 ","quantity":2,"price":255,"amount":450,"discounts":[\
            {"origin":"promotion","id":"p","amount":40},{"origin":"points","amount":20}]},\
            {"sku":"B","name":"","quantity":1,"price":50,"amount":50}]}
            """,
            """
            {"key":"S1/T02/1/2","kind":"sale","number":"2","customer":null,"total":255,\
            "gateway":{"points":null,"marks":["clock"]},"lines":[\
            {"sku":"A","name":"Name, 1 ","quantity":1,"price":255,"amount":255}]}
            """,
            """
            {"key":"S1/T01/1/C3","kind":"return","number":"C3","customer":"17850","total":225,"original":"S1/T01/1/10",\
            "gateway":{"points":{"earned":-2,"spent":-10},"marks":["clock"]},"lines":[\
            {"sku":"A","name":"Name, 1 ","quantity":1,"price":255,"amount":225,"discounts":[\
            {"origin":"promotion","id":"p","amount":20},{"origin":"points","amount":10}]}]}
            """,
            """
            {"key":"S1/T02/1/C4","kind":"return","number":"C4","customer":null,"total":50,\
            "gateway":{"points":null,"marks":["original_unknown","clock"]},"lines":[\
            {"sku":"B","name":"","quantity":1,"price":50,"amount":50}]}
            """,
        ]
    }

    private func verdict(
        _ lines: [String], orders: Set<String> = [], baskets: Set<String> = []
    ) throws -> ReplayVerdict {
        try ReplayVerdict(
            plan: plan, orders: orders, baskets: baskets, upstream: Array(lines.joined(separator: "\n").utf8))
    }

    @Test("A run in which everything arrived once is clean, and adds up")
    func clean() throws {
        let verdict = try verdict(received)
        #expect(verdict.findings == [])
        var totals = ReplayVerdict.Totals()
        totals.receipts = 4
        totals.sales = 2
        totals.returns = 2
        totals.linkedReturns = 1
        totals.lines = 5
        totals.grossSales = Money(minorUnits: 815)
        totals.grossReturns = Money(minorUnits: 305)
        totals.promotions = Money(minorUnits: 40)
        totals.paidWithPoints = Money(minorUnits: 20)
        totals.offReturns = Money(minorUnits: 30)
        totals.earned = 3
        totals.spent = 10
        totals.customers = 1
        #expect(verdict.totals == totals)
    }

    @Test("Receipts of different tills may arrive in any order, those of one till may not")
    func order() throws {
        #expect(try verdict([received[1], received[3], received[0], received[2]]).findings == [])
        #expect(
            try verdict([received[2], received[0], received[1], received[3]]).findings
                == [.outOfOrder(key: "S1/T01/1/10")])
    }

    @Test("A receipt that did not arrive is lost")
    func lost() throws {
        let verdict = try verdict(Array(received.dropLast()))
        #expect(verdict.findings == [.lost(number: "C4", till: "T02")])
        #expect(verdict.lost == 1)
    }

    @Test("A receipt that arrived twice is doubled and counts once")
    func doubled() throws {
        let verdict = try verdict(received + [received[0]])
        #expect(verdict.findings == [.doubled(key: "S1/T01/1/10")])
        #expect(verdict.duplicates == 1)
        #expect(verdict.totals.receipts == 4)
    }

    @Test("A receipt that no file has is found")
    func unexpected() throws {
        let other = received[1].replacingOnce("\"number\":\"2\"", "\"number\":\"9\"").replacingOnce("/1/2", "/1/9")
        let verdict = try verdict(received + [other])
        #expect(verdict.findings == [.unexpected(key: "S1/T02/1/9")])
    }

    @Test(
        "Any change of content is found",
        arguments: [
            ("\"total\":500", "\"total\":501", "total"), ("\"sale\"", "\"return\"", "kind"),
            ("\"17850\"", "null", "customer"), ("T01", "T02", "key"),
            ("\"price\":255", "\"price\":254", "line 1 price"),
            ("\"amount\":450", "\"amount\":449", "line 1 amount"), ("\"clock\"", "\"hold_missing\"", "marks"),
            ("\"quantity\":2", "\"quantity\":2.001", "line 1 quantity"),
            ("Name, 1 ", "Name, 1", "line 1 name"), ("\"sku\":\"B\"", "\"sku\":\"b\"", "line 2 sku"),
        ])
    func changed(from: String, to: String, field: String) throws {
        let verdict = try verdict([received[0].replacingOnce(from, to)] + received.dropFirst())
        let fields = verdict.findings.compactMap { finding in
            if case .differs(_, let field, _, _) = finding { field } else { nil }
        }
        #expect(fields == [field])
    }

    @Test("What was taken off must add up, on the line and on the receipt")
    func discountAddsUp() throws {
        let changed = received[0].replacingOnce("\"amount\":40", "\"amount\":41")
        let findings = try verdict([changed] + received.dropFirst()).findings
        #expect(findings.map { "\($0)".contains("line 1 amount is 450 where the file has 449") } == [true, false])
        #expect(findings.count == 2)
    }

    @Test("A discount must be one that somebody was to give")
    func discounts() throws {
        let points = "\"discounts\":[{\"origin\":\"points\",\"amount\":5}]"
        let walkIn = received[1].replacingOnce("\"amount\":255", "\"amount\":250," + points)
            .replacingOnce("\"total\":255", "\"total\":250")
        #expect(
            try verdict([received[0], walkIn, received[2], received[3]]).findings
                == [.discount(key: "S1/T02/1/2", line: 1, origin: "points")])
        let other = received[0].replacingOnce("\"promotion\"", "\"till\"")
        #expect(
            try verdict([other] + received.dropFirst()).findings
                == [.discount(key: "S1/T01/1/10", line: 1, origin: "till")])
    }

    @Test("A return must name the sale that it brings back, and the gateway must have found it")
    func originals() throws {
        let stranger = received[2].replacingOnce(",\"original\":\"S1/T01/1/10\"", "")
            .replacingOnce("\"marks\":[", "\"marks\":[\"original_unknown\",")
        let fields = try verdict([received[0], received[1], stranger, received[3]]).findings.map(\.description)
        #expect(fields.count == 2)
        #expect(fields.first?.contains("original is none") == true)
        #expect(fields.last?.contains("marks is original_unknown") == true)
    }

    @Test("A line that is no receipt is found")
    func unreadable() throws {
        let verdict = try verdict(received + ["{\"key\":"])
        #expect(verdict.findings.count == 1)
        guard case .unreadable(line: 5, _)? = verdict.findings.first else {
            Issue.record("\(verdict.findings)")
            return
        }
    }

    @Test("The sale of a pick-up order is expected beside the plan, once")
    func orders() throws {
        let sale = received[1].replacingOnce("\"number\":\"2\"", "\"number\":\"web-7\",\"order\":\"7\"")
            .replacingOnce("/1/2", "/1/web-7")
        #expect(try verdict(received + [sale], orders: ["7"]).findings == [])
        #expect(try verdict(received, orders: ["7"]).findings == [.orderLost(order: "7")])
    }

    @Test("The sale of a basket from the shop floor is expected beside the plan, once")
    func baskets() throws {
        let sale = received[1].replacingOnce("\"number\":\"2\"", "\"number\":\"app-7\",\"basket\":\"7\",\"app\":\"A\"")
            .replacingOnce("/1/2", "/1/app-7")
        #expect(try verdict(received + [sale], baskets: ["7"]).findings == [])
        #expect(try verdict(received + [sale], baskets: ["7"]).totals.baskets == 1)
        #expect(try verdict(received + [sale]).findings == [.unexpected(key: "S1/T02/1/app-7")])
        #expect(try verdict(received, baskets: ["7"]).findings == [.basketLost(basket: "7")])
        let again = sale.replacingOnce("/1/app-7", "/1/app-8").replacingOnce("\"app-7\"", "\"app-8\"")
        #expect(try verdict(received + [sale, again], baskets: ["7"]).findings == [.doubled(key: "basket 7")])
    }
}

extension String {
    fileprivate func replacingOnce(_ old: String, _ new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return replacingCharacters(range, new)
    }

    private func replacingCharacters(_ range: Range<String.Index>, _ new: String) -> String {
        self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
