import Retail

/// PRODUCT: the card of a scanned product.
public struct ProductRequest: MessageBody {
    /// What the product is asked for by.
    public enum Subject: Hashable, Sendable {
        /// A code as scanned.
        case barcode(String)
        /// The product's number.
        case sku(String)
    }

    /// Which product.
    public var subject: Subject
    /// For whom the price is wanted.
    public var customer: CustomerID?

    /// Makes a request.
    public init(_ subject: Subject, customer: CustomerID? = nil) {
        self.subject = subject
        self.customer = customer
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        let barcode = try fields.optionalText("barcode", max: ProtocolLimits.scannedCharacters)
        switch (barcode, fields.value("sku")) {
        case (let barcode?, nil): subject = .barcode(barcode)
        case (nil, .some): subject = .sku(try fields.skuText("sku"))
        case (.some, .some): throw fields.bad("sku", "must not be given with barcode")
        case (nil, nil): throw .missing(fields.path("barcode"))
        }
        customer = try fields.optionalCustomerID("customer_id")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        switch subject {
        case .barcode(let barcode): writer.field("barcode", barcode)
        case .sku(let sku): writer.field("sku", sku)
        }
        writer.optionalField("customer_id", customer?.text)
    }
}

/// The reply to PRODUCT.
public struct ProductReply: MessageBody {
    /// A product in a list.
    public struct Brief: MessageBody {
        /// The product.
        public var sku: String
        /// Its name.
        public var name: String
        /// List price of one unit; nil when the catalogue has none.
        public var price: Money?

        /// Makes an entry.
        public init(sku: String, name: String, price: Money?) {
            self.sku = sku
            self.name = name
            self.price = price
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            sku = try fields.skuText("sku")
            name = try fields.nameText("name")
            price = try fields.optionalNonNegativeMoney("price")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("sku", sku)
            writer.field("name", name)
            writer.nullableField("price", price)
        }
    }

    /// The product.
    public var sku: String
    /// Its name.
    public var name: String
    /// Its bar codes.
    public var barcodes: [String] = []
    /// How much a scanned label of a scale says that it is, in the product's unit.
    public var quantity: Quantity?
    /// Category path.
    public var category: String?
    /// Brand.
    public var brand: String?
    /// Unit of quantities.
    public var unit: String
    /// List price of one unit; nil when the catalogue has none.
    public var price: Money?
    /// Price of one unit for the customer after promotions; nil without a customer.
    public var customerPrice: Money?
    /// Which promotions make the difference.
    public var taken: [LineDiscount] = []
    /// Whether a sale has to name the marking code of each unit.
    public var isMarked = false
    /// Stock of this store; nil when it is not kept.
    public var stock: StockEntry?
    /// Stock of other stores, the nearest first.
    public var elsewhere: [StockEntry] = []
    /// Goods that go with it.
    public var related: [Brief] = []
    /// Goods the store wants offered first.
    public var priority: [Brief] = []

    /// A card on which nothing but the names stand.
    public init(sku: String, name: String, unit: String) {
        self.sku = sku
        self.name = name
        self.unit = unit
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        sku = try fields.skuText("sku")
        name = try fields.nameText("name")
        barcodes = try fields.textArray(
            "barcodes", limit: ProtocolLimits.productBarcodes, max: ProtocolLimits.barcodeCharacters)
        quantity = fields.value("quantity") == nil ? nil : try fields.quantity("quantity")
        category = try fields.optionalNameText("category")
        brand = try fields.optionalNameText("brand")
        unit = try fields.nameText("unit")
        price = try fields.optionalNonNegativeMoney("price")
        customerPrice = try fields.optionalNonNegativeMoney("customer_price")
        taken = try fields.array("taken", limit: ProtocolLimits.jsonObjectMembers) { taken throws(FieldError) in
            LineDiscount(
                origin: try taken.idText("origin"), id: try taken.optionalIDText("id"),
                amount: try taken.money("amount"))
        }
        isMarked = try fields.bool("marking_required")
        stock = try fields.optionalBody("stock")
        elsewhere = try fields.bodies("elsewhere", limit: ProtocolLimits.storesElsewhere)
        related = try fields.bodies("related", limit: ProtocolLimits.relatedProducts)
        priority = try fields.bodies("priority", limit: ProtocolLimits.relatedProducts)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sku", sku)
        writer.field("name", name)
        writer.field("barcodes", barcodes)
        writer.optionalField("quantity", quantity)
        writer.nullableField("category", category)
        writer.nullableField("brand", brand)
        writer.field("unit", unit)
        writer.nullableField("price", price)
        writer.nullableField("customer_price", customerPrice)
        writer.field("taken", taken)
        writer.field("marking_required", isMarked)
        writer.nullableField("stock", stock)
        writer.field("elsewhere", elsewhere)
        writer.field("related", related)
        writer.field("priority", priority)
    }
}

extension ByteWriter {
    /// Writes a member that is an amount or null.
    fileprivate func nullableField(_ name: StaticString, _ value: Money?) {
        if let value { field(name, value) } else { nullField(name) }
    }
}
