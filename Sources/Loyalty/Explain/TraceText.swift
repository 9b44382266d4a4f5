import Retail

/// How the steps of a quote are written for people.
public struct TraceStyle: Sendable {
    /// The language; steps are written in Russian or in English, amounts and days as the language's texts say.
    public var language: Language
    /// The products' names, a line each; those that are not known go by their SKU.
    public var products: [String?]
    /// What the clock of the store shows at a moment.
    public var localTime: @Sendable (Instant) -> String

    /// A style; moments are written in UTC unless a clock is given.
    public init(
        _ language: Language, products: [String?] = [], localTime: @escaping @Sendable (Instant) -> String = \.rfc3339
    ) {
        self.language = language
        self.products = products
        self.localTime = localTime
    }
}

extension QuoteTrace {
    /// The steps in words that a shop manager understands, one a line.
    public func text(_ language: Language) -> String { text(TraceStyle(language)) }

    /// The basket and all steps in words that a shop manager understands, one a line.
    public func text(_ style: TraceStyle) -> String {
        let text = TraceText(trace: self, style: style)
        return TraceText.joined([text.heading, text.basket, text.promotions, text.spending, text.earning])
    }

    /// The steps alone, line by line, for readers who have the basket in front of them.
    public func steps(_ style: TraceStyle) -> [String] {
        let text = TraceText(trace: self, style: style)
        return Array([text.promotions, text.spending, text.earning].filter { !$0.isEmpty }.joined(separator: [""]))
    }
}

/// A trace in words, paragraph by paragraph.
struct TraceText {
    let trace: QuoteTrace
    let style: TraceStyle

    static func joined(_ paragraphs: [[String]]) -> String {
        paragraphs.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    var isRussian: Bool { style.language.rawValue == Language.russian.rawValue }

    /// Other languages than these two fall back to English: the steps are for the shop's own people.
    func say(_ english: @autoclosure () -> String, _ russian: @autoclosure () -> String) -> String {
        isRussian ? russian() : english()
    }

    func amount(_ minorUnits: Int64) -> String {
        style.language.texts.digits(Money(minorUnits: minorUnits), trace.currency)
    }

    /// `line 2 (Milk)`, or without a name only its number.
    func line(_ index: Int) -> String {
        let number = say("line \(index + 1)", "строка \(index + 1)")
        guard style.products.indices.contains(index), let name = style.products[index] else { return number }
        return "\(number) (\(name))"
    }

    /// A promotion as people know it, with the id that stands in the programme.
    func title(_ id: String) -> String {
        if let name = trace.promotions.first(where: { $0.id == id })?.name { return "\(name) (\(id))" }
        guard id == Birthday.promotionID else { return id }
        return say("Discount for the birthday", "Скидка ко дню рождения")
    }

    var heading: [String] {
        let tier = trace.tier
        return [
            say(
                "Programme \(trace.programme), version \(trace.version)",
                "Программа \(trace.programme), версия \(trace.version)"),
            say("Customer's level: \(tier ?? "no customer")", "Уровень покупателя: \(tier ?? "без покупателя")"),
        ]
    }

    var basket: [String] {
        [say("Basket:", "Корзина:")]
            + trace.lines.enumerated().map { index, line in
                let name = style.products.indices.contains(index) ? style.products[index] : nil
                let product = name.map { "\($0) (\(line.sku))" } ?? line.sku
                var text =
                    "  \(index + 1). \(product): \(style.language.texts.decimal(line.quantity)) × \(amount(line.price)) = \(amount(line.gross))"
                if line.till > 0 { text += say(", till took off ", ", касса сняла ") + amount(line.till) }
                if line.floor > 0 { text += say(", costs at least ", ", не дешевле ") + amount(line.floor) }
                return text
            }
    }
}
