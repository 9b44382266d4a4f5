import Retail

/// The sentences of a language, checked and ready to be filled. It never changes, and so is shared and not copied.
public final class TextBook: Sendable {
    /// The language's tag.
    public let language: String
    private let document: TextDocument
    private let points: [String]
    private let pointsUpTo: [String]
    private let date: Template
    private let amount: Template
    private let giftAvailable: Template
    private let spendingCut: Template
    private let spendingPossible: Template
    private let spending: Template
    private let earning: Template
    private let tierReached: Template
    private let tierMissing: Template
    private let thresholdMissing: Template
    private let expiring: Template

    /// - Parameter document: a checked one, or one of those that are supplied.
    init(_ document: TextDocument) {
        func template(_ sentence: TextDocument.Sentence) -> Template { Template(document.sentences[sentence] ?? "") }
        self.document = document
        language = document.language
        points = document.plural.forms.map { document.points[$0] ?? "" }
        pointsUpTo = document.plural.forms.map { document.pointsUpTo[$0] ?? "" }
        date = Template(document.date)
        amount = Template(document.amount)
        giftAvailable = template(.giftAvailable)
        spendingCut = template(.spendingCut)
        spendingPossible = template(.spendingPossible)
        spending = template(.spending)
        earning = template(.earning)
        tierReached = template(.tierReached)
        tierMissing = template(.tierMissing)
        thresholdMissing = template(.thresholdMissing)
        expiring = template(.expiring)
    }
}

extension TextBook: Hashable {
    /// Whether both say the same.
    public static func == (left: TextBook, right: TextBook) -> Bool {
        left === right || left.document == right.document
    }

    /// Hashes the language.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(language)
    }
}

extension TextBook {
    func giftAvailable(_ sku: String) -> String { giftAvailable.filled((.sku, sku)) }

    func spendingCut(_ asked: Int64, to spent: Int64) -> String {
        spendingCut.filled((.asked, points(asked)), (.spendable, String(spent)))
    }

    func spendingPossible(_ count: Int64) -> String {
        spendingPossible.filled((.points, "\(count) \(pointsUpTo[document.plural.form(count)])"))
    }

    func spending(_ count: Int64) -> String { spending.filled((.points, points(count))) }

    func earning(_ count: Int64) -> String { earning.filled((.points, points(count))) }

    func tierReached(_ name: String) -> String { tierReached.filled((.tier, name)) }

    func tierMissing(_ name: String, _ missing: Money, _ currency: String) -> String {
        tierMissing.filled((.tier, name), (.amount, amount(missing, currency)))
    }

    func thresholdMissing(_ missing: Money, _ currency: String) -> String {
        thresholdMissing.filled((.amount, amount(missing, currency)))
    }

    func expiring(_ count: Int64, _ lastDay: CalendarDate) -> String {
        expiring.filled((.points, points(count)), (.day, day(lastDay)))
    }
}

extension TextBook {
    /// A number of points with the word for them: `1 point`, `21 балл`.
    public func points(_ count: Int64) -> String {
        "\(count) \(points[document.plural.form(count)])"
    }

    /// A day as people write it: `05.12.2026`.
    public func day(_ day: CalendarDate) -> String {
        let iso = day.iso
        return date.filled { place in
            switch place {
            case .year: String(iso.prefix(4))
            case .month: String(iso.dropFirst(5).prefix(2))
            default: String(iso.suffix(2))
            }
        }
    }

    /// An amount with its currency: `99,90 руб.`
    public func amount(_ money: Money, _ currency: String) -> String {
        amount.filled((.amount, digits(money, currency)), (.currency, document.currencies[currency] ?? currency))
    }

    /// The digits of an amount, as many as its currency has: `99,90`.
    public func digits(_ money: Money, _ currency: String) -> String {
        decimal(money.decimalText(fractionDigits: currencyFractionDigits(currency)))
    }

    /// A quantity: `2,474`.
    public func quantity(_ quantity: Quantity) -> String { decimal(quantity.decimalText) }

    /// Basis points as percent, without noughts that say nothing: 50 is `0,5`.
    public func percent(_ rate: Int) -> String { quantity(Quantity(thousandths: Int64(rate) * 10)) }

    /// Decimal digits with the language's own separator.
    func decimal(_ digits: String) -> String {
        guard document.decimalSeparator != ".", let point = digits.utf8.firstIndex(of: UInt8(ascii: ".")) else {
            return digits
        }
        return digits[..<point] + document.decimalSeparator + digits[digits.utf8.index(after: point)...]
    }
}
