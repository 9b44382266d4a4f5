import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Goods come back")
struct ReturnTests {
    private func buyer(_ world: TestWorld) throws -> TestClient {
        let till = try world.till()
        _ = till.request("ENROL", #"{"name":"Anna","card":"7000001234"}"#)
        return till
    }

    private func back(
        _ number: String, _ lines: [ReceiptText.Line], of original: String = "S1/T01/1/1", customer: String? = nil
    ) -> String {
        ReceiptText(number: number, customer: customer, lines: lines, more: #","original":"\#(original)""#).json
    }

    private func points(_ line: WireLine, _ name: String) -> Int64? { line.ok?["points"]?[name]?.integer }

    @Test(
        "in any portions takes back floor(X × q ÷ Q) of the points, in all exactly X", arguments: UInt64(1)...20)
    func portions(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let till = try buyer(TestWorld())
        let isWeighed = Bool.random(using: &generator)
        let sold =
            isWeighed ? Int64.random(in: 1...9_999, using: &generator) : 1_000 * .random(in: 1...9, using: &generator)
        let price = Int64.random(in: 1_000...900_000, using: &generator)
        let amount = try Money(minorUnits: price).times(Quantity(thousandths: sold)).minorUnits
        let line = ReceiptText.Line(
            quantity: Quantity(thousandths: sold).decimalText, price: price, amount: amount)
        let earned = try #require(
            points(till.request("SALE", ReceiptText(customer: "c-1", lines: [line]).json), "earned"))
        #expect(earned == amount * 300 / 10_000 / 100)
        var came: Int64 = 0
        var taken: Int64 = 0
        var number = 2
        while came < sold {
            let now = min(sold - came, isWeighed ? Int64.random(in: 1...sold, using: &generator) : 1_000)
            came += now
            let part = ReceiptText.Line(quantity: Quantity(thousandths: now).decimalText, price: price, amount: 0)
            let answer = till.request("RETURN", back("\(number)", [part]))
            taken -= try #require(points(answer, "earned"), "seed \(seed)")
            #expect(taken == earned * came / sold, "seed \(seed), \(came) of \(sold)")
            #expect(points(answer, "balance") == earned - taken)
            number += 1
        }
        #expect(taken == earned)
        let more = till.request("RETURN", back("\(number)", [.init(quantity: "0.001", amount: 0)]))
        #expect(more.error?["reason"]?.text == "more than was sold")
    }

    @Test("gives back the points that were spent, and takes those that were earned")
    func spentPoints() throws {
        let till = try buyer(TestWorld())
        #expect(points(till.request("SALE", ReceiptText(customer: "c-1").json), "balance") == 30)
        let discounted = ReceiptText.Line(
            quantity: "2", price: 50_000, amount: 98_000, more: #","discounts":[{"origin":"points","amount":2000}]"#)
        let sale = till.request("SALE", ReceiptText(number: "2", customer: "c-1", lines: [discounted]).json)
        #expect(points(sale, "spent") == 20)
        #expect(points(sale, "earned") == 29)
        #expect(points(sale, "balance") == 39)
        let half = ReceiptText.Line(quantity: "1", price: 50_000, amount: 49_000)
        let first = till.request("RETURN", back("3", [half], of: "S1/T01/1/2"))
        #expect(points(first, "spent") == -10)
        #expect(points(first, "earned") == -14)
        #expect(points(first, "balance") == 35)
        let second = till.request("RETURN", back("4", [half], of: "S1/T01/1/2"))
        #expect(points(second, "spent") == -10)
        #expect(points(second, "earned") == -15)
        #expect(points(second, "balance") == 30)
    }

    @Test("of more than was sold is refused and changes nothing, the receipt's other lines neither")
    func tooMuch() throws {
        let world = try TestWorld()
        let till = try buyer(world)
        _ = till.request(
            "SALE", ReceiptText(customer: "c-1", lines: [.init(sku: "A", quantity: "2"), .init(sku: "B")]).json)
        let refused = till.request(
            "RETURN", back("2", [.init(sku: "A"), .init(sku: "B", quantity: "1.001")], customer: "c-1"))
        #expect(refused.code == "bad_field")
        #expect(refused.error?["field"]?.text == "lines[1].quantity")
        #expect(refused.error?["reason"]?.text == "more than was sold")
        #expect(till.request("STATUS", #"{"key":"S1/T01/1/2"}"#).ok?["state"]?.text == "unknown")
        #expect(try world.journal.read { try $0.returnedQuantities(receipt: 1) }.isEmpty)
        #expect(till.request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok?["points"]?["available"]?.integer == 60)
        // All of it can still come back.
        #expect(till.request("RETURN", back("2", [.init(sku: "A", quantity: "2"), .init(sku: "B")])).ok != nil)
    }

    @Test("in several lines of one return are no more than was sold, and reverse no more than was earned")
    func severalLines() throws {
        let till = try buyer(TestWorld())
        _ = till.request("SALE", ReceiptText(customer: "c-1", lines: [.init(quantity: "3")]).json)
        let one = ReceiptText.Line(quantity: "1", amount: 0, more: #","original_line":1"#)
        let four = till.request("RETURN", back("2", [one, one, one, one]))
        #expect(four.error?["field"]?.text == "lines[3].quantity")
        let unnamed = ReceiptText.Line(quantity: "1", amount: 0)
        #expect(till.request("RETURN", back("2", [one, unnamed, unnamed, one])).code == "bad_field")
        let three = till.request("RETURN", back("2", [one, unnamed, one]))
        #expect(points(three, "earned") == -30)
        #expect(points(three, "balance") == 0)
    }

    @Test("without naming the line fill the original's lines of their product from the first one on")
    func filling() throws {
        let world = try TestWorld()
        let till = try buyer(world)
        let sold = ["2", "3", "4"].map { ReceiptText.Line(sku: "A", quantity: $0) }
        _ = till.request("SALE", ReceiptText(customer: "c-1", lines: sold).json)
        #expect(till.request("RETURN", back("2", [.init(sku: "A", quantity: "4")])).ok != nil)
        #expect(
            try world.journal.read { try $0.returnedQuantities(receipt: 1) } == [
                1: Quantity(thousandths: 2_000), 2: Quantity(thousandths: 2_000),
            ])
        #expect(till.request("RETURN", back("3", [.init(sku: "A", quantity: "6")])).code == "bad_field")
        #expect(till.request("RETURN", back("3", [.init(sku: "A", quantity: "5")])).ok != nil)
        #expect(till.request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok?["points"]?["available"]?.integer == 0)
    }

    @Test("to a line that the original does not have, or of another product, are refused with the field")
    func wrongLine() throws {
        let till = try buyer(TestWorld())
        _ = till.request("SALE", ReceiptText(lines: [.init(sku: "A"), .init(sku: "B")]).json)
        func field(_ line: ReceiptText.Line) -> String? {
            till.request("RETURN", back("2", [line])).error?["field"]?.text
        }
        #expect(field(.init(sku: "A", more: #","original_line":3"#)) == "lines[0].original_line")
        #expect(field(.init(sku: "A", more: #","original_line":2"#)) == "lines[0].original_line")
        #expect(field(.init(sku: "C")) == "lines[0].sku")
    }

    @Test("move the points of the sale's customer, whoever the return names")
    func otherCustomer() throws {
        let world = try TestWorld()
        let till = try buyer(world)
        _ = till.request("ENROL", #"{"card":"7000005678"}"#)
        _ = till.request("SALE", ReceiptText(customer: "c-1").json)
        let named = till.request("RETURN", back("2", [.init(quantity: "0.5", amount: 50_000)], customer: "c-2"))
        #expect(named.ok?["customer_id"]?.text == "c-1")
        let unnamed = till.request("RETURN", back("3", [.init(quantity: "0.5", amount: 50_000)]))
        #expect(unnamed.ok?["customer_id"]?.text == "c-1")
        #expect(points(unnamed, "balance") == 0)
        // A walk-in's goods are nobody's points.
        _ = till.request("SALE", ReceiptText(number: "4").json)
        let walkIn = till.request("RETURN", back("5", [.init()], of: "S1/T01/1/4", customer: "c-1"))
        #expect(walkIn.ok?["customer_id"] == .null)
        #expect(walkIn.ok?["points"] == .null)
        #expect(walkIn.ok?["marks"]?.elements == [])
    }

    @Test(
        "whose original is unknown, a return or a void are stored, marked, and change nothing",
        arguments: ["S1/T09/1/1", "S1/T01/1/2", "S1/T01/1/3"])
    func unknownOriginal(_ original: String) throws {
        let till = try buyer(TestWorld())
        _ = till.request("SALE", ReceiptText(customer: "c-1").json)
        _ = till.request("RETURN", back("2", [.init(quantity: "0.5", amount: 50_000)]))
        _ = till.request("VOID", #"{"shift":1,"number":"3","at":"2026-11-22T09:30:00Z"}"#)
        let answer = till.request("RETURN", back("4", [.init()], of: original, customer: "c-1"))
        #expect(answer.ok?["marks"]?.elements == [.string("original_unknown")])
        #expect(points(answer, "earned") == 0)
        #expect(points(answer, "balance") == 15)
    }

    @Test("take their amount from the turnover, so that a tier is lost again")
    func turnover() throws {
        let till = try buyer(TestWorld())
        let sofa = ReceiptText.Line(price: 3_500_000, amount: 3_500_000)
        #expect(till.request("SALE", ReceiptText(customer: "c-1", lines: [sofa]).json).ok?["tier"]?.text == "silver")
        #expect(till.request("RETURN", back("2", [sofa])).ok?["tier"]?.text == "base")
        let known = till.request("IDENTIFY", #"{"customer_id":"c-1"}"#).ok
        #expect(known?["tier"]?["next"]?["missing"]?.integer == 3_000_000)
    }
}
