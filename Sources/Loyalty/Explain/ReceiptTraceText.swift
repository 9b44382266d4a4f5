import Retail

extension QuoteTrace {
    /// A paid receipt in words: what the till charged, what the rules made of the same basket, and which points came of
    /// it.
    public func text(of receipt: Receipt, _ evaluation: ReceiptEvaluation, _ language: Language) -> String {
        let charged = receipt.lines.enumerated().flatMap { chargedText($1, number: $0 + 1, language) }
        let heading =
            language == .russian
            ? ["Чек \(receipt.key.text) от \(receipt.at.rfc3339)", "", "Касса взяла:"]
            : ["Receipt \(receipt.key.text) of \(receipt.at.rfc3339)", "", "What the till charged:"]
        let total = language == .russian ? "  Итого: " : "  Total: "
        var lines = heading + charged + [total + money(receipt.total), ""]
        lines.append(
            language == .russian ? "Та же корзина по правилам того дня:" : "The same basket by that day's rules:")
        return lines.joined(separator: "\n") + "\n" + text(language) + pointsText(evaluation, language)
    }

    private func chargedText(_ line: ReceiptLine, number: Int, _ language: Language) -> [String] {
        let name = line.name.isEmpty ? line.sku : "\(line.sku) \(line.name)"
        let gross = "\(line.quantity.decimalText) × \(money(line.price))"
        let discounts = line.discounts.map { discount in
            let origin = source(discount.origin, language)
            return "      - \(money(discount.amount)): \(discount.id.map { "\(origin) \($0)" } ?? origin)"
        }
        return ["  \(number). \(name): \(gross)"] + discounts + ["      = \(money(line.amount))"]
    }

    private func pointsText(_ evaluation: ReceiptEvaluation, _ language: Language) -> String {
        guard evaluation.tier != nil else { return "" }
        let parts = evaluation.lines.enumerated().filter { $1.earned != 0 || $1.spent != 0 }.map { index, line in
            language == .russian
                ? "  строка \(index + 1): начислено \(line.earned), списано \(line.spent)"
                : "  line \(index + 1): earned \(line.earned), spent \(line.spent)"
        }
        let sum =
            language == .russian
            ? "Баллы по чеку: начислено \(evaluation.earned), списано \(evaluation.spent)"
            : "Points of the receipt: earned \(evaluation.earned), spent \(evaluation.spent)"
        return (["", sum] + parts).joined(separator: "\n") + "\n"
    }

    private func source(_ origin: String, _ language: Language) -> String {
        switch (origin, language) {
        case (LineDiscount.tillOrigin, .russian): "касса"
        case (LineDiscount.promotionOrigin, .russian): "акция"
        case (LineDiscount.pointsOrigin, .russian): "баллы"
        default: origin
        }
    }

    private func money(_ amount: Money) -> String {
        amount.decimalText(fractionDigits: currencyFractionDigits(currency))
    }
}
