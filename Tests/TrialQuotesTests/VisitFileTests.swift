import Foundation
import Loyalty
import ProgrammeFiles
import Retail
import TestSupport
import Testing

@testable import TrialQuotes

@Suite("Files of a visit")
struct VisitFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ text: String) throws -> String {
        let path = folder.path + "/visit.json"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func refusal(_ read: () throws(FileRefused) -> Void) -> String? {
        do {
            try read()
            return nil
        } catch {
            return "\(error)".replacing(folder.path + "/", with: "")
        }
    }

    @Test("a basket has lines, coupons and points to spend; quantities keep their digits")
    func basket() throws {
        let basket = try VisitBasket.read(
            file(
                """
                {"coupons": ["X"], "spend": 7, "lines": [
                  {"sku": "A", "name": "Apple", "quantity": 2.474, "price": 9990, "discount": 5, "category": "food/fruit",
                   "brand": "B", "tags": ["new"], "min_price": 3},
                  {"sku": "B", "quantity": "0.1", "price": 0}, {"sku": "C", "quantity": 3, "price": 1}]}
                """))
        #expect(basket.coupons == ["X"])
        #expect(basket.spend == 7)
        #expect(basket.names == ["Apple", nil, nil])
        #expect(basket.lines.map(\.quantity.thousandths) == [2_474, 100, 3_000])
        #expect(
            basket.lines[0]
                == BasketLine(
                    sku: "A", quantity: Quantity(thousandths: 2_474), price: Money(minorUnits: 9_990),
                    tillDiscount: Money(minorUnits: 5), category: "food/fruit", brand: "B", tags: ["new"],
                    minimumPrice: Money(minorUnits: 3)))
    }

    @Test("a list of lines is a basket too")
    func list() throws {
        let basket = try VisitBasket.read(file(#"[{"sku": "A", "quantity": 1, "price": 2}]"#))
        #expect(basket.lines.map(\.sku) == ["A"])
        #expect(basket.coupons == [])
    }

    @Test(
        "a bad basket is refused with its path and the reason",
        arguments: [
            (
                #"{"lines": [{"sku": "A", "quantity": 1, "price": 1, "colour": 1}]}"#,
                "lines[0].colour: is not a known field"
            ),
            (#"[{"sku": "A", "quantity": 1}]"#, "[0].price: is missing"),
            (#"[{"sku": "A", "price": 1}]"#, "[0].quantity: is missing"),
            (#"[{"sku": "A", "quantity": 1, "price": 1.5}]"#, "[0].price: is not a whole number"),
            (#"[{"sku": "A", "quantity": 1, "price": -1}]"#, "[0].price: is not between 0 and 9000000000000000"),
            (
                #"[{"sku": "A", "quantity": 0, "price": 1}]"#,
                "[0].quantity: is not a decimal number above zero with at most three digits after the point"
            ),
            (#"{"coupon": "X", "lines": []}"#, "lines: has not between 1 and 1200 elements or characters"),
            (#"{"coupons": ["X"]}"#, "lines: is missing"),
            ("[]", "has not between 1 and 1200 elements or characters"),
            ("[{", "cannot be read: line 2, column 1: did not find expected node content (while parsing a flow node)"),
        ])
    func badBaskets(text: String, expected: String) throws {
        let file = try file(text)
        #expect(
            refusal { () throws(FileRefused) in _ = try VisitBasket.read(file) } == "basket visit.json: \(expected)")
    }

    @Test("a customer has what the rules may ask about a person; all of it may be left out")
    func customer() throws {
        let full = try VisitCustomer.read(
            file(
                """
                {"external": "K-1", "segment": "gold", "birthday": "1990-02-28", "turnover": -5, "available": 6,
                 "purchases": 7, "promotion_uses": {"x": 2}}
                """))
        #expect(
            full.shopper
                == Shopper(
                    standing: Standing(turnover: Money(minorUnits: -5), pointsAvailable: 6), external: "K-1",
                    segment: "gold", birthday: CalendarDate(iso: "1990-02-28"), purchases: 7, promotionUses: ["x": 2]))
        let nobody = try VisitCustomer.read(file("{}"))
        #expect(nobody.shopper == Shopper(standing: Standing(turnover: .zero, pointsAvailable: 0)))
    }

    @Test(
        "a bad customer is refused with the path and the reason",
        arguments: [
            (#"{"birthday": "1990-02-30"}"#, "birthday: is not a time in the form that is wanted here"),
            (#"{"available": -1}"#, "available: is not between 0 and 9223372036854775807"),
            (#"{"promotion_uses": {"x": "y"}}"#, "promotion_uses.x: is not a whole number"),
            (#"{"tier": "gold"}"#, "tier: is not a known field"),
        ])
    func badCustomers(text: String, expected: String) throws {
        let file = try file(text)
        #expect(
            refusal { () throws(FileRefused) in _ = try VisitCustomer.read(file) } == "customer visit.json: \(expected)"
        )
    }
}
