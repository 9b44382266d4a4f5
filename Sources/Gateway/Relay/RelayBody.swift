import Journal
import LineProtocol
import Retail
import Upstream

/// What upstream receives of a receipt: the till's own members as they came, and the gateway's beside them.
enum RelayBody {
    static func event(_ entry: OutboxEntry) -> UpstreamEvent {
        UpstreamEvent(
            sequence: entry.sequence, stream: entry.stream, id: entry.id, type: entry.type,
            body: entry.receipt.map(receiptBody) ?? entry.body)
    }

    /// `key, kind, store, till, received_at, sequence, customer, gateway{…}` and then every member of the till's text;
    /// those names are reserved, so no member is there twice.
    private static func receiptBody(_ receipt: RelayedReceipt) -> [UInt8] {
        let writer = ByteWriter(capacity: receipt.body.count + receipt.answer.count + 256)
        writer.beginObject()
        writer.field("key", receipt.key.text)
        writer.field("kind", receipt.kind.rawValue)
        writer.field("store", receipt.key.store)
        writer.field("till", receipt.key.till)
        writer.field("received_at", receipt.receivedAt)
        writer.field("sequence", receipt.sequence)
        writer.name("customer")
        if let external = receipt.customerExternal { writer.value(external) } else { writer.nullValue() }
        // The answer says what the receipt did to the points and which disagreements were marked.
        receipt.answer.withUnsafeBytes { writer.field("gateway", raw: $0) }
        receipt.body.withUnsafeBytes { writer.rawMembers(ofObject: $0) }
        writer.endObject()
        return Array(writer.bytes)
    }
}
