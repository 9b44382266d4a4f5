import LineProtocol
import Loyalty
import Retail

/// What the rules were told when they judged a sale, kept with the receipt: with the programme of that day, whose document
/// the journal keeps too, every step can be worked out again at any later time.
struct Judgement: Equatable {
    /// The hash of the programme's document.
    var programme: String
    var context: QuoteContext
    /// What the catalogue added to the lines then, by their place; it may say something else today.
    var added: [Int: ProductFacts] = [:]

    /// One JSON object.
    var encoded: [UInt8] {
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        writer.field("programme", programme)
        writer.field("at", context.at)
        writer.field("utc_offset", context.secondsFromUTC)
        writer.field("channel", context.channel.rawValue)
        if !context.coupons.isEmpty { writer.field("coupons", context.coupons) }
        if !context.promotionTotals.isEmpty { writer.field("promotion_totals", counts: context.promotionTotals) }
        if let shopper = context.shopper { write(shopper, to: writer) }
        if !added.isEmpty { writeAdded(to: writer) }
        writer.endObject()
        return Array(writer.bytes)
    }

    private func write(_ shopper: Shopper, to writer: ByteWriter) {
        writer.name("customer")
        writer.beginObject()
        writer.field("turnover", shopper.standing.turnover)
        writer.field("available", shopper.standing.pointsAvailable)
        writer.field("purchases", shopper.purchases)
        writer.optionalField("external", shopper.external)
        writer.optionalField("segment", shopper.segment)
        writer.optionalField("birthday", shopper.birthday?.iso)
        if !shopper.promotionUses.isEmpty { writer.field("promotion_uses", counts: shopper.promotionUses) }
        writer.endObject()
    }

    private func writeAdded(to writer: ByteWriter) {
        writer.name("products")
        writer.beginArray()
        for (place, facts) in added.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.field("line", place + 1)
            writer.optionalField("category", facts.category)
            writer.optionalField("brand", facts.brand)
            if !facts.tags.isEmpty { writer.field("tags", facts.tags) }
            writer.optionalField("min_price", facts.minimumPrice)
            writer.endObject()
        }
        writer.endArray()
    }

    init(programme: String, context: QuoteContext, added: [Int: ProductFacts] = [:]) {
        self.programme = programme
        self.context = context
        self.added = added
    }

    /// Reads what ``encoded`` wrote.
    ///
    /// - Parameter store: the store of the receipt.
    init(_ bytes: [UInt8], store: String) throws {
        self = try bytes.withUnsafeBytes { text in
            try withJSON(text) { value in
                let fields = try FieldReader(value)
                let customer = try fields.optionalObject("customer")
                return Judgement(
                    programme: try fields.idText("programme"),
                    context: QuoteContext(
                        store: store, channel: try fields.choice("channel"), at: try fields.instant("at"),
                        secondsFromUTC: Int(try fields.integer("utc_offset", in: -86_400...86_400)),
                        shopper: try customer.map { try Shopper($0) },
                        coupons: try fields.optionalIDTextArray("coupons", limit: ProtocolLimits.coupons) ?? [],
                        promotionTotals: try fields.counts("promotion_totals")),
                    added: try fields.addedFacts("products"))
            }
        }
    }
}

extension Shopper {
    fileprivate init(_ fields: FieldReader) throws(FieldError) {
        let standing = Standing(
            turnover: try fields.money("turnover"),
            pointsAvailable: try fields.integer("available", in: 0...Int64.max))
        self.init(
            standing: standing, external: try fields.optionalIDText("external"),
            segment: try fields.optionalIDText("segment"), birthday: try fields.optionalDate("birthday"),
            purchases: try fields.integer("purchases", in: 0...Int64.max),
            promotionUses: try fields.counts("promotion_uses"))
    }
}

extension ByteWriter {
    /// Writes numbers by promotion, as pairs: an id may be what a member's name may not.
    fileprivate func field(_ name: StaticString, counts: [String: Int64]) {
        self.name(name)
        beginArray()
        for (promotion, count) in counts.sorted(by: { $0.key < $1.key }) {
            beginObject()
            field("id", promotion)
            field("count", count)
            endObject()
        }
        endArray()
    }
}

extension FieldReader {
    fileprivate func addedFacts(_ name: StaticString) throws(FieldError) -> [Int: ProductFacts] {
        let lines = try optionalArray(name, limit: ProtocolLimits.receiptLines) { line throws(FieldError) in
            (
                Int(try line.integer("line", in: 1...Int64(ProtocolLimits.receiptLines))) - 1,
                ProductFacts(
                    category: try line.optionalNameText("category"), brand: try line.optionalNameText("brand"),
                    tags: try line.optionalIDTextArray("tags", limit: ProtocolLimits.lineTags) ?? [],
                    minimumPrice: try line.optionalNonNegativeMoney("min_price"))
            )
        }
        return Dictionary(lines ?? [], uniquingKeysWith: { first, _ in first })
    }

    fileprivate func counts(_ name: StaticString) throws(FieldError) -> [String: Int64] {
        guard value(name) != nil else { return [:] }
        let pairs = try array(name, limit: Int.max) { pair throws(FieldError) in
            (
                try pair.text("id", min: 1, max: ProtocolLimits.nameCharacters),
                try pair.integer("count", in: 0...Int64.max)
            )
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
