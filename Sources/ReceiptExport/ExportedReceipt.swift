import LineProtocol
import Retail

/// A receipt on its way into a file for accounting.
public struct ExportedReceipt: Sendable {
    /// What the gateway says of it.
    public let entry: ListedReceipt
    /// What the till has sent, as far as the protocol names it.
    public let request: ReceiptRequest
    /// What the gateway has answered, as far as accounting asks for it.
    public let reply: ExportedAnswer
    /// The till's message, byte for byte.
    public let text: [UInt8]
    /// The gateway's answer, byte for byte.
    public let answer: [UInt8]

    init(_ fields: FieldReader) throws(FieldError) {
        entry = try ListedReceipt(fields)
        let message = try fields.object("receipt")
        let answered = try fields.object("gateway")
        request = try ReceiptRequest(message, kind: entry.kind)
        reply = ExportedAnswer(answered.object)
        text = Array(message.object.rawBytes)
        answer = Array(answered.object.rawBytes)
    }
}

/// The gateway's answer to a receipt. It may be years old and of an earlier form: what is not in it is not there.
public struct ExportedAnswer: Hashable, Sendable {
    /// The customer, as the gateway knows them.
    public let customer: String?
    /// Points that the receipt earned; below zero when it took them back.
    public let earned: Int64?
    /// Points that it spent; below zero when it gave them back.
    public let spent: Int64?
    /// Disagreements that the gateway has marked.
    public let marks: [String]

    init(_ answer: JSONValue) {
        customer = answer["customer_id"]?.string()
        earned = answer["points"]?["earned"]?.int64()
        spent = answer["points"]?["spent"]?.int64()
        marks = answer["marks"]?.elements.compactMap { $0.string() } ?? []
    }
}

/// A receipt that does not have what a receipt must have: books without it would be wrong, so there are none.
public struct UnreadableReceipt: Error, Hashable, CustomStringConvertible, Sendable {
    /// The receipt's key.
    public let key: String
    /// The field.
    public let field: String
    /// What is wrong with it.
    public let reason: String

    /// One sentence for the command line.
    public var description: String { "the receipt \(key) cannot be read: \(field) \(reason)" }
}

/// A page of receipts as RECEIPT_LIST answers it.
public struct ExportPage: Sendable {
    /// The receipts, in the order in which the gateway received them.
    public let receipts: [ExportedReceipt]
    /// Where the next page begins; nil at the end.
    public let next: String?
    /// Receipts that were received until then may have been removed; nil when none was.
    public let removedUntil: Instant?

    /// Reads pages: a receipt stands some levels deeper in them than in a till's line.
    public static func makeReader() -> JSONReader {
        JSONReader(
            limits: JSONLimits(
                depth: ProtocolLimits.jsonDepth + 8, membersPerObject: ProtocolLimits.jsonObjectMembers,
                textBytes: 16 * ProtocolLimits.lineBytes))
    }

    /// Reads a page.
    ///
    /// - Parameter reader: one of ``makeReader()``.
    /// - Throws: `JSONSyntaxError`, `FieldError`, ``UnreadableReceipt``.
    public init(_ body: [UInt8], _ reader: JSONReader) throws {
        (receipts, next, removedUntil) = try body.withUnsafeBytes { bytes in
            let fields = try FieldReader(reader.read(bytes))
            let receipts = try fields.requiredValue("receipts").elements.map { receipt in
                do {
                    return try ExportedReceipt(FieldReader(receipt))
                } catch let error as FieldError {
                    throw UnreadableReceipt(
                        key: receipt["key"]?.string() ?? "?", field: error.field, reason: error.reason)
                }
            }
            return (
                receipts, try fields.optionalText("next", max: 200), try fields.optionalInstant("removed_until")
            )
        }
    }

    /// Whether receipts of a period that begins on this day may have been removed. A receipt belongs to no later day than
    /// that on which it was received, so it is the beginning of the period that tells.
    public func mayLackReceipts(from day: CalendarDate) -> Bool {
        guard let removedUntil else { return false }
        // No store's day begins earlier than where the clock is 14 hours ahead of UTC.
        return removedUntil >= day.start(secondsFromUTC: 14 * 3_600)
    }
}

extension ExportedReceipt {
    /// Which way the money went: 1 in, -1 out, 0 nowhere.
    var sign: Int64 {
        switch (entry.kind, request.direction) {
        case (.sale, _), (.correction, .sale?): 1
        case (.return, _), (.correction, .return?): -1
        case (.void, _), (.correction, nil): 0
        }
    }

    /// An amount of the receipt with the sign of its direction, minor units.
    func signed(_ amount: Money) -> Int128 { signed(Int128(amount.minorUnits)) }

    /// A sum of such amounts with the sign of their direction. What tills write is bounded amount by amount, not sum by sum:
    /// sums are made where they fit, so that no file has a figure that nobody has written.
    func signed(_ sum: Int128) -> Int128 { Int128(sign) * sum }

    /// An amount as decimal digits of the store's currency.
    func decimal(_ amount: Money) -> String { decimal(Int128(amount.minorUnits)) }

    /// A sum of amounts as decimal digits of the store's currency.
    func decimal(_ sum: Int128) -> String {
        Money.decimalText(sum: sum, fractionDigits: currencyFractionDigits(entry.currency))
    }

    /// The receipt's time on the store's clock, with its distance from UTC: `2026-11-22T12:30:00+03:00`.
    var localTime: String {
        let seconds = entry.secondsFromUTC
        let shown = request.at.adding(milliseconds: Int64(seconds) * 1_000).rfc3339.dropLast()
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = abs(seconds) / 60
        return "\(shown)\(seconds < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
    }

    /// The taxes of the receipt: as the till has added them up, else from its lines; nil when neither says all of it.
    var taxes: ExportedTaxes? {
        if !request.taxes.isEmpty {
            let rates = request.taxes.map { tax in
                ExportedTaxes.Rate(
                    rate: tax.rate, code: tax.code, base: Int128(tax.base.minorUnits),
                    amount: Int128(tax.amount.minorUnits))
            }
            return ExportedTaxes(rates: rates, isStated: true)
        }
        var sums: [BasisPoints: ExportedTaxes.Rate] = [:]
        for line in request.lines {
            guard let tax = line.tax, let amount = tax.amount.map({ Int128($0.minorUnits) }) else { return nil }
            var sum = sums[tax.rate] ?? ExportedTaxes.Rate(rate: tax.rate)
            sum.base += Int128(line.content.amount.minorUnits) - amount
            sum.amount += amount
            sums[tax.rate] = sum
        }
        guard !sums.isEmpty else { return nil }
        return ExportedTaxes(rates: sums.values.sorted { $0.rate < $1.rate }, isStated: false)
    }
}

/// The taxes of a receipt, without the sign of its direction.
struct ExportedTaxes {
    /// The tax of one rate, minor units.
    struct Rate {
        let rate: BasisPoints
        /// The till's own code of it.
        var code: String?
        /// What was charged without the tax.
        var base: Int128 = 0
        /// The tax.
        var amount: Int128 = 0
    }

    let rates: [Rate]
    /// Whether the till has added them up.
    let isStated: Bool

    /// The tax of all rates.
    var amount: Int128 { rates.reduce(0) { $0 + $1.amount } }
}

extension BasisPoints {
    /// The rate in per cent: `20.00`.
    var percentText: String { Money(minorUnits: Int64(value)).decimalText() }
}
