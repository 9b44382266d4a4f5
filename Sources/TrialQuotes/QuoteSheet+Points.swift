import Loyalty
import Retail

extension QuoteSheet {
    /// What the customer has, may spend, spends and earns, and what the earned points are made of.
    var points: [String] {
        guard visit.shopper != nil else { return [] }
        let rows: [QuoteTable.Row] = [
            .amount(say("Points the customer has", "Баллов у покупателя"), "\(quote.available)"),
            .amount(say("This basket takes up to", "На эту корзину можно до"), "\(quote.spendable)"),
            .amount(say("Asked for", "Запрошено"), "\(visit.basket.spend)"),
            .amount(spentTitle, "\(quote.spent)"),
            .amount(say("Points earned", "Баллов начислим"), "\(quote.earned)"),
            .amount("     " + baseTitle, "\(quote.base)"),
        ]
        return QuoteTable(rows + quote.extra.map { .amount("     " + source($0), "+\($0.points)") }).lines
    }

    private var spentTitle: String {
        let title = say("Spent", "Спишется")
        let paid = quote.lines.flatMap(\.taken).filter { $0.origin == .points }.reduce(Int64(0)) {
            $0 + $1.amount.minorUnits
        }
        guard paid > 0 else { return title }
        let amount = digits(Money(minorUnits: paid))
        return title + say(" (they pay \(amount))", " (оплатят \(amount))")
    }

    private var baseTitle: String {
        guard let earning = trial.trace.earning else {
            return say("no line earns points", "баллы не начисляются ни на одну строку")
        }
        let percent = visit.language.texts.percent(earning.rate)
        let amount = digits(Money(minorUnits: earning.amount))
        return say(
            "\(percent) % of \(amount), as for the level \(earning.tier)",
            "\(percent) % от \(amount), как на уровне \(earning.tier)")
    }

    private func source(_ extra: ExtraPoints) -> String {
        switch extra.origin {
        case .promotion: return title(extra.id ?? "")
        case .everyNth:
            let number = (visit.shopper?.purchases ?? 0) + 1
            return say("purchase number \(number)", "покупка номер \(number)")
        case .birthday: return say("the birthday", "день рождения")
        case .threshold: return say("a large purchase", "крупная покупка")
        }
    }

    /// The level now and after, and what is missing to the next.
    var level: [String] {
        guard let tier = quote.tier, let after = quote.tierAfter else { return [] }
        var lines = [say("Level: \(tier.name)", "Уровень: \(tier.name)")]
        if after.name != tier.name {
            lines.append(say("From the next purchase: \(after.name)", "Со следующей покупки: \(after.name)"))
        }
        if let missing = quote.missingToNextTier, let next = next(after) {
            lines.append(
                say(
                    "Missing to \(next.name) after this purchase: \(withCurrency(missing))",
                    "До уровня \(next.name) после этой покупки: \(withCurrency(missing))"))
        } else {
            lines.append(say("This is the highest level.", "Это высший уровень."))
        }
        return lines
    }

    private func next(_ tier: Tier) -> Tier? {
        trial.programme.tiers.first { $0.threshold > tier.threshold }
    }
}
