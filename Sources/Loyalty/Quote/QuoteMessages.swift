import Retail

/// The language of texts for displays.
public enum Language: String, CaseIterable, Sendable {
    /// English.
    case english = "en"
    /// Russian.
    case russian = "ru"
}

/// What the texts of a quote speak of.
struct QuoteTotals {
    let asked: Int64
    let spendable: Int64
    let spent: Int64
    let earned: Int64
    let tier: Tier?
    let progress: TierProgress?
    let total: Money
    let missingGifts: [String]
}

/// The texts for both displays: gifts, what can be spent, what is earned, what is missing, what burns soon.
func messages(
    _ totals: QuoteTotals, shopper: Shopper?, programme: Programme, language: Language
) -> [Message] {
    let phrases = Phrases(language: language, currency: programme.currency)
    var messages = totals.missingGifts.map { Message(audience: .cashier, text: phrases.giftAvailable($0)) }
    if totals.asked > totals.spent {
        messages.append(Message(audience: .cashier, text: phrases.spendingCut(totals.asked, to: totals.spent)))
    } else if totals.asked == 0, totals.spendable > 0 {
        messages.append(Message(audience: .cashier, text: phrases.spendingPossible(totals.spendable)))
    }
    guard let tier = totals.tier, let progress = totals.progress else { return messages }
    if totals.spent > 0 {
        messages.append(Message(audience: .customer, text: phrases.spending(totals.spent)))
    }
    if totals.earned > 0 {
        messages.append(Message(audience: .customer, text: phrases.earning(totals.earned)))
    }
    if progress.tier.threshold > tier.threshold {
        messages.append(Message(audience: .cashier, text: phrases.tierReached(progress.tier.name)))
        messages.append(Message(audience: .customer, text: phrases.tierReached(progress.tier.name)))
    }
    if let next = progress.next, let missing = progress.missing {
        messages.append(Message(audience: .customer, text: phrases.tierMissing(next.name, missing)))
    }
    if let threshold = programme.thresholds.first(where: { $0.amount > totals.total }) {
        let missing = Money(minorUnits: threshold.amount.minorUnits - totals.total.minorUnits)
        messages.append(Message(audience: .customer, text: phrases.thresholdMissing(missing)))
    }
    if let expiring = shopper?.expiring, expiring.points > 0 {
        messages.append(Message(audience: .customer, text: phrases.expiring(expiring.points, expiring.lastDay)))
    }
    return messages
}

/// The sentences, one per subject and language.
private struct Phrases {
    let language: Language
    let currency: String

    func spendingCut(_ asked: Int64, to spent: Int64) -> String {
        switch language {
        case .english: "\(points(asked)) asked for, only \(spent) can be spent"
        case .russian: "Запрошено \(points(asked)), списать можно только \(spent)"
        }
    }

    func spendingPossible(_ count: Int64) -> String {
        switch language {
        case .english: "Up to \(points(count)) can be spent"
        case .russian: "Можно списать до \(count) \(isSingular(count) ? "балла" : "баллов")"
        }
    }

    func spending(_ count: Int64) -> String {
        switch language {
        case .english: "You spend \(points(count))"
        case .russian: "Спишется \(points(count))"
        }
    }

    func earning(_ count: Int64) -> String {
        switch language {
        case .english: "You earn \(points(count))"
        case .russian: "Начислим \(points(count))"
        }
    }

    func tierReached(_ name: String) -> String {
        switch language {
        case .english: "New level from the next purchase: \(name)"
        case .russian: "Новый уровень со следующей покупки: \(name)"
        }
    }

    func tierMissing(_ name: String, _ missing: Money) -> String {
        switch language {
        case .english: "\(amount(missing)) to the level \(name)"
        case .russian: "До уровня \(name) осталось \(amount(missing))"
        }
    }

    func giftAvailable(_ sku: String) -> String {
        switch language {
        case .english: "Gift available: \(sku)"
        case .russian: "Можно добавить подарок: \(sku)"
        }
    }

    func thresholdMissing(_ missing: Money) -> String {
        switch language {
        case .english: "\(amount(missing)) more and this purchase earns extra points"
        case .russian: "Ещё \(amount(missing)), и за покупку будут дополнительные баллы"
        }
    }

    func expiring(_ count: Int64, _ lastDay: CalendarDate) -> String {
        switch language {
        case .english: "\(points(count)) can be spent until \(lastDay.iso)"
        case .russian: "\(points(count)) можно потратить до \(lastDay.russianText)"
        }
    }

    private func points(_ count: Int64) -> String {
        switch language {
        case .english: count == 1 ? "1 point" : "\(count) points"
        case .russian: "\(count) \(pointsAfterNumeral(count))"
        }
    }

    /// 1 балл, 2 балла, 5 баллов, 11 баллов, 21 балл.
    private func pointsAfterNumeral(_ count: Int64) -> String {
        if isSingular(count) { return "балл" }
        let isTeen = (11...14).contains(count % 100)
        return !isTeen && (2...4).contains(count % 10) ? "балла" : "баллов"
    }

    /// Whether a Russian numeral takes the singular: 1, 21, 101, but not 11.
    private func isSingular(_ count: Int64) -> Bool {
        count % 10 == 1 && count % 100 != 11
    }

    private func amount(_ amount: Money) -> String {
        let text = amount.decimalText(fractionDigits: currencyFractionDigits(currency))
        switch language {
        case .english: return "\(text) \(currency)"
        case .russian:
            let comma = String(text.map { $0 == "." ? "," : $0 })
            return "\(comma) \(currency == "RUB" ? "руб." : currency)"
        }
    }
}

extension CalendarDate {
    /// As people in Russia write a day: `05.12.2026`.
    var russianText: String {
        let parts = iso.split(separator: "-")
        return parts.reversed().joined(separator: ".")
    }
}

/// The number of digits after the point that ISO 4217 gives a currency.
func currencyFractionDigits(_ code: String) -> Int {
    switch code {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
        0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    default: 2
    }
}
