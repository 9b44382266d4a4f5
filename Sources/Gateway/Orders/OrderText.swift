import Journal
import LineProtocol
import Retail

/// Writes orders and their transitions as JSON.
enum OrderText {
    /// The reply to the request that made a step, which is also what others are told of it.
    static func transition(_ step: StoredTransition, of key: OrderKey) -> [UInt8] {
        TransitionReply(step, of: key).text
    }

    /// An offer that was taken back.
    static func withdrawal(of key: OrderKey, reason: String) -> [UInt8] {
        OrderWithdrawn(key: key, reason: reason).text
    }

    /// The order as it stands: the gateway's members, then the website's own as they were stored.
    ///
    /// - Parameters:
    ///   - picks: how far it has been put together, as an object with the member `picks`.
    ///   - service: how it stands against its store's promises.
    static func order(
        _ order: StoredOrder, last: StoredTransition, history: [StoredTransition]? = nil, picks: [UInt8]? = nil,
        service: OrderService? = nil
    ) -> [UInt8] {
        let writer = ByteWriter(capacity: order.body.count + 384)
        write(order, last: last, history: history, picks: picks, service: service, to: writer)
        return Array(writer.bytes)
    }

    static func write(
        _ order: StoredOrder, last: StoredTransition, history: [StoredTransition]? = nil, picks: [UInt8]? = nil,
        service: OrderService? = nil, to writer: ByteWriter
    ) {
        writer.beginObject()
        writer.field("source", order.key.source)
        writer.field("state", order.state.rawValue)
        writer.field("number", order.stateNumber)
        writer.field("at", order.changedAt)
        writer.field("by", TransitionActor(last))
        writer.nullableField("till", order.holder ?? order.offeredTo)
        writer.field("created_at", order.createdAt)
        order.body.withUnsafeBytes { writer.rawMembers(ofObject: $0) }
        picks?.withUnsafeBytes { writer.rawMembers(ofObject: $0) }
        writer.optionalField("service", service)
        if let history { writer.field("history", history.map { TransitionReply($0, of: order.key) }) }
        writer.endObject()
    }
}

extension TransitionReply {
    init(_ step: StoredTransition, of key: OrderKey) {
        self.init(
            key: key, state: step.state, number: Int64(step.number), at: step.at, by: TransitionActor(step),
            reason: step.reason)
    }
}

extension TransitionActor {
    init(_ step: StoredTransition) {
        self.init(
            role: step.role == .operator && step.device == Actor.gateway ? .gateway : Role(step.role),
            device: step.device, person: step.person)
    }
}

extension ByteWriter {
    /// Writes the members of an object that stands as text, without its braces, exactly as they came.
    func rawMembers(ofObject text: UnsafeRawBufferPointer) {
        guard let open = text.firstIndex(of: UInt8(ascii: "{")), let close = text.lastIndex(of: UInt8(ascii: "}"))
        else {
            return
        }
        let members = UnsafeRawBufferPointer(rebasing: text[(open + 1)..<close])
        let isBlank = members.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
        if !isBlank { rawValue(members) }
    }
}
