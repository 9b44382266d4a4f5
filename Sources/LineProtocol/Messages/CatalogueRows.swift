import Retail

/// A row of IMPORT_CATALOGUE: a product. A known SKU is replaced.
public struct ProductRow: MessageBody {
    /// The product.
    public var sku: String
    /// Its name.
    public var name: String
    /// The list price.
    public var price: Money?
    /// What one unit costs at least, by law or contract; not above the price.
    public var minimumPrice: Money?
    /// The tax contained in the price.
    public var taxRate: BasisPoints?
    /// Its bar codes, each number once.
    public var barcodes: [Barcode] = []
    /// The category's path, parts separated by `/`.
    public var category: String?
    /// The brand.
    public var brand: String?
    /// What else it is marked with, as the programme names it.
    public var tags: [String] = []
    /// The unit of its quantities.
    public var unit: String?
    /// Whether each unit carries a marking code of its own.
    public var isMarked = false
    /// SKUs of goods that go with it.
    public var related: [String] = []
    /// Whether the store wants it offered first.
    public var isPriority = false

    /// A product of which nothing but the name is known.
    public init(sku: String, name: String) {
        self.sku = sku
        self.name = name
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        sku = try fields.skuText("sku")
        name = try fields.nameText("name")
        price = try fields.optionalNonNegativeMoney("price")
        minimumPrice = try fields.optionalNonNegativeMoney("min_price")
        if let price, let minimumPrice, minimumPrice > price {
            throw fields.bad("min_price", "must not be above the price, \(price.minorUnits)")
        }
        taxRate = try fields.optionalRate("tax_rate")
        barcodes = try fields.barcodes("barcodes")
        category = try fields.optionalNameText("category")
        brand = try fields.optionalNameText("brand")
        tags = try fields.optionalIDTextArray("tags", limit: ProtocolLimits.lineTags) ?? []
        unit = try fields.optionalNameText("unit")
        isMarked = try fields.optionalBool("marking_required") ?? false
        related = try fields.optionalSKUTextArray("related", limit: ProtocolLimits.relatedProducts) ?? []
        isPriority = try fields.optionalBool("priority") ?? false
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sku", sku)
        writer.field("name", name)
        writer.optionalField("price", price)
        writer.optionalField("min_price", minimumPrice)
        if let taxRate { writer.field("tax_rate", taxRate) }
        if !barcodes.isEmpty { writer.field("barcodes", barcodes.map(\.text)) }
        writer.optionalField("category", category)
        writer.optionalField("brand", brand)
        if !tags.isEmpty { writer.field("tags", tags) }
        writer.optionalField("unit", unit)
        if isMarked { writer.field("marking_required", true) }
        if !related.isEmpty { writer.field("related", related) }
        if isPriority { writer.field("priority", true) }
    }
}

/// A row of IMPORT_STOCK: what a store has of a product, as counted or as the back office knows it.
public struct StockRow: MessageBody {
    /// The store.
    public var store: String
    /// The product.
    public var sku: String
    /// How much is there, what is set aside for orders included.
    public var quantity: Quantity
    /// When that was so.
    public var asOf: Instant

    /// A count.
    public init(store: String, sku: String, quantity: Quantity, asOf: Instant) {
        self.store = store
        self.sku = sku
        self.quantity = quantity
        self.asOf = asOf
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        store = try fields.idText("store")
        sku = try fields.skuText("sku")
        quantity = try fields.quantityOrZero("quantity")
        asOf = try fields.instant("as_of")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("store", store)
        writer.field("sku", sku)
        writer.field("quantity", quantity)
        writer.field("as_of", asOf)
    }
}

extension FieldReader {
    /// Bar codes with their check digits checked; the same number in another spelling is left out.
    fileprivate func barcodes(_ name: StaticString) throws(FieldError) -> [Barcode] {
        guard let value = value(name) else { return [] }
        try checkList(value, limit: ProtocolLimits.productBarcodes)
        var barcodes: [Barcode] = []
        for element in value.elements {
            let text = try text(element, min: 1, max: ProtocolLimits.barcodeCharacters)
            do throws(BarcodeError) {
                let barcode = try Barcode(text)
                if !barcodes.contains(where: { $0.key == barcode.key }) { barcodes.append(barcode) }
            } catch {
                throw bad(element, "\(error)")
            }
        }
        return barcodes
    }
}
