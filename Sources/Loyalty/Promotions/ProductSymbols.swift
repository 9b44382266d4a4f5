import Retail

/// A number for every SKU, brand, tag and category path that the rules of a programme name.
///
/// A basket's texts are looked up once, when a quote begins; the rules then compare numbers. What no rule names has
/// no number, and most products have none. No two kinds share a number.
struct ProductSymbols {
    typealias Symbol = Int32

    private(set) var count: Symbol = 0
    private var skus: [String: Symbol] = [:]
    private var brands: [String: Symbol] = [:]
    private var tags: [String: Symbol] = [:]
    private var categories: [String: Symbol] = [:]

    mutating func symbol(sku: String) -> Symbol { ProductSymbols.number(sku, &skus, &count) }
    mutating func symbol(brand: String) -> Symbol { ProductSymbols.number(brand, &brands, &count) }
    mutating func symbol(tag: String) -> Symbol { ProductSymbols.number(tag, &tags, &count) }
    mutating func symbol(category: String) -> Symbol {
        ProductSymbols.number(ProductSymbols.trimmed(category), &categories, &count)
    }

    private static func number(_ text: String, _ known: inout [String: Symbol], _ count: inout Symbol) -> Symbol {
        if let symbol = known[text] { return symbol }
        known[text] = count
        count += 1
        return count - 1
    }

    fileprivate static func trimmed(_ path: String) -> String {
        guard path.utf8.first == UInt8(ascii: "/") || path.utf8.last == UInt8(ascii: "/") else { return path }
        return path.split(separator: "/").joined(separator: "/")
    }

    /// The numbers when all of them are given, ready to be looked up.
    var table: Table {
        Table(
            skus: TextNumbers(skus), brands: TextNumbers(brands), tags: TextNumbers(tags),
            categories: TextNumbers(categories))
    }

    /// Looks the products of a basket up.
    struct Table: Sendable {
        fileprivate let skus: TextNumbers
        fileprivate let brands: TextNumbers
        fileprivate let tags: TextNumbers
        fileprivate let categories: TextNumbers
    }
}

/// The numbers of what the products of a basket are, line after line in one list.
struct ProductMarks {
    /// Where the numbers of one line stand: those of the SKU, the brand, the tags, and of the category and all above it.
    struct Line {
        let skus: Range<Int>
        let brands: Range<Int>
        let tags: Range<Int>
        let categories: Range<Int>

        /// All of them, one after the other.
        var all: Range<Int> { skus.lowerBound..<categories.upperBound }
    }

    /// SKU, brand, a tag or two and a path of categories: room for them is made at once.
    private static let usuallyPerLine = 8

    private(set) var numbers: [ProductSymbols.Symbol] = []

    init(lines: Int) {
        numbers.reserveCapacity(lines * Self.usuallyPerLine)
    }

    /// Adds the numbers of one line.
    mutating func append(_ line: BasketLine, _ table: ProductSymbols.Table) -> Line {
        let start = numbers.count
        if let symbol = table.skus[line.sku] { numbers.append(symbol) }
        let brands = numbers.count
        if let brand = line.brand, let symbol = table.brands[brand] { numbers.append(symbol) }
        let tags = numbers.count
        for tag in line.tags { if let symbol = table.tags[tag] { numbers.append(symbol) } }
        let categories = numbers.count
        if let path = line.category, !table.categories.isEmpty { append(path: path, table.categories) }
        return Line(
            skus: start..<brands, brands: brands..<tags, tags: tags..<categories,
            categories: categories..<numbers.count)
    }

    /// A path stands for itself and for every category above it.
    private mutating func append(path: String, _ categories: TextNumbers) {
        var whole = ProductSymbols.trimmed(path)
        whole.withUTF8 { bytes in
            var hash = TextNumbers.Hash()
            for index in bytes.indices {
                if bytes[index] == UInt8(ascii: "/") {
                    append(UnsafeBufferPointer(rebasing: bytes[..<index]), hash, categories)
                }
                hash.add(bytes[index])
            }
            append(bytes, hash, categories)
        }
    }

    private mutating func append(
        _ category: UnsafeBufferPointer<UInt8>, _ hash: TextNumbers.Hash, _ categories: TextNumbers
    ) {
        if let symbol = categories.number(of: category, hash) { numbers.append(symbol) }
    }
}
