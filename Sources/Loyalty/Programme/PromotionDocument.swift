import Retail

/// A promotion as written in a programme: each value is checked, names of tiers are not resolved yet.
public struct PromotionDocument: Hashable, Sendable {
    /// `id`.
    public var id: String
    /// `name`, as shown to people.
    public var name: String?
    /// `priority`: the lower comes first.
    public var priority: Int
    /// `group`: of promotions of one group only the best applies.
    public var group: String?
    /// `exclusive`: closes the lines it touched to later promotions.
    public var isExclusive: Bool
    /// `when`.
    public var conditions: Conditions
    /// `products`.
    public var products: ProductSelection
    /// `effect`.
    public var effect: EffectDocument
}

extension PromotionDocument: Decodable {
    /// Reads one promotion.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        id = try fields.identifier("id")
        name = try fields.optionalText("name")
        priority = Int(try fields.optionalInteger("priority", in: Promotion.priorities) ?? Promotion.priorityDefault)
        group = try fields.optionalText("group")
        isExclusive = try fields.flag("exclusive")
        conditions = try fields.optional("when") ?? Conditions()
        products = try fields.optional("products") ?? .everything
        effect = try fields.value("effect")
        try fields.refuseOthers()
    }
}
