import Journal
import Locking
import Retail

/// What promotions may ask about a product and a till may not have sent.
struct ProductFacts: Hashable, Sendable {
    var category: String?
    var brand: String?
    var tags: [String] = []
    var minimumPrice: Money?

    var isEmpty: Bool { self == ProductFacts() }
}

/// What the catalogue knows of products, in memory, so that a quote waits for no disk. It has every import that was
/// acknowledged; until it has been loaded the journal is asked.
final class ProductMemory: Sendable {
    /// Products of one category, brand and tags share them: a million products take some tens of bytes each.
    private struct Entry {
        var group: Int32
        /// Minor units; below zero: none.
        var minimumPrice: Int64
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Each once, without a price.
        var groups: [ProductFacts] = []
        var places: [ProductFacts: Int32] = [:]
        /// Withdrawn while all products were being brought in, so that what was read before does not bring them back.
        var withdrawn: Set<String> = []

        mutating func put(_ facts: ProductFacts, of sku: String, replacing: Bool) {
            guard replacing || (entries[sku] == nil && !withdrawn.contains(sku)) else { return }
            var group = facts
            group.minimumPrice = nil
            let place = places[group] ?? Int32(groups.count)
            if Int(place) == groups.count {
                groups.append(group)
                places[group] = place
            }
            entries[sku] = Entry(group: place, minimumPrice: facts.minimumPrice?.minorUnits ?? -1)
        }

        func facts(of sku: String) -> ProductFacts? {
            guard let entry = entries[sku] else { return nil }
            var facts = groups[Int(entry.group)]
            if entry.minimumPrice >= 0 { facts.minimumPrice = Money(minorUnits: entry.minimumPrice) }
            return facts
        }
    }

    private static let rowsPerLock = 1_000

    private let journal: Journal
    private let state = Mutex(State())
    private let isComplete = Atomic(false)

    init(journal: Journal) {
        self.journal = journal
    }

    /// Brings all products in; one that came in meanwhile is newer than what was read.
    func load() throws {
        var rows: [(sku: String, facts: ProductFacts)] = []
        func hand() {
            state.withLock { state in
                for row in rows { state.put(row.facts, of: row.sku, replacing: false) }
            }
            rows.removeAll(keepingCapacity: true)
        }
        try journal.read { view in
            try view.forEachProduct { product in
                rows.append((product.sku, ProductFacts(product)))
                if rows.count == Self.rowsPerLock { hand() }
            }
        }
        hand()
        isComplete.store(true, ordering: .releasing)
        state.withLock { $0.withdrawn = [] }
    }

    /// Takes a product as the journal has it from now on.
    func put(_ product: ProductRecord) {
        let facts = ProductFacts(product)
        state.withLock { $0.put(facts, of: product.sku, replacing: true) }
    }

    /// Forgets a product that was withdrawn.
    func remove(_ sku: String) {
        let isComplete = isComplete.load(ordering: .acquiring)
        state.withLock { state in
            state.entries[sku] = nil
            if !isComplete { state.withdrawn.insert(sku) }
        }
    }

    /// Fills in what the lines of a basket do not say of their products: the till's own comes first.
    ///
    /// - Returns: what was filled in, by the line's place.
    @discardableResult
    func complete(_ lines: inout [BasketLine]) throws(Refusal) -> [Int: ProductFacts] {
        var added: [Int: ProductFacts] = [:]
        guard let known = try facts(of: lines) else { return added }
        added.reserveCapacity(lines.count)
        for index in lines.indices {
            guard let known = known[index] else { continue }
            let missing = lines[index].missing(of: known)
            guard !missing.isEmpty else { continue }
            lines[index].add(missing)
            added[index] = missing
        }
        return added
    }

    /// What is known of the lines' products; nil where there is no catalogue.
    private func facts(of lines: [BasketLine]) throws(Refusal) -> [ProductFacts?]? {
        if isComplete.load(ordering: .acquiring) {
            return state.withLock { state in
                state.entries.isEmpty ? nil : lines.map { state.facts(of: $0.sku) }
            }
        }
        do {
            return try journal.lookUp { view in
                try lines.map { try view.product(sku: $0.sku).map { ProductFacts($0) } }
            }
        } catch {
            throw Refusal(store: error)
        }
    }
}

extension ProductFacts {
    init(_ product: ProductRecord) {
        category = product.category
        brand = product.brand
        tags = product.tags
        minimumPrice = product.minimumPrice
    }
}

extension BasketLine {
    /// What the line does not say and the catalogue knows.
    fileprivate func missing(of known: ProductFacts) -> ProductFacts {
        ProductFacts(
            category: category == nil ? known.category : nil, brand: brand == nil ? known.brand : nil,
            tags: tags.isEmpty ? known.tags : [], minimumPrice: minimumPrice == nil ? known.minimumPrice : nil)
    }

    /// Says what was missing.
    mutating func add(_ facts: ProductFacts) {
        if let category = facts.category { self.category = category }
        if let brand = facts.brand { self.brand = brand }
        if !facts.tags.isEmpty { tags = facts.tags }
        if let minimumPrice = facts.minimumPrice { self.minimumPrice = minimumPrice }
    }
}
