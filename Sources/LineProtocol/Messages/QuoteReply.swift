import Retail

/// The reply to QUOTE.
public struct QuoteReply: MessageBody {
    /// The quote's id; the receipt names it.
    public var quote: String
    /// The lines, in the basket's order.
    public var lines: [QuoteReplyLine]
    /// The lines' prices times quantities.
    public var subtotal: Money
    /// What was taken off in all.
    public var discount: Money
    /// What is left to pay.
    public var total: Money
    /// The points.
    public var points: QuotedPoints
    /// The tier after this purchase; nil without a customer.
    public var tierAfter: String?
    /// The promotions that were applied, in their order.
    public var promotions: [QuotedPromotion]
    /// Products that are a gift, if they are put into the basket.
    public var gifts: [String]
    /// What people at the till should read.
    public var messages: [DisplayMessage]
    /// The rules that were applied.
    public var rules: RuleSetReference
    /// Until when the quote holds.
    public var validUntil: Instant

    /// Makes a reply.
    public init(
        quote: String, lines: [QuoteReplyLine], subtotal: Money, discount: Money, total: Money, points: QuotedPoints,
        tierAfter: String?, promotions: [QuotedPromotion] = [], gifts: [String] = [], messages: [DisplayMessage],
        rules: RuleSetReference, validUntil: Instant
    ) {
        self.quote = quote
        self.lines = lines
        self.subtotal = subtotal
        self.discount = discount
        self.total = total
        self.points = points
        self.tierAfter = tierAfter
        self.promotions = promotions
        self.gifts = gifts
        self.messages = messages
        self.rules = rules
        self.validUntil = validUntil
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        quote = try fields.idText("quote")
        lines = try fields.bodies("lines", limit: ProtocolLimits.basketLines)
        subtotal = try fields.money("subtotal")
        discount = try fields.money("discount")
        total = try fields.money("total")
        points = try fields.body("points")
        tierAfter = try fields.optionalNameText("tier_after")
        promotions = try fields.bodies("promotions", limit: ProtocolLimits.lineBytes)
        gifts = try fields.textArray("gifts", limit: ProtocolLimits.lineBytes, max: ProtocolLimits.idCharacters)
        messages = try fields.bodies("messages", limit: ProtocolLimits.jsonObjectMembers)
        rules = try fields.body("rules")
        validUntil = try fields.instant("valid_until")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("quote", quote)
        writer.field("lines", lines)
        writer.field("subtotal", subtotal)
        writer.field("discount", discount)
        writer.field("total", total)
        writer.field("points", points)
        writer.nullableField("tier_after", tierAfter)
        writer.field("promotions", promotions)
        writer.field("gifts", gifts)
        writer.field("messages", messages)
        writer.field("rules", rules)
        writer.field("valid_until", validUntil)
    }
}
