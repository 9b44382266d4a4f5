import Retail

extension QuoteTrace {
    /// The steps in words that a shop manager understands, one a line.
    public func text(_ language: Language) -> String {
        var lines = heading(language) + basketText(language)
        if !promotions.isEmpty {
            lines.append("")
            lines.append(language == .english ? "Promotions, in the order they are tried:" : "Акции по порядку:")
            for promotion in promotions { lines += text(of: promotion, language) }
        }
        lines += spendingText(language) + earningText(language)
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(_ language: Language) -> [String] {
        switch language {
        case .english:
            ["Programme \(programme), version \(version)", "Customer's level: \(tier ?? "no customer")", "", "Basket:"]
        case .russian:
            [
                "Программа \(programme), версия \(version)", "Уровень покупателя: \(tier ?? "без покупателя")", "",
                "Корзина:",
            ]
        }
    }

    private func basketText(_ language: Language) -> [String] {
        lines.enumerated().map { index, line in
            var text = "  \(index + 1). \(line.sku): \(line.quantity) × \(amount(line.price)) = \(amount(line.gross))"
            if line.till > 0 {
                text += language == .english ? ", till took off " : ", касса сняла "
                text += amount(line.till)
            }
            if line.floor > 0 {
                text += language == .english ? ", costs at least " : ", не дешевле "
                text += amount(line.floor)
            }
            return text
        }
    }

    private func text(of promotion: PromotionTrace, _ language: Language) -> [String] {
        let title = promotion.name.map { "\($0) (\(promotion.id))" } ?? promotion.id
        switch promotion.outcome {
        case .applied(let taken, let points):
            var lines = ["  + \(title)"]
            for share in taken {
                let before = promotion.saw.first { $0.line == share.line }?.amount
                lines.append("      " + taking(share, before: before, language))
            }
            if let points {
                lines.append(language == .english ? "      gives points: \(points)" : "      даёт баллов: \(points)")
            }
            return lines
        case .notApplied(let hindrance):
            let reason = hindrance.text(language, amount: amount)
            return [language == .english ? "  - \(title): no, \(reason)" : "  - \(title): нет, \(reason)"]
        case .outdone(let winner, let benefit, let other):
            let (less, more) = (amount(benefit), amount(other))
            return [
                language == .english
                    ? "  - \(title): no, \(winner) of the same group gives more (\(more), this one \(less))"
                    : "  - \(title): нет, \(winner) из той же группы выгоднее (\(more) против \(less))"
            ]
        case .nothingLeftToTake:
            return [
                language == .english
                    ? "  - \(title): no, there is nothing left to take off or to give"
                    : "  - \(title): нет, снять или начислить больше нечего"
            ]
        case .nothingComplete:
            return [
                language == .english
                    ? "  - \(title): no, the basket has too few of its products"
                    : "  - \(title): нет, её товаров в корзине не хватает"
            ]
        case .giftNotInBasket(let sku):
            return [
                language == .english
                    ? "  - \(title): the gift \(sku) is not in the basket yet"
                    : "  - \(title): подарка \(sku) ещё нет в корзине"
            ]
        }
    }

    private func taking(_ share: TracedAmount, before: Int64?, _ language: Language) -> String {
        let line = share.line + 1
        guard let before else {
            return language == .english
                ? "line \(line): \(amount(share.amount)) off" : "строка \(line): минус \(amount(share.amount))"
        }
        let steps = "\(amount(before)) - \(amount(share.amount)) = \(amount(before - share.amount))"
        return language == .english ? "line \(line): \(steps)" : "строка \(line): \(steps)"
    }

    private func spendingText(_ language: Language) -> [String] {
        guard let spending, tier != nil else { return [] }
        var lines = [""]
        switch language {
        case .english:
            lines.append(
                "Points to spend: has \(spending.available), this basket takes up to \(spending.spendable), "
                    + "asked for \(spending.asked), spends \(spending.spent)")
        case .russian:
            lines.append(
                "Списание баллов: есть \(spending.available), на эту корзину можно до \(spending.spendable), "
                    + "запрошено \(spending.asked), спишется \(spending.spent)")
        }
        for line in spending.lines where line.paid > 0 || !line.isEligible {
            let number = line.line + 1
            switch (language, line.isEligible) {
            case (.english, true):
                lines.append("  line \(number): points pay \(amount(line.paid)) of at most \(amount(line.cap))")
            case (.english, false): lines.append("  line \(number): points cannot pay this product")
            case (.russian, true):
                lines.append("  строка \(number): баллами \(amount(line.paid)), не больше \(amount(line.cap))")
            case (.russian, false): lines.append("  строка \(number): баллами не оплачивается")
            }
        }
        return lines
    }

    private func earningText(_ language: Language) -> [String] {
        guard let earning else { return [] }
        let percent = Money(minorUnits: Int64(earning.rate)).decimalText()
        var lines = [""]
        switch language {
        case .english:
            lines.append("Points to earn: \(percent) % of \(amount(earning.amount)) = \(earning.base)")
        case .russian:
            lines.append("Начисление: \(percent) % от \(amount(earning.amount)) = \(earning.base)")
        }
        for extra in earning.extra { lines.append("  + \(extra.points): \(source(extra, language))") }
        for line in earning.linesWithoutPoints {
            lines.append(
                language == .english
                    ? "  line \(line + 1) earns no points" : "  строка \(line + 1): баллы не начисляются")
        }
        return lines
    }

    private func source(_ extra: ExtraPoints, _ language: Language) -> String {
        switch (extra.origin, language) {
        case (.promotion, .english): "promotion \(extra.id ?? "")"
        case (.promotion, .russian): "акция \(extra.id ?? "")"
        case (.everyNth, .english): "for the number of this purchase"
        case (.everyNth, .russian): "за номер покупки"
        case (.birthday, .english): "for the birthday"
        case (.birthday, .russian): "ко дню рождения"
        case (.threshold, .english): "for a large purchase"
        case (.threshold, .russian): "за крупную покупку"
        }
    }

    private func amount(_ minorUnits: Int64) -> String {
        Money(minorUnits: minorUnits).decimalText(fractionDigits: currencyFractionDigits(currency))
    }
}
