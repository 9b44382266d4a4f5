import Retail

/// A selection of products, resolved to numbers.
final class ProductFilter: Sendable {
    /// Ascending numbers; `nil` when the kind is not given.
    let skus: [ProductSymbols.Symbol]?
    let brands: [ProductSymbols.Symbol]?
    let tags: [ProductSymbols.Symbol]?
    let categories: [ProductSymbols.Symbol]?
    let exclusion: ProductFilter?
    /// Whether nothing at all was given.
    let selectsEverything: Bool

    init(_ selection: ProductSelection, symbols: inout ProductSymbols) {
        skus = selection.skus?.map { symbols.symbol(sku: $0) }.sorted()
        brands = selection.brands?.map { symbols.symbol(brand: $0) }.sorted()
        tags = selection.tags?.map { symbols.symbol(tag: $0) }.sorted()
        categories = selection.categories?.map { symbols.symbol(category: $0) }.sorted()
        exclusion = selection.exclusions.first.map { ProductFilter($0, symbols: &symbols) }
        selectsEverything = selection == .everything
    }

    /// Whether the product of a line is selected.
    func matches(_ line: ProductMarks.Line, of marks: ProductMarks) -> Bool {
        selectsEverything
            || (ProductFilter.meets(skus, line.skus, marks) && ProductFilter.meets(brands, line.brands, marks)
                && ProductFilter.meets(tags, line.tags, marks)
                && ProductFilter.meets(categories, line.categories, marks)
                && exclusion?.matches(line, of: marks) != true)
    }

    /// The numbers of one kind, of which a product that matches has at least one; `nil` when no kind is given.
    ///
    /// The kind that selects least comes first: it leads to the promotion by way of an index.
    var keys: [ProductSymbols.Symbol]? {
        skus ?? brands ?? tags ?? categories
    }

    private static func meets(
        _ wanted: [ProductSymbols.Symbol]?, _ present: Range<Int>, _ marks: ProductMarks
    ) -> Bool {
        guard let wanted else { return true }
        for place in present where isContained(marks.numbers[place], in: wanted) { return true }
        return false
    }

    private static func isContained(_ symbol: ProductSymbols.Symbol, in ascending: [ProductSymbols.Symbol]) -> Bool {
        // Most rules name a handful, which are sooner looked through.
        if ascending.count <= 8 { return ascending.contains(symbol) }
        var low = 0
        var high = ascending.count
        while low < high {
            let middle = (low + high) / 2
            if ascending[middle] < symbol { low = middle + 1 } else { high = middle }
        }
        return low < ascending.count && ascending[low] == symbol
    }
}

extension ProductFilter: Hashable {
    static func == (left: ProductFilter, right: ProductFilter) -> Bool {
        left.skus == right.skus && left.brands == right.brands && left.tags == right.tags
            && left.categories == right.categories && left.exclusion == right.exclusion
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(skus)
        hasher.combine(brands)
        hasher.combine(tags)
        hasher.combine(categories)
        hasher.combine(exclusion)
    }
}
