import Testing

/// A basket that is quoted and then sold as it was quoted.
struct Basket {
    struct Line {
        var sku: String
        var quantity: String
        var price: Int64
        var tillDiscount: Int64 = 0
        /// Further members that quote and receipt have in common, each with a comma before it.
        var more = ""
    }

    var lines: [Line]
    /// Members of quote and receipt, each with a comma before it.
    var coupons = ""

    init(_ lines: [Line], coupons: String = "") {
        self.lines = lines
        self.coupons = coupons
    }

    init(_ lines: [(sku: String, quantity: String, price: Int64)]) {
        self.init(lines.map { Line(sku: $0.sku, quantity: $0.quantity, price: $0.price) })
    }

    func quote(_ shop: Shop, to customer: String?, spending points: Int64 = 0) throws -> JSONTree {
        let lines = lines.map {
            #"{"sku":"\#($0.sku)","quantity":\#($0.quantity),"price":\#($0.price),"discount":\#($0.tillDiscount)\#($0.more)}"#
        }
        let customer = customer.map { #""customer_id":"\#($0)","# } ?? ""
        let body = #"{\#(customer)"lines":[\#(lines.joined(separator: ","))],"spend":\#(points)\#(coupons)}"#
        return try #require(try shop.till().request("QUOTE", body).ok)
    }

    /// The receipt of a till that does what the quote says.
    func receipt(
        _ shop: Shop, to customer: String?, as quote: JSONTree, number: String, _ more: String = ""
    ) throws -> ReceiptText {
        let sold = try zip(lines, try #require(quote["lines"]?.elements)).map { line, quoted in
            let taken = (quoted["taken"]?.elements ?? []).map { taken in
                let id = taken["id"]?.text.map { #","id":"\#($0)""# } ?? ""
                return #"{"origin":"\#(taken["origin"]?.text ?? "")"\#(id),"amount":\#(taken["amount"]?.integer ?? 0)}"#
            }
            return ReceiptText.Line(
                sku: line.sku, quantity: line.quantity, price: line.price,
                amount: try #require(quoted["amount"]?.integer),
                more: #","discounts":[\#(taken.joined(separator: ","))]\#(line.more)"#)
        }
        return ReceiptText(
            number: number, at: shop.world.clock.now().rfc3339, customer: customer, lines: sold,
            more: coupons + #","quote":"\#(quote["quote"]?.text ?? "")"\#(more)"#)
    }

    /// Sells the basket as it was quoted.
    func sell(
        _ shop: Shop, to customer: String?, as quote: JSONTree, till: String = "T01", number: String? = nil,
        _ more: String = ""
    ) throws -> WireLine {
        let receipt = try receipt(shop, to: customer, as: quote, number: number ?? shop.freshNumber(), more)
        return try shop.till(till).request("SALE", receipt.json)
    }
}
