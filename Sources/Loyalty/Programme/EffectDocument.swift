import Retail

/// What a promotion does, as written in a programme.
public enum EffectDocument: Hashable, Sendable {
    /// Everything but a bundle needs no more than its numbers.
    case plain(Effect)
    /// A bundle's products are resolved with the rest of the programme.
    case bundle(items: [BundleItemDocument], price: Money)
}

/// One product, or one kind of products, of a bundle.
public struct BundleItemDocument: Hashable, Sendable {
    /// `products`.
    public var products: ProductSelection
    /// `quantity`, in whole units.
    public var quantity: Int64
}

extension BundleItemDocument: Decodable {
    /// Reads one item.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        products = try fields.value("products")
        quantity = try fields.optionalInteger("quantity", in: 1...EffectDocument.unitsMaximum) ?? 1
        try fields.refuseOthers()
    }
}

extension EffectDocument: Decodable {
    static let unitsMaximum: Int64 = 1_000_000

    /// Reads an effect: exactly one of the kinds.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        let given = EffectKind.allCases.filter { fields.has($0.rawValue) }
        try fields.refuseOthers()
        guard given.count == 1, let kind = given.first else {
            throw ProgrammeError(path: ProgrammeError.text(decoder.codingPath), reason: .notOneEffect)
        }
        let name = kind.rawValue
        switch kind {
        case .percentOff: self = .plain(.percentOff(PercentOff(rate: try fields.rate(name))))
        case .amountOffUnit: self = .plain(.amountOffUnit(AmountOffUnit(amount: try fields.money(name))))
        case .amountOffBasket: self = .plain(.amountOffBasket(AmountOffBasket(amount: try fields.money(name))))
        case .fixedPrice: self = .plain(.fixedPrice(FixedPrice(price: try fields.money(name))))
        case .nForM: self = .plain(.nForM(try fields.value(name)))
        case .gift: self = .plain(.gift(try fields.value(name)))
        case .extraPoints:
            self = .plain(.extraPoints(try fields.integer(name, in: 1...ProgrammeLimits.pointsMaximum)))
        case .extraPointsPercent:
            let rates = 1...ProgrammeLimits.multiplierMaximum
            self = .plain(.extraPointsPercent(try fields.rate(name, in: rates)))
        case .pointsMultiplier:
            let multipliers = BasisPoints.whole...ProgrammeLimits.multiplierMaximum
            self = .plain(.pointsMultiplier(try fields.rate(name, in: multipliers)))
        case .bundle:
            let bundle: BundleDocument = try fields.value(name)
            self = .bundle(items: bundle.items, price: bundle.price)
        }
    }
}

private struct BundleDocument: Decodable {
    let items: [BundleItemDocument]
    let price: Money

    init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        guard
            let items = try fields.list(
                "items", of: BundleItemDocument.self, count: 1...ProgrammeLimits.bundleItemsMaximum)
        else { throw fields.refusal("items", .missing) }
        self.items = items
        price = try fields.money("price")
        try fields.refuseOthers()
    }
}

extension NForM: Decodable {
    /// Reads `n` and `m`.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        n = try fields.integer("n", in: 2...EffectDocument.unitsMaximum)
        m = try fields.integer("m", in: 1...EffectDocument.unitsMaximum)
        try fields.refuseOthers()
        guard m < n else { throw fields.refusal("m", .contradicts("is not less than n")) }
    }
}

extension Gift: Decodable {
    /// Reads `sku` and `quantity`.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        sku = try fields.identifier("sku")
        quantity = try fields.optionalInteger("quantity", in: 1...EffectDocument.unitsMaximum) ?? 1
        try fields.refuseOthers()
    }
}
