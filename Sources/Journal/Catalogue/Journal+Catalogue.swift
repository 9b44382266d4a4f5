import Retail

/// A product as the catalogue has it.
package struct ProductRecord: Sendable, Equatable {
    package var sku: String
    package var name: String
    package var price: Money?
    /// What one unit costs at least, by law or contract.
    package var minimumPrice: Money?
    /// Path with `/` between levels.
    package var category: String?
    package var brand: String?
    package var tags: [String] = []
    /// Unit of quantities: piece, kg ...
    package var unit: String?
    package var taxRate: BasisPoints?
    /// Each unit carries a marking code of its own, which a sale has to name.
    package var isMarked = false
    /// The store wants it offered first.
    package var isPriority = false
    /// SKUs of goods that go with it, whether they are in the catalogue or not yet.
    package var related: [String] = []
    package var barcodes: [Barcode] = []

    /// A product of which nothing but the name is known.
    package init(sku: String, name: String) {
        self.sku = sku
        self.name = name
    }
}

/// A product in a list.
package struct ProductBrief: Sendable, Equatable {
    package var sku: String
    package var name: String
    package var price: Money?
}

extension JournalView {
    /// The product with this SKU.
    package func product(sku: String) throws(SQLError) -> ProductRecord? {
        let found = try statement(
            """
            SELECT sku, name, price, category, brand, tags, unit, min_price, tax_rate, is_marked, is_priority, related
            FROM product WHERE sku = ? AND withdrawn_at IS NULL
            """
        ).bind(sku).first(ProductRecord.init(row:))
        guard var product = found else { return nil }
        product.barcodes = try statement("SELECT text, key FROM product_barcode WHERE sku = ? ORDER BY position")
            .bind(sku).all { Barcode(text: $0.text(0), key: $0.text(1)) }
        return product
    }

    /// The product that is known by a bar code.
    ///
    /// - Parameter key: ``Barcode/key``.
    package func sku(barcode key: String) throws(SQLError) -> String? {
        try statement("SELECT sku FROM product_barcode WHERE key = ?").bind(key).first { $0.text(0) }
    }

    /// Every product, without its bar codes.
    package func forEachProduct(_ body: (ProductRecord) -> Void) throws(SQLError) {
        try statement(
            """
            SELECT sku, name, price, category, brand, tags, unit, min_price, tax_rate, is_marked, is_priority, related
            FROM product WHERE withdrawn_at IS NULL
            """
        ).forEach { body(ProductRecord(row: $0)) }
    }

    /// How many products there are.
    package func productCount() throws(SQLError) -> Int {
        Int(try statement("SELECT count(*) FROM product WHERE withdrawn_at IS NULL").first { $0.integer(0) } ?? 0)
    }

    /// Name and price of a product.
    package func productBrief(sku: String) throws(SQLError) -> ProductBrief? {
        try statement("SELECT sku, name, price FROM product WHERE sku = ? AND withdrawn_at IS NULL").bind(sku)
            .first(ProductBrief.init(row:))
    }

    /// Goods that a store wants offered first, by SKU; without those that it keeps and has none of.
    package func priorityProducts(
        store: String, besides sku: String, limit: Int
    ) throws(SQLError) -> [ProductBrief] {
        try statement(
            """
            SELECT p.sku, p.name, p.price
            FROM product p INDEXED BY product_by_priority LEFT JOIN stock s ON s.sku = p.sku AND s.store = ?
            WHERE p.is_priority = 1 AND p.sku <> ? AND (s.sku IS NULL OR s.on_hand > s.reserved)
            ORDER BY p.sku LIMIT ?
            """
        ).bind(store).bind(sku).bind(limit).all(ProductBrief.init(row:))
    }
}

extension JournalTransaction {
    /// Adds a product or replaces the one with its SKU; a bar code moves to the product that names it last.
    ///
    /// - Parameter known: the product as it is stored, so that one that stays as it is costs no writing.
    package func put(_ product: ProductRecord, replacing known: ProductRecord?) throws(SQLError) {
        guard product != known else { return }
        try statement(
            """
            INSERT INTO product (sku, name, price, category, brand, tags, unit, min_price, tax_rate, is_marked,
                                 is_priority, related)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (sku) DO UPDATE SET
                name = excluded.name, price = excluded.price, category = excluded.category, brand = excluded.brand,
                tags = excluded.tags, unit = excluded.unit, min_price = excluded.min_price,
                tax_rate = excluded.tax_rate, is_marked = excluded.is_marked, is_priority = excluded.is_priority,
                related = excluded.related, withdrawn_at = NULL
            """
        )
        .bind(product.sku).bind(product.name).bind(product.price?.minorUnits).bind(product.category)
        .bind(product.brand).bind(Self.list(product.tags)).bind(product.unit).bind(product.minimumPrice?.minorUnits)
        .bind(product.taxRate.map { Int64($0.value) }).bind(product.isMarked).bind(product.isPriority)
        .bind(Self.list(product.related))
        .run()
        guard product.barcodes != known?.barcodes ?? [] else { return }
        try statement("DELETE FROM product_barcode WHERE sku = ?").bind(product.sku).run()
        for (position, barcode) in product.barcodes.enumerated() {
            try statement("INSERT OR REPLACE INTO product_barcode (key, sku, position, text) VALUES (?, ?, ?, ?)")
                .bind(barcode.key).bind(product.sku).bind(position).bind(barcode.text)
                .run()
        }
    }

    private static func list(_ texts: [String]) -> String? {
        texts.isEmpty ? nil : texts.joined(separator: ProductRecord.separator)
    }
}

extension ProductRecord {
    /// Between the members of a list in one column: neither tags nor SKUs can have it.
    fileprivate static let separator = "\n"

    fileprivate init(row: SQLRow) {
        func list(_ column: Int32) -> [String] {
            row.textOrNil(column)?.split(separator: Self.separator).map(String.init) ?? []
        }
        self.init(sku: row.text(0), name: row.text(1))
        price = row.integerOrNil(2).map(Money.init(minorUnits:))
        category = row.textOrNil(3)
        brand = row.textOrNil(4)
        tags = list(5)
        unit = row.textOrNil(6)
        minimumPrice = row.integerOrNil(7).map(Money.init(minorUnits:))
        taxRate = row.integerOrNil(8).map { BasisPoints(value: Int($0)) }
        isMarked = row.bool(9)
        isPriority = row.bool(10)
        related = list(11)
    }
}

extension ProductBrief {
    fileprivate init(row: SQLRow) {
        self.init(
            sku: row.text(0), name: row.text(1), price: row.integerOrNil(2).map(Money.init(minorUnits:)))
    }
}
