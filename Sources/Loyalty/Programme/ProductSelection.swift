import Retail

/// Which products a rule is about, as written in a programme.
///
/// A product is selected when each kind that is given has a match (SKUs and categories and brands and tags; within a
/// kind any), and the exclusion does not select it. Nothing given selects everything.
public struct ProductSelection: Hashable, Sendable {
    /// `skus`.
    public var skus: [String]?
    /// `categories`: paths such as `food/dairy`; everything below them is meant too.
    public var categories: [String]?
    /// `brands`.
    public var brands: [String]?
    /// `tags`.
    public var tags: [String]?
    /// `exclude`: at most one selection.
    var exclusions: [ProductSelection] = []

    /// Everything.
    public static let everything = ProductSelection()
}

extension ProductSelection: Decodable {
    /// Reads a selection, checked: no empty lists, no doubles, paths without empty parts.
    public init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        skus = try fields.texts("skus")
        categories = try fields.texts("categories")
        brands = try fields.texts("brands")
        tags = try fields.texts("tags")
        for (index, path) in (categories ?? []).enumerated() where path.split(separator: "/").isEmpty {
            throw fields.refusal("categories", .emptyCategory(index: index))
        }
        if let exclusion = try fields.optional("exclude", as: ProductSelection.self) {
            guard exclusion != .everything else { throw fields.refusal("exclude", .excludesEverything) }
            exclusions = [exclusion]
        }
        guard depth <= ProgrammeLimits.filterDepthMaximum else {
            throw fields.refusal("exclude", .tooDeep(maximum: ProgrammeLimits.filterDepthMaximum))
        }
        try fields.refuseOthers()
    }

    private var depth: Int {
        1 + (exclusions.first?.depth ?? 0)
    }
}
