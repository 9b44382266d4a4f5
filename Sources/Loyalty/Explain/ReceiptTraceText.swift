import Retail

extension QuoteTrace {
    /// A paid receipt in words: what the till charged, what the rules made of the same basket, and which points came of it.
    ///
    /// - Parameters:
    ///   - evaluation: what the receipt earned and spent.
    ///   - shopper: the customer as the rules saw them.
    ///   - style: the names of the products are taken from the receipt.
    public func text(
        of receipt: Receipt, _ evaluation: ReceiptEvaluation, shopper: Shopper?, _ style: TraceStyle
    ) -> String {
        var style = style
        style.products = receipt.lines.map { $0.name.isEmpty ? nil : $0.name }
        let text = TraceText(trace: self, style: style)
        let report = ReceiptText(text: text, receipt: receipt)
        return TraceText.joined([
            report.heading(shopper), report.charged, [report.rulesHeading] + steps(style), report.points(evaluation),
        ])
    }
}

/// What stands around the steps when a receipt is explained.
private struct ReceiptText {
    let text: TraceText
    let receipt: Receipt

    func heading(_ shopper: Shopper?) -> [String] {
        let time = text.style.localTime(receipt.at)
        var lines = [
            text.say("Receipt \(receipt.key.text) of \(time)", "Чек \(receipt.key.text) от \(time)")
        ]
        lines += text.heading
        if let shopper {
            let (turnover, available) = (amount(shopper.standing.turnover), shopper.standing.pointsAvailable)
            lines.append(
                text.say(
                    "Before it: turnover \(turnover), purchases \(shopper.purchases), points to spend \(available)",
                    "До него: покупки на \(turnover), чеков \(shopper.purchases), доступно баллов \(available)"))
        }
        return lines
    }

    /// The lines as the till charged them.
    var charged: [String] {
        var lines = [text.say("What the till charged:", "Касса взяла:")]
        for (index, line) in receipt.lines.enumerated() {
            let name = line.name.isEmpty ? line.sku : "\(line.name) (\(line.sku))"
            lines.append("  \(index + 1). \(name): \(line.quantity.decimalText) × \(amount(line.price))")
            for discount in line.discounts { lines.append("      - \(amount(discount.amount)): \(source(discount))") }
            lines.append("      = \(amount(line.amount))")
        }
        lines.append(text.say("  Total: ", "  Итого: ") + amount(receipt.total))
        return lines
    }

    var rulesHeading: String {
        text.say("The same basket by the rules of that day:", "Та же корзина по правилам того дня:")
    }

    func points(_ evaluation: ReceiptEvaluation) -> [String] {
        guard evaluation.tier != nil else { return [] }
        var lines = [
            text.say(
                "Points of the receipt: earned \(evaluation.earned), spent \(evaluation.spent)",
                "Баллы по чеку: начислено \(evaluation.earned), списано \(evaluation.spent)")
        ]
        for (index, line) in evaluation.lines.enumerated() where line.earned != 0 || line.spent != 0 {
            lines.append(
                "  " + text.line(index)
                    + text.say(
                        ": earned \(line.earned), spent \(line.spent)",
                        ": начислено \(line.earned), списано \(line.spent)"))
        }
        return lines
    }

    private func source(_ discount: LineDiscount) -> String {
        switch discount.origin {
        case LineDiscount.tillOrigin: text.say("the till", "касса")
        case LineDiscount.promotionOrigin: discount.id.map(text.title) ?? text.say("a promotion", "акция")
        case LineDiscount.pointsOrigin: text.say("points", "баллы")
        default: discount.origin
        }
    }

    private func amount(_ amount: Money) -> String { text.amount(amount.minorUnits) }
}
