import LineProtocol
import Retail

/// A receipt that a till is to ring up.
public struct PlannedReceipt: Hashable, Sendable {
    /// Where and under which number.
    public let key: ReceiptKey
    /// What.
    public let invoice: Invoice
    /// On a return: the sale that the goods come from, where the files tell.
    public let original: ReceiptKey?

    /// Whether the customer is to pay with points, as far as there are any.
    public var spendsPoints: Bool {
        invoice.kind == .sale && invoice.customer != nil && CustomerHabit(number: invoice.number).spendsPoints
    }

    /// The coupons that are shown.
    public var coupons: [String] {
        invoice.kind == .sale && CustomerHabit(number: invoice.number).showsCoupon ? [CustomerHabit.coupon] : []
    }
}

/// Who rings up what: the invoices of all days, dealt over the tills one after the other, as queues in a shop do. A return
/// whose sale is known goes to the till that made the sale: only there is it certain to come behind it.
public struct ReplayPlan: Sendable {
    /// The store all tills stand in.
    public static let store = "S1"
    /// As many tills as a large store has.
    public static let tillsMaximum = 50
    /// More points than anybody has: a customer who pays with points asks for as many as may be spent.
    static let allPoints: Int64 = 1_000_000_000

    /// The names of the tills.
    public let tills: [String]
    /// Every receipt, in the order of the files.
    public let receipts: [PlannedReceipt]

    /// Deals the days over `tillCount` tills. A day is a shift.
    ///
    /// - Throws: `DoubledInvoice` when a number stands in two files: its receipts could not be told apart.
    public init(days: [RetailDay], tillCount: Int) throws(DoubledInvoice) {
        precondition((1...Self.tillsMaximum).contains(tillCount), "a store has 1 to \(Self.tillsMaximum) tills")
        tills = (1...tillCount).map { $0 < 10 ? "T0\($0)" : "T\($0)" }
        var receipts: [PlannedReceipt] = []
        var files: [String: String] = [:]
        var originals = OriginalFinder()
        for (shift, day) in days.enumerated() {
            for invoice in day.invoices {
                if let other = files.updateValue(day.file, forKey: invoice.number) {
                    throw DoubledInvoice(number: invoice.number, files: [other, day.file])
                }
                let original = invoice.kind == .return ? originals.original(of: invoice) : nil
                let till = original?.till ?? tills[receipts.count % tillCount]
                let key = ReceiptKey(store: Self.store, till: till, shift: shift + 1, number: invoice.number)
                if invoice.kind == .sale { originals.add(invoice, key: key) }
                receipts.append(PlannedReceipt(key: key, invoice: invoice, original: original))
            }
        }
        self.receipts = receipts
    }

    /// What a till rings up, in its order.
    public func receipts(of till: String) -> [PlannedReceipt] {
        receipts.filter { $0.key.till == till }
    }

    /// A till's receipts as the register simulator reads them: one JSON object per line.
    public func script(of till: String) -> [UInt8] {
        let writer = ByteWriter()
        for receipt in receipts(of: till) {
            receipt.write(to: writer)
            writer.append(byte: UInt8(ascii: "\n"))
        }
        return Array(writer.bytes)
    }
}

/// An invoice number that stands in two files.
public struct DoubledInvoice: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number.
    public let number: String
    /// The files.
    public let files: [String]

    /// One sentence for the command line.
    public var description: String { "invoice \(number) stands in \(files.joined(separator: " and in "))" }
}

extension PlannedReceipt {
    fileprivate func write(to writer: ByteWriter) {
        writer.beginObject()
        writer.field("number", invoice.number)
        writer.field("shift", key.shift)
        writer.field("kind", invoice.kind.rawValue)
        writer.field("at", invoice.at)
        writer.optionalField("customer", invoice.customer)
        if spendsPoints { writer.field("spend", ReplayPlan.allPoints) }
        if !coupons.isEmpty { writer.field("coupons", coupons) }
        writer.optionalField("original", original?.text)
        writer.name("lines")
        writer.beginArray()
        for line in invoice.lines {
            writer.beginObject()
            writer.field("sku", line.sku)
            writer.field("name", line.name)
            writer.field("quantity", line.quantity)
            writer.field("price", line.price)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
