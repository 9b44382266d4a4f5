import Retail

/// STOCK: what there is of a product, here and elsewhere.
public struct StockRequest: MessageBody {
    /// The product.
    public var sku: String
    /// Only these stores; nil: all.
    public var stores: [String]?

    /// Makes a request.
    public init(sku: String, stores: [String]? = nil) {
        self.sku = sku
        self.stores = stores
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        sku = try fields.skuText("sku")
        stores = try fields.optionalIDTextArray("stores", limit: ProtocolLimits.stockStoresNamed)
        guard stores?.isEmpty != true else { throw fields.bad("stores", "must not be empty") }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sku", sku)
        if let stores { writer.field("stores", stores) }
    }
}

/// What one store has of a product.
public struct StockEntry: MessageBody {
    /// The store.
    public var store: String
    /// Its name.
    public var name: String
    /// Free to sell, in the product's unit.
    public var available: Quantity
    /// Set aside for orders, in the product's unit.
    public var reserved: Quantity
    /// When this was known.
    public var asOf: Instant

    /// Makes an entry.
    public init(store: String, name: String, available: Quantity, reserved: Quantity, asOf: Instant) {
        self.store = store
        self.name = name
        self.available = available
        self.reserved = reserved
        self.asOf = asOf
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        store = try fields.idText("store")
        name = try fields.nameText("name")
        available = try fields.quantityOrZero("available")
        reserved = try fields.quantityOrZero("reserved")
        asOf = try fields.instant("as_of")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("store", store)
        writer.field("name", name)
        writer.field("available", available)
        writer.field("reserved", reserved)
        writer.field("as_of", asOf)
    }
}

/// The reply to STOCK.
public struct StockReply: MessageBody {
    /// The product.
    public var sku: String
    /// Unit of the quantities.
    public var unit: String
    /// One per store that keeps the product.
    public var stores: [StockEntry]

    /// Makes a reply.
    public init(sku: String, unit: String, stores: [StockEntry]) {
        self.sku = sku
        self.unit = unit
        self.stores = stores
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        sku = try fields.skuText("sku")
        unit = try fields.nameText("unit")
        stores = try fields.bodies("stores", limit: ProtocolLimits.stockStores)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sku", sku)
        writer.field("unit", unit)
        writer.field("stores", stores)
    }
}
