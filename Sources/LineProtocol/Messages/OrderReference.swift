import Retail

/// A request about one order: ORDER_ACK, ORDER_ACCEPT, ORDER_REJECT, ORDER_READY, ORDER_CLAIM, ORDER_RELEASE,
/// ORDER_HANDOVER, ORDER_CANCEL and ORDER_GET.
public struct OrderReference: MessageBody {
    /// The website that the order came from; a website leaves it out, for it is its own.
    public var source: String?
    /// The website's id of the order.
    public var order: String
    /// The person who does it.
    public var person: String?
    /// Why: required to reject an order.
    public var reason: String?
    /// The receipt that the goods were handed over with.
    public var receipt: ReceiptKey?
    /// The number of the last transition that a website knows, when it cancels.
    public var basedOn: Int64?

    /// Makes a request.
    public init(
        source: String? = nil, order: String, person: String? = nil, reason: String? = nil,
        receipt: ReceiptKey? = nil, basedOn: Int64? = nil
    ) {
        self.source = source
        self.order = order
        self.person = person
        self.reason = reason
        self.receipt = receipt
        self.basedOn = basedOn
    }

    /// Takes the fields, none of them required but the order.
    public init(_ fields: FieldReader) throws(FieldError) {
        source = try fields.optionalIDText("source")
        order = try fields.idText("order")
        person = try fields.optionalNameText("person")
        reason = try fields.optionalNoteText("reason")
        receipt = try fields.optionalReceiptKey("receipt")
        basedOn = try fields.optionalInteger("based_on", in: 1...Int64.max)
    }

    /// Takes the fields and refuses what this verb from this role must have and has not.
    ///
    /// - Parameter role: tills and apps must name the source.
    public init(_ fields: FieldReader, verb: Verb, role: DeviceRole) throws(FieldError) {
        try self.init(fields)
        if role != .website && source == nil { throw .missing(fields.path("source")) }
        if verb == .orderReject && reason == nil { throw .missing(fields.path("reason")) }
    }

    /// The order's key; a website's own name stands for a source that is left out.
    public func key(device: String) -> OrderKey {
        OrderKey(source: source ?? device, order: order)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("source", source)
        writer.field("order", order)
        writer.optionalField("person", person)
        writer.optionalField("reason", reason)
        writer.optionalField("receipt", receipt?.text)
        writer.optionalField("based_on", basedOn)
    }
}
