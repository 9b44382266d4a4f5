import Retail

extension TraceText {
    var promotions: [String] {
        guard !trace.promotions.isEmpty else { return [] }
        return [say("Promotions, in the order they are tried:", "Акции по порядку:")]
            + trace.promotions.flatMap(text)
    }

    private func text(of promotion: PromotionTrace) -> [String] {
        if case .applied(let taken, let points) = promotion.outcome {
            var lines = ["  + \(title(promotion.id))"]
            lines += taken.map { share in
                "      " + taking(share, before: promotion.saw.first { $0.line == share.line }?.amount)
            }
            if let points { lines.append(say("      gives points: \(points)", "      даёт баллов: \(points)")) }
            return lines
        }
        return ["  - \(title(promotion.id)): \(refusal(promotion.outcome))"]
    }

    private func refusal(_ outcome: PromotionOutcome) -> String {
        switch outcome {
        case .applied: ""
        case .notApplied(let hindrance): say("no, ", "нет, ") + reason(hindrance)
        case .outdone(let winner, let less, let more):
            say(
                "no, \(title(winner)) of the same group gives more (\(amount(more)), this one \(amount(less)))",
                "нет, \(title(winner)) из той же группы выгоднее (\(amount(more)) против \(amount(less)))")
        case .nothingLeftToTake:
            say("no, there is nothing left to take off or to give", "нет, снять или начислить больше нечего")
        case .nothingComplete:
            say("no, the basket has too few of its products", "нет, её товаров в корзине не хватает")
        case .giftNotInBasket(let sku):
            say("the gift \(sku) is not in the basket yet", "подарка \(sku) ещё нет в корзине")
        }
    }

    private func taking(_ share: TracedAmount, before: Int64?) -> String {
        guard let before else {
            return "\(line(share.line)): \(say("\(amount(share.amount)) off", "минус \(amount(share.amount))"))"
        }
        return "\(line(share.line)): \(amount(before)) - \(amount(share.amount)) = \(amount(before - share.amount))"
    }

    var spending: [String] {
        guard let spending = trace.spending, trace.tier != nil else { return [] }
        let heading = say(
            "Points to spend: has \(spending.available), this basket takes up to \(spending.spendable), "
                + "asked for \(spending.asked), spends \(spending.spent)",
            "Списание баллов: есть \(spending.available), на эту корзину можно до \(spending.spendable), "
                + "запрошено \(spending.asked), спишется \(spending.spent)")
        let steps = spending.lines.filter { $0.paid > 0 || !$0.isEligible }.map { step in
            "  \(line(step.line)): " + paying(step)
        }
        return [heading] + steps
    }

    private func paying(_ step: SpendingTrace.Line) -> String {
        guard step.isEligible else { return say("points cannot pay this product", "баллами не оплачивается") }
        return say(
            "points pay \(amount(step.paid)) of at most \(amount(step.cap))",
            "баллами \(amount(step.paid)), не больше \(amount(step.cap))")
    }

    var earning: [String] {
        guard let earning = trace.earning else { return [] }
        let percent = style.language.texts.percent(earning.rate)
        let worth = amount(earning.pointValue)
        var lines = [
            say(
                "Points to earn: \(percent) % of \(amount(earning.amount)), a point is worth \(worth): \(earning.base)",
                "Начисление: \(percent) % от \(amount(earning.amount)), балл стоит \(worth): \(earning.base)")
        ]
        lines += earning.extra.map { "  + \($0.points): \(source($0))" }
        lines += earning.linesWithoutPoints.map {
            "  \(line($0)): " + say("earns no points", "баллы не начисляются")
        }
        return lines
    }

    private func source(_ extra: ExtraPoints) -> String {
        switch extra.origin {
        case .promotion: title(extra.id ?? "")
        case .everyNth: say("for the number of this purchase", "за номер покупки")
        case .birthday: say("for the birthday", "ко дню рождения")
        case .threshold: say("for a large purchase", "за крупную покупку")
        }
    }
}
