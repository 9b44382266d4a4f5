import Retail

/// An article as imported.
package struct ProductRecord: Sendable, Equatable {
    package var sku: String
    package var name: String
    package var price: Money?
    /// Path with `/` between levels.
    package var category: String?
    package var barcodes: [String]

    /// An article with every field given.
    package init(sku: String, name: String, price: Money?, category: String?, barcodes: [String]) {
        self.sku = sku
        self.name = name
        self.price = price
        self.category = category
        self.barcodes = barcodes
    }
}

extension JournalView {
    /// The article with this SKU.
    package func product(sku: String) throws(SQLError) -> ProductRecord? {
        let barcodes = try statement("SELECT barcode FROM product_barcode WHERE sku = ? ORDER BY barcode").bind(sku)
            .all { $0.text(0) }
        return try statement("SELECT sku, name, price, category FROM product WHERE sku = ?").bind(sku).first { row in
            ProductRecord(
                sku: row.text(0), name: row.text(1), price: row.integerOrNil(2).map(Money.init(minorUnits:)),
                category: row.textOrNil(3), barcodes: barcodes)
        }
    }

    /// How many articles there are.
    package func productCount() throws(SQLError) -> Int {
        Int(try statement("SELECT count(*) FROM product").first { $0.integer(0) } ?? 0)
    }
}

extension JournalTransaction {
    /// Adds an article or replaces the one with its SKU; a barcode moves to the article that names it last.
    package func put(_ product: ProductRecord) throws(SQLError) {
        try statement(
            """
            INSERT INTO product (sku, name, price, category) VALUES (?, ?, ?, ?)
            ON CONFLICT (sku) DO UPDATE SET name = excluded.name, price = excluded.price, category = excluded.category
            """
        )
        .bind(product.sku).bind(product.name).bind(product.price?.minorUnits).bind(product.category)
        .run()
        try statement("DELETE FROM product_barcode WHERE sku = ?").bind(product.sku).run()
        for barcode in product.barcodes {
            try statement("INSERT OR REPLACE INTO product_barcode (barcode, sku) VALUES (?, ?)")
                .bind(barcode).bind(product.sku)
                .run()
        }
    }
}
