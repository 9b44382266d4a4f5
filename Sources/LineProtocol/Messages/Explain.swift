import Retail

/// EXPLAIN: why a receipt has the points that it has.
public struct ExplainRequest: MessageBody {
    /// The receipt.
    public var key: ReceiptKey
    /// The language of the text.
    public var language: MessageLanguage?

    /// Makes a request.
    public init(key: ReceiptKey, language: MessageLanguage? = nil) {
        self.key = key
        self.language = language
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        key = try fields.receiptKey("key")
        language = try fields.optionalChoice("language")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("key", key.text)
        writer.optionalField("language", language?.rawValue)
    }
}

/// The reply to EXPLAIN.
public struct ExplainReply: MessageBody {
    /// The receipt.
    public var key: ReceiptKey
    /// When the gateway received it.
    public var receivedAt: Instant
    /// The programme that judged it; nil when none did.
    public var rules: RuleSetReference?
    /// The customer; nil when there is none.
    public var customer: CustomerID?
    /// Whether computing the receipt again gives the points that were given.
    public var agrees: Bool
    /// Every step, in lines.
    public var text: String

    /// Makes a reply.
    ///
    /// - Parameter text: at most `ProtocolLimits.explanationCharacters`.
    public init(
        key: ReceiptKey, receivedAt: Instant, rules: RuleSetReference?, customer: CustomerID?, agrees: Bool,
        text: String
    ) {
        self.key = key
        self.receivedAt = receivedAt
        self.rules = rules
        self.customer = customer
        self.agrees = agrees
        self.text = text
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        key = try fields.receiptKey("key")
        receivedAt = try fields.instant("received_at")
        rules = try fields.optionalBody("rules")
        customer = try fields.optionalCustomerID("customer_id")
        agrees = try fields.bool("agrees")
        text = try fields.text("text", min: 0, max: ProtocolLimits.explanationCharacters)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("key", key.text)
        writer.field("received_at", receivedAt)
        writer.nullableField("rules", rules)
        writer.nullableField("customer_id", customer?.text)
        writer.field("agrees", agrees)
        writer.field("text", text)
    }
}
