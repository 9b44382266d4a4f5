import Retail

/// A promotion of a programme in force. It never changes, and so is shared and not copied.
public final class Promotion: Sendable {
    /// The id, unique within the programme.
    public let id: String
    /// The name as shown to people.
    public let name: String?
    /// The place among the promotions: the lower comes first, ties by id.
    public let priority: Int
    /// Of the promotions of one group only the one that gives most applies.
    public let group: String?
    /// Whether the lines it touched are closed to later promotions.
    public let isExclusive: Bool
    /// When it applies.
    public let conditions: Conditions
    /// What it does.
    public let effect: Effect
    let products: ProductFilter

    static let priorities: ClosedRange<Int64> = -1_000_000...1_000_000
    static let priorityDefault: Int64 = 100

    init(_ document: PromotionDocument, symbols: inout ProductSymbols) {
        id = document.id
        name = document.name
        priority = document.priority
        group = document.group
        isExclusive = document.isExclusive
        conditions = document.conditions
        products = ProductFilter(document.products, symbols: &symbols)
        switch document.effect {
        case .plain(let effect): self.effect = effect
        case .bundle(let items, let price):
            effect = .bundle(
                Bundle(
                    items: items.map { item in
                        Bundle.Item(
                            products: ProductFilter(item.products, symbols: &symbols), quantity: item.quantity)
                    }, price: price))
        }
    }

    /// The discount of the birthday mechanic, which stands among the promotions like any other.
    init?(discountOf birthday: Birthday, symbols: inout ProductSymbols) {
        guard let rate = birthday.discount else { return nil }
        id = Birthday.promotionID
        name = nil
        priority = birthday.priority
        group = nil
        isExclusive = false
        var conditions = Conditions()
        conditions.birthday = birthday.window
        self.conditions = conditions
        effect = .percentOff(PercentOff(rate: rate))
        products = ProductFilter(.everything, symbols: &symbols)
    }

    /// How it is called in front of people.
    public var title: String { name ?? id }

    /// The numbers by which a basket's lines lead to this promotion; `nil` when any line does.
    var keys: [ProductSymbols.Symbol]? {
        if let keys = products.keys { return keys }
        // A bundle that lacks one of its items is none, so the first item will do.
        if case .bundle(let bundle) = effect { return bundle.items.first?.products.keys }
        return nil
    }
}
