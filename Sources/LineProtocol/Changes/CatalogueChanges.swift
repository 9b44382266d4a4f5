import Retail

/// A change of type `product.withdrawn`: it is not sold any more.
public struct ProductWithdrawnChange: MessageBody {
    /// The product.
    public var sku: String

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        sku = try fields.skuText("sku")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sku", sku)
    }
}

/// A change of type `price`.
public struct PriceChange: MessageBody {
    /// The product.
    public var sku: String
    /// What a unit costs.
    public var price: Money
    /// From when on; at once if absent.
    public var from: Instant?

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        sku = try fields.skuText("sku")
        price = try fields.nonNegativeMoney("price")
        from = try fields.optionalInstant("from")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("sku", sku)
        writer.field("price", price)
        writer.optionalField("from", from)
    }
}

/// A change of type `promotion`: one promotion of a programme, added or replaced. With `customers` among its
/// conditions it is a personal offer.
public struct PromotionChange: MessageBody {
    /// The programme.
    public var programme: String
    /// The promotion's id.
    public var id: String
    /// The promotion as a programme's document has it.
    public var promotion: JSONText

    /// Takes the fields; of the promotion only its id is looked at.
    public init(_ fields: FieldReader) throws(FieldError) {
        programme = try fields.idText("programme")
        let document = try fields.object("promotion")
        id = try document.text("id", max: ProtocolLimits.idCharacters)
        promotion = JSONText(document.object)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("programme", programme)
        writer.optionalField("promotion", promotion)
    }
}

/// A change of type `promotion.withdrawn`.
public struct PromotionWithdrawnChange: MessageBody {
    /// The programme.
    public var programme: String
    /// The promotion's id.
    public var id: String

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        programme = try fields.idText("programme")
        id = try fields.text("id", max: ProtocolLimits.idCharacters)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("programme", programme)
        writer.field("id", id)
    }
}
