import Retail

/// A number for every SKU, brand, tag and category path that the rules of a programme name.
///
/// A basket's texts are looked up once, when a quote begins; the rules then compare numbers. What no rule names has
/// no number, and most products have none. No two kinds share a number.
struct ProductSymbols: Sendable {
    typealias Symbol = Int32

    /// SKU, brand, a tag or two and a path of categories: room for them is made at once.
    private static let marksUsually = 8

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

    /// The numbers of what the product of a line is: SKU, brand, tags, its category and all above it.
    func marks(of line: BasketLine) -> [Symbol] {
        var marks: [Symbol] = []
        marks.reserveCapacity(Self.marksUsually)
        if !skus.isEmpty, let symbol = skus[line.sku] { marks.append(symbol) }
        if !brands.isEmpty, let brand = line.brand, let symbol = brands[brand] { marks.append(symbol) }
        if !tags.isEmpty {
            for tag in line.tags { if let symbol = tags[tag] { marks.append(symbol) } }
        }
        if !categories.isEmpty, let path = line.category { append(path: path, to: &marks) }
        return marks
    }

    /// A path stands for itself and for every category above it.
    private func append(path: String, to marks: inout [Symbol]) {
        let whole = ProductSymbols.trimmed(path)
        for end in whole.utf8.indices where whole.utf8[end] == UInt8(ascii: "/") {
            if let symbol = categories[String(whole[..<end])] { marks.append(symbol) }
        }
        if let symbol = categories[whole] { marks.append(symbol) }
    }

    private static func trimmed(_ path: String) -> String {
        guard path.utf8.first == UInt8(ascii: "/") || path.utf8.last == UInt8(ascii: "/") else { return path }
        return path.split(separator: "/").joined(separator: "/")
    }
}
