import Retail
import Testing

@testable import Replay

@Suite("The verdict on a run")
struct ReplayVerdictTests {
    private let plan: ReplayPlan

    init() throws {
        let rows = """
            1,A,"Name, 1 ",2,2010-12-01 08:26:00,2.55,17850,UK
            1,B,,1,2010-12-01 08:26:00,0.5,17850,UK
            2,A,"Name, 1 ",1,2010-12-01 08:27:00,2.55,,UK
            C3,A,"Name, 1 ",-1,2010-12-01 08:28:00,2.55,17850,UK
            """
        plan = try ReplayPlan(days: [day(rows)], tillCount: 2)
    }

    /// What a gateway without a fault sends on.
    private var received: [String] {
        [
            """
            {"key":"S1/T01/1/1","kind":"sale","number":"1","customer":"17850","total":560,"lines":[\
            {"sku":"A","name":"Name, 1 ","quantity":2,"price":255,"amount":510},\
            {"sku":"B","name":"","quantity":1,"price":50,"amount":50}]}
            """,
            """
            {"key":"S1/T02/1/2","kind":"sale","number":"2","customer":null,"total":255,"lines":[\
            {"sku":"A","name":"Name, 1 ","quantity":1,"price":255,"amount":255}]}
            """,
            """
            {"key":"S1/T01/1/C3","kind":"return","number":"C3","customer":"17850","total":255,"lines":[\
            {"sku":"A","name":"Name, 1 ","quantity":1,"price":255,"amount":255}]}
            """,
        ]
    }

    private func verdict(_ lines: [String], orders: Set<String> = []) throws -> ReplayVerdict {
        try ReplayVerdict(plan: plan, orders: orders, upstream: Array(lines.joined(separator: "\n").utf8))
    }

    @Test("A run in which everything arrived once is clean, and adds up")
    func clean() throws {
        let verdict = try verdict(received)
        #expect(verdict.findings == [])
        var totals = ReplayVerdict.Totals()
        totals.receipts = 3
        totals.sales = 2
        totals.returns = 1
        totals.lines = 4
        totals.grossSales = Money(minorUnits: 815)
        totals.grossReturns = Money(minorUnits: 255)
        totals.customers = 1
        #expect(verdict.totals == totals)
    }

    @Test("Receipts of different tills may arrive in any order, those of one till may not")
    func order() throws {
        #expect(try verdict([received[1], received[0], received[2]]).findings == [])
        #expect(try verdict([received[2], received[0], received[1]]).findings == [.outOfOrder(key: "S1/T01/1/1")])
    }

    @Test("A receipt that did not arrive is lost")
    func lost() throws {
        let verdict = try verdict(Array(received.dropLast()))
        #expect(verdict.findings == [.lost(number: "C3", till: "T01")])
        #expect(verdict.lost == 1)
    }

    @Test("A receipt that arrived twice is doubled and counts once")
    func doubled() throws {
        let verdict = try verdict(received + [received[0]])
        #expect(verdict.findings == [.doubled(key: "S1/T01/1/1")])
        #expect(verdict.duplicates == 1)
        #expect(verdict.totals.receipts == 3)
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
            ("\"total\":560", "\"total\":561", "total"), ("\"sale\"", "\"return\"", "kind"),
            ("\"17850\"", "null", "customer"), ("T01", "T02", "key"),
            ("\"price\":255", "\"price\":254", "line 1 price"),
            ("\"amount\":510", "\"amount\":509", "line 1 amount"),
            ("\"quantity\":2", "\"quantity\":2.001", "line 1 quantity"),
            ("Name, 1 ", "Name, 1", "line 1 name"), ("\"sku\":\"B\"", "\"sku\":\"b\"", "line 2 sku"),
        ])
    func changed(from: String, to: String, field: String) throws {
        let verdict = try verdict([received[0].replacingOnce(from, to), received[1], received[2]])
        let fields = verdict.findings.compactMap { finding in
            if case .differs(_, let field, _, _) = finding { field } else { nil }
        }
        #expect(fields == [field])
    }

    @Test("A line that is no receipt is found")
    func unreadable() throws {
        let verdict = try verdict(received + ["{\"key\":"])
        #expect(verdict.findings.count == 1)
        guard case .unreadable(line: 4, _)? = verdict.findings.first else {
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
