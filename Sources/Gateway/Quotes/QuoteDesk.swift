import LineProtocol
import Loyalty
import Retail

/// Answers "what does this basket cost them" from memory. A quote has no effect and can be asked again at every change.
struct QuoteDesk: Sendable {
    let directory: CustomerDirectory
    let programmes: Programmes
    let clock: any WallClock

    /// Writes the answer to QUOTE.
    func answer(_ request: QuoteRequest, for principal: Principal, to writer: ByteWriter) throws(Refusal) {
        let now = clock.now()
        let standing = try standing(of: request.customer)
        let result: Quote
        do {
            result = try quote(
                request.lines, customer: standing, spend: request.spend, programme: programmes.current,
                language: principal.settings.language, at: now)
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
        let identity = QuoteIdentity(
            customer: request.customer,
            lines: zip(request.lines, result.lines).lazy.map { (sku: $0.sku, amount: $1.amount) },
            total: result.total, validUntil: result.validUntil)
        write(result, identity, to: writer)
    }

    private func standing(of customer: CustomerID?) throws(Refusal) -> Standing? {
        guard let customer else { return nil }
        let standing = try directory.read(customer) { facts in
            Standing(turnover: facts.turnover, pointsAvailable: max(0, facts.points))
        }
        guard let standing else {
            var refusal = Refusal(.unknownCustomer, "customer_id names no customer")
            refusal.field = "customer_id"
            throw refusal
        }
        return standing
    }

    private func write(_ quote: Quote, _ identity: QuoteIdentity, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("quote", identity.text)
        writer.name("lines")
        writer.beginArray()
        for (index, line) in quote.lines.enumerated() { write(line, number: index + 1, to: writer) }
        writer.endArray()
        writer.field("subtotal", quote.subtotal)
        writer.field("discount", quote.discount)
        writer.field("total", quote.total)
        writer.name("points")
        writer.beginObject()
        writer.field("available", quote.available)
        writer.field("spendable", quote.spendable)
        writer.field("spent", quote.spent)
        writer.field("earned", quote.earned)
        writer.endObject()
        writer.name("tier_after")
        if let tier = quote.tierAfter { writer.value(tier.name) } else { writer.nullValue() }
        writer.name("messages")
        writer.beginArray()
        for message in quote.messages {
            writer.beginObject()
            writer.field("to", message.audience.rawValue)
            writer.field("text", message.text)
            writer.endObject()
        }
        writer.endArray()
        writer.name("rules")
        writer.beginObject()
        writer.field("id", quote.rules.id)
        writer.field("version", quote.rules.version)
        writer.field("hash", quote.rules.hash)
        writer.endObject()
        writer.field("valid_until", quote.validUntil)
        writer.endObject()
    }

    private func write(_ line: QuotedLine, number: Int, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("line", number)
        writer.field("amount", line.amount)
        writer.name("taken")
        writer.beginArray()
        for taken in line.taken {
            writer.beginObject()
            writer.field("origin", taken.origin.rawValue)
            writer.optionalField("id", taken.id)
            writer.field("amount", taken.amount)
            writer.endObject()
        }
        writer.endArray()
        writer.field("earned", line.earned)
        writer.endObject()
    }
}
