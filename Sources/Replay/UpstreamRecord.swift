import LineProtocol
import Retail

/// A receipt as upstream has received it, reduced to what is compared.
public struct UpstreamRecord: Hashable, Sendable {
    /// One line of it.
    public struct Line: Hashable, Sendable {
        var sku: String
        var name: String
        var quantity: Quantity
        var price: Money
        var amount: Money
        /// What was taken off, by origin.
        var discounts: [LineDiscount]
    }

    /// `store/till/shift/number`.
    public let key: ReceiptKey
    /// Sale, return or void.
    public let kind: String
    /// The receipt's own number.
    public let number: String
    /// The customer's external number; nil for a walk-in.
    public let customer: String?
    /// The pick-up order that it paid.
    public let order: String?
    /// The basket from the shop floor that it was made of.
    public let basket: String?
    /// On a return: the sale that the goods come from.
    public let original: ReceiptKey?
    /// The gateway's remarks on the receipt.
    public let marks: [String]
    /// Points that the customer got for it; negative on a return, which takes them back.
    public let earned: Int64
    /// Points that the customer paid with; negative on a return, which gives them back.
    public let spent: Int64
    /// The sum, as the till has computed it.
    public let total: Money
    /// The goods.
    public let lines: [Line]

    /// Reads one line of what upstream has stored.
    ///
    /// - Throws: why it is no receipt.
    public init(json: JSONValue) throws(FieldError) {
        let fields = try FieldReader(json)
        key = try fields.receiptKey("key")
        kind = try fields.text("kind", max: ProtocolLimits.idCharacters)
        number = try fields.receiptNumber("number")
        customer = try fields.optionalIDText("customer")
        order = try fields.optionalIDText("order")
        basket = try fields.optionalIDText("basket")
        original = try fields.optionalReceiptKey("original")
        let gateway = try fields.object("gateway")
        marks = try gateway.optionalIDTextArray("marks", limit: ProtocolLimits.jsonObjectMembers) ?? []
        let points = try gateway.optionalObject("points")
        earned = try points?.integer("earned", in: Int64.min...Int64.max) ?? 0
        spent = try points?.integer("spent", in: Int64.min...Int64.max) ?? 0
        total = try fields.money("total")
        lines = try fields.array("lines", limit: ProtocolLimits.receiptLines) { line throws(FieldError) in
            Line(
                sku: try line.text("sku", max: ProtocolLimits.idCharacters),
                name: try line.text("name", min: 0, max: ProtocolLimits.nameCharacters),
                quantity: try line.quantity("quantity"), price: try line.money("price"),
                amount: try line.money("amount"),
                discounts: try line.optionalArray("discounts", limit: ProtocolLimits.lineDiscounts) {
                    discount throws(FieldError) in
                    LineDiscount(
                        origin: try discount.idText("origin"), id: try discount.optionalIDText("id"),
                        amount: try discount.nonNegativeMoney("amount"))
                } ?? [])
        }
    }
}

/// Reads the lines that upstream has stored.
struct UpstreamRecordReader {
    /// Upstream takes batches of this size, so no line is longer.
    private static let lineBytesMaximum = 16_777_216

    private let reader = JSONReader(
        limits: JSONLimits(depth: 64, membersPerObject: 4_096, textBytes: lineBytesMaximum))

    func read(_ line: ArraySlice<UInt8>) -> Result<UpstreamRecord, UnreadableRecord> {
        line.withUnsafeBytes { text in
            do {
                return .success(try UpstreamRecord(json: reader.read(text)))
            } catch let error as FieldError {
                return .failure(UnreadableRecord(reason: "\(error.field) \(error.reason)"))
            } catch {
                return .failure(UnreadableRecord(reason: "\(error)"))
            }
        }
    }
}

/// A line that is no receipt.
struct UnreadableRecord: Error {
    let reason: String
}
