import Journal
import LineProtocol
import Retail

/// Writes orders and their transitions as JSON.
enum OrderText {
    /// `{source, order, state, number, at, by}`
    static func transition(_ step: StoredTransition, of key: OrderKey) -> [UInt8] {
        let writer = ByteWriter(capacity: 192)
        write(step, of: key, to: writer)
        return Array(writer.bytes)
    }

    static func write(_ step: StoredTransition, of key: OrderKey, to writer: ByteWriter) {
        writer.beginObject()
        writer.field("source", key.source)
        writer.field("order", key.order)
        writer.field("state", step.state.rawValue)
        writer.field("number", step.number)
        writer.field("at", step.at)
        writeActor(of: step, to: writer)
        writer.endObject()
    }

    /// The order as it stands: the gateway's members, then the website's own as they came.
    static func order(_ order: StoredOrder, last: StoredTransition, history: [StoredTransition]? = nil) -> [UInt8] {
        let writer = ByteWriter(capacity: order.body.count + 384)
        write(order, last: last, history: history, to: writer)
        return Array(writer.bytes)
    }

    static func write(
        _ order: StoredOrder, last: StoredTransition, history: [StoredTransition]? = nil, to writer: ByteWriter
    ) {
        writer.beginObject()
        writer.field("source", order.key.source)
        writer.field("state", order.state.rawValue)
        writer.field("number", order.stateNumber)
        writer.field("at", order.changedAt)
        writeActor(of: last, to: writer)
        writer.name("till")
        if let till = order.holder ?? order.offeredTo { writer.value(till) } else { writer.nullValue() }
        writer.field("created_at", order.createdAt)
        order.body.withUnsafeBytes { writer.rawMembers(ofObject: $0) }
        if let history {
            writer.name("history")
            writer.beginArray()
            for step in history { write(step, of: order.key, to: writer) }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func writeActor(of step: StoredTransition, to writer: ByteWriter) {
        writer.name("by")
        writer.beginObject()
        writer.field("role", step.role.rawValue)
        writer.field("device", step.device)
        writer.optionalField("person", step.person)
        writer.endObject()
    }
}

extension ByteWriter {
    /// Writes the members of an object that stands as text, without its braces, exactly as they came.
    func rawMembers(ofObject text: UnsafeRawBufferPointer) {
        guard let open = text.firstIndex(of: UInt8(ascii: "{")), let close = text.lastIndex(of: UInt8(ascii: "}")) else {
            return
        }
        let members = UnsafeRawBufferPointer(rebasing: text[(open + 1)..<close])
        let isBlank = members.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        if !isBlank { rawValue(members) }
    }
}
