import Loyalty
import Retail

/// A trial quote on paper, for a shop manager: who and when, the receipt, the points, every step, the displays.
///
/// The sheet is written in Russian or in English; what displays show is in the visit's own language.
package struct QuoteSheet {
    let trial: TrialQuote

    /// A sheet of a quote.
    package init(_ trial: TrialQuote) {
        self.trial = trial
    }

    /// All paragraphs, with empty lines between them; no end of line behind the last.
    package var text: String {
        let paragraphs = [
            heading, QuoteTable(receipt).lines, points, level, trial.trace.steps(style), messages(.cashier),
            messages(.customer),
        ]
        return paragraphs.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    var visit: Visit { trial.visit }
    var quote: Quote { trial.quote }

    func say(_ english: @autoclosure () -> String, _ russian: @autoclosure () -> String) -> String {
        visit.language.rawValue == Language.russian.rawValue ? russian() : english()
    }

    func digits(_ amount: Money) -> String {
        visit.language.texts.digits(amount, trial.programme.currency)
    }

    func withCurrency(_ amount: Money) -> String {
        visit.language.texts.amount(amount, trial.programme.currency)
    }

    /// What was taken off, with a minus in front.
    func less(_ amount: Money) -> String { amount == .zero ? digits(amount) : "-" + digits(amount) }

    /// A promotion as people know it.
    func title(_ id: String) -> String {
        if let name = quote.promotions.first(where: { $0.id == id })?.name { return "\(name) (\(id))" }
        return id == Birthday.promotionID ? say("Discount for the birthday", "Скидка ко дню рождения") : id
    }

    private var style: TraceStyle {
        let (clock, texts) = (visit.clock, visit.language.texts)
        return TraceStyle(visit.language, products: visit.basket.names) { moment in
            texts.day(clock.zone.date(at: moment)) + " " + clock.timeOfDay(at: moment)
        }
    }

    private var heading: [String] {
        let day = visit.language.texts.day(visit.clock.zone.date(at: visit.at))
        let time = visit.clock.timeOfDay(at: visit.at)
        let rules = quote.rules
        return [
            say(
                "Visit on \(day) at \(time) (\(visit.clock.name)), store \(visit.store), \(channel)",
                "Визит \(day) в \(time) (\(visit.clock.name)), магазин \(visit.store), \(channel)"),
            customer,
            say(
                "Programme \(rules.id), version \(rules.version)", "Программа \(rules.id), версия \(rules.version)"),
        ]
    }

    private var channel: String {
        switch visit.channel {
        case .till: say("at the till", "на кассе")
        case .app: say("in the app", "в приложении")
        case .web: say("on the website", "на сайте")
        }
    }

    private var customer: String {
        guard let shopper = visit.shopper, let tier = quote.tier else {
            return say("No customer: a walk-in has no points and no level", "Без покупателя: нет ни баллов, ни уровня")
        }
        var parts = [say("Customer", "Покупатель") + (shopper.external.map { " " + $0 } ?? "")]
        parts.append(say("level \(tier.name)", "уровень \(tier.name)"))
        if let segment = shopper.segment { parts.append(say("segment \(segment)", "сегмент \(segment)")) }
        if let birthday = shopper.birthday {
            let day = visit.language.texts.day(birthday)
            parts.append(say("born \(day)", "день рождения \(day)"))
        }
        let turnover = digits(shopper.standing.turnover)
        parts.append(say("turnover \(turnover)", "оборот \(turnover)"))
        parts.append(say("purchases so far \(shopper.purchases)", "покупок до этой \(shopper.purchases)"))
        return parts.joined(separator: ", ")
    }

    private func messages(_ audience: Message.Audience) -> [String] {
        let texts = quote.messages.filter { $0.audience == audience }.map { "  " + $0.text }
        guard !texts.isEmpty else { return [] }
        switch audience {
        case .cashier: return [say("The cashier's display:", "На экране кассира:")] + texts
        case .customer: return [say("The customer's display:", "На экране покупателя:")] + texts
        }
    }
}
