import Retail

/// One thing that upstream sends down.
public struct UpstreamChange: Hashable, Sendable {
    /// What changed.
    public enum Content: Hashable, Sendable {
        case customer(CustomerChange)
        case customerMerged(CustomerMergedChange)
        case points(PointsChange)
        case rating(RatingChange)
        case product(ProductRow)
        case productWithdrawn(ProductWithdrawnChange)
        case price(PriceChange)
        case stock(StockRow)
        case programmes(ProgrammePut)
        case promotion(PromotionChange)
        case promotionWithdrawn(PromotionWithdrawnChange)
    }

    /// The types, by their names.
    public enum Kind: String, CaseIterable, Sendable {
        case customer
        case customerMerged = "customer.merged"
        case points
        case rating
        case product
        case productWithdrawn = "product.withdrawn"
        case price
        case stock
        case programmes
        case promotion
        case promotionWithdrawn = "promotion.withdrawn"
    }

    /// The change's own id: the same change has the same id however often it comes.
    public var id: String
    /// When upstream made it.
    public var at: Instant
    /// What changed.
    public var content: Content

    /// A change.
    public init(id: String, at: Instant, content: Content) {
        self.id = id
        self.at = at
        self.content = content
    }

    /// Takes the fields of `{"id","type","at","body"}`.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.changeID()
        at = try fields.instant("at")
        let kind: Kind = try fields.choice("type")
        let body = try fields.object("body")
        content =
            switch kind {
            case .customer: .customer(try CustomerChange(body))
            case .customerMerged: .customerMerged(try CustomerMergedChange(body))
            case .points: .points(try PointsChange(body))
            case .rating: .rating(try RatingChange(body))
            case .product: .product(try ProductRow(body))
            case .productWithdrawn: .productWithdrawn(try ProductWithdrawnChange(body))
            case .price: .price(try PriceChange(body))
            case .stock: .stock(try StockRow(body))
            case .programmes: .programmes(try ProgrammePut(body))
            case .promotion: .promotion(try PromotionChange(body))
            case .promotionWithdrawn: .promotionWithdrawn(try PromotionWithdrawnChange(body))
            }
    }

    /// The type.
    public var kind: Kind {
        switch content {
        case .customer: .customer
        case .customerMerged: .customerMerged
        case .points: .points
        case .rating: .rating
        case .product: .product
        case .productWithdrawn: .productWithdrawn
        case .price: .price
        case .stock: .stock
        case .programmes: .programmes
        case .promotion: .promotion
        case .promotionWithdrawn: .promotionWithdrawn
        }
    }

    private var body: any MessageBody {
        switch content {
        case .customer(let body): body
        case .customerMerged(let body): body
        case .points(let body): body
        case .rating(let body): body
        case .product(let body): body
        case .productWithdrawn(let body): body
        case .price(let body): body
        case .stock(let body): body
        case .programmes(let body): body
        case .promotion(let body): body
        case .promotionWithdrawn(let body): body
        }
    }

    /// Writes the whole object.
    public func write(to writer: ByteWriter) {
        writer.beginObject()
        writer.field("id", id)
        writer.field("type", kind.rawValue)
        writer.field("at", at)
        writer.name("body")
        body.write(to: writer)
        writer.endObject()
    }
}

extension FieldReader {
    /// A change's id: 1 to 128 characters of printable ASCII without space.
    public func changeID() throws(FieldError) -> String {
        let value = try requiredValue("id")
        let id = try text(value, min: 1, max: ProtocolLimits.changeIDCharacters)
        guard id.utf8.allSatisfy({ $0 > Ascii.space && $0 < 0x7F }) else {
            throw bad(value, "must be printable ASCII without space")
        }
        return id
    }
}
