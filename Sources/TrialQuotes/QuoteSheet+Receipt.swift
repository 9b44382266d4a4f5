import Loyalty
import Retail

extension QuoteSheet {
    /// The lines with what was taken off each, then the sums.
    var receipt: [QuoteTable.Row] {
        var rows: [QuoteTable.Row] = []
        for index in quote.lines.indices {
            if index > 0 { rows.append(.gap) }
            rows += line(index)
        }
        return rows + [.rule] + sums
    }

    private func line(_ index: Int) -> [QuoteTable.Row] {
        let item = visit.basket.lines[index]
        let quoted = quote.lines[index]
        let product = visit.basket.names[index].map { "\($0) (\(item.sku))" } ?? item.sku
        let gross = trial.trace.lines[index].gross
        var rows: [QuoteTable.Row] = [
            .amount(
                "\(index + 1). \(product)  \(visit.language.texts.quantity(item.quantity)) × \(digits(item.price))",
                digits(Money(minorUnits: gross)))
        ]
        for taken in quoted.taken { rows.append(.amount("     " + taker(taken), less(taken.amount))) }
        if !quoted.taken.isEmpty {
            rows.append(.amount("     " + say("left to pay", "остаётся"), digits(quoted.amount)))
        }
        return rows
    }

    private func taker(_ taken: Taken) -> String {
        switch taken.origin {
        case .till: say("the till", "касса")
        case .promotion: title(taken.id ?? "")
        case .points: say("points", "баллы")
        }
    }

    private var sums: [QuoteTable.Row] {
        var rows: [QuoteTable.Row] = [.amount(say("Subtotal", "Сумма без скидок"), digits(quote.subtotal))]
        let names: [(Taken.Origin, String)] = [
            (.till, say("the till", "касса")), (.promotion, say("promotions", "акции")),
            (.points, say("points", "баллы")),
        ]
        for (origin, name) in names {
            // The discount of the whole quote fits into 64 bits, and this is a part of it.
            let amount = quote.lines.flatMap(\.taken).filter { $0.origin == origin }.reduce(Int64(0)) {
                $0 + $1.amount.minorUnits
            }
            if amount > 0 { rows.append(.amount("     " + name, less(Money(minorUnits: amount)))) }
        }
        rows.append(.amount(say("Discount", "Скидка"), less(quote.discount)))
        let currency = trial.programme.currency
        rows.append(.amount(say("To pay, \(currency)", "К оплате, \(currency)"), digits(quote.total)))
        return rows
    }
}

/// Rows of text on the left and amounts on the right.
struct QuoteTable {
    enum Row {
        case amount(String, String)
        case rule
        case gap
    }

    private static let leftCharactersMinimum = 40
    private let rows: [Row]

    init(_ rows: [Row]) {
        self.rows = rows
    }

    var lines: [String] {
        var left = QuoteTable.leftCharactersMinimum
        var right = 0
        for case .amount(let text, let amount) in rows {
            left = max(left, text.count)
            right = max(right, amount.count)
        }
        let gap = 2
        return rows.map { row in
            switch row {
            case .gap: return ""
            case .rule: return String(repeating: "-", count: left + gap + right)
            case .amount(let text, let amount):
                return text + String(repeating: " ", count: left + gap + right - text.count - amount.count) + amount
            }
        }
    }
}
