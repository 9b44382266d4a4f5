import Retail

/// What is not paid back of goods that come back: their part of what was taken off them when they were sold.
struct Refund {
    /// What was taken off one kind of product, and how much of it was sold.
    fileprivate struct Sold {
        var quantity: Int64 = 0
        var discounts: [LineDiscount] = []
    }

    private var soldOf: [String: Sold] = [:]

    /// - Parameter lines: the lines of the sale; none when it is not known.
    init(of lines: [ReceiptLine]) throws(ArithmeticError) {
        for line in lines {
            var sold = soldOf[line.sku] ?? Sold()
            sold.quantity = try Quantity(thousandths: sold.quantity).adding(line.quantity).thousandths
            for discount in line.discounts { try sold.add(discount) }
            soldOf[line.sku] = sold
        }
    }

    /// Takes off a line that comes back its part by quantity of each discount, rounded down for the customer's good, and never
    /// more than the line costs.
    func reduce(_ line: inout ReceiptLine) throws(ArithmeticError) {
        guard let sold = soldOf[line.sku], sold.quantity > 0 else { return }
        for discount in sold.discounts {
            let part = Int128(discount.amount.minorUnits) * Int128(line.quantity.thousandths) / Int128(sold.quantity)
            guard let part = Int64(exactly: part) else { throw .overflow }
            let amount = min(Money(minorUnits: part), line.amount)
            guard amount > .zero else { continue }
            line.discounts.append(LineDiscount(origin: discount.origin, id: discount.id, amount: amount))
            line.amount = try line.amount.subtracting(amount)
        }
    }
}

extension Refund.Sold {
    /// Adds to what the same giver took off other lines of the product.
    fileprivate mutating func add(_ discount: LineDiscount) throws(ArithmeticError) {
        let same = discounts.firstIndex { $0.origin == discount.origin && $0.id == discount.id }
        if let same {
            discounts[same].amount = try discounts[same].amount.adding(discount.amount)
        } else {
            discounts.append(discount)
        }
    }
}
