import Journal
import LineProtocol
import Retail

extension JournalTransaction {
    /// Moves a basket on and tells those whom it concerns.
    ///
    /// - Parameter devices: who gets `basket.changed`; the one that makes the change learns it from the reply.
    func move(
        _ basket: inout StoredBasket, to state: BasketState, at now: Instant, tell devices: [String]
    ) throws -> [OrderEvent] {
        basket.state = state
        basket.changedAt = now
        try update(basket)
        let text = basket.change.text
        return try devices.map { device in
            try post(.basketChanged, text, to: DeviceKey(store: basket.key.store, name: device), at: now)
        }
    }

    /// Puts an event into a device's mailbox.
    func post(
        _ name: EventName, _ body: [UInt8], to device: DeviceKey, at now: Instant
    ) throws -> OrderEvent {
        let event = try post("\(name.name)", body: body, store: device.store, device: device.name, at: now)
        return OrderEvent(device: device, event: event)
    }
}

extension StoredBasket {
    /// What the last change has made of it.
    var change: BasketChange {
        BasketChange(
            BasketReference(app: key.app, basket: key.basket), till: till, state: state, at: changedAt, reason: reason,
            receipt: receipt)
    }

    /// The whole basket, as the till gets it.
    func details() throws -> BasketDetails {
        let message = try sent.withUnsafeBytes { text in
            try withJSON(text) { try BasketSend(FieldReader($0)) }
        }
        return BasketDetails(message, from: key.app, state: state, at: sentAt)
    }
}

extension ReceiptRecording {
    /// The basket that the sale was made of is sold with it, if this till has it. It may come from `sent`: a till that was
    /// cut off sells what it has on its screen.
    func sellBasket(
        _ transaction: JournalTransaction, _ marks: inout Set<ReceiptMark>
    ) throws -> [OrderEvent] {
        guard let key = receipt.basket else { return [] }
        guard var basket = try transaction.basket(key) else {
            marks.insert(.basketUnknown)
            return []
        }
        let isSoldAgain = basket.state == .sold && transaction.planted.contains(.basketSoldTwice)
        guard basket.till == receipt.key.till, basket.state.isOpen || isSoldAgain else {
            // The money has changed hands: the receipt stands, and a person looks at the basket.
            marks.insert(.basketState)
            return []
        }
        basket.receipt = receipt.key
        return try transaction.move(&basket, to: .sold, at: receivedAt, tell: [basket.key.app])
    }
}

/// Whether a message came before: the same JSON, whatever its white space and the order of its members.
func isSameMessage(_ known: [UInt8], _ message: [UInt8]) -> Bool {
    known == message
        || known.withUnsafeBytes { left in message.withUnsafeBytes { jsonContentsEqual(left, $0) } }
}

extension Refusal {
    /// Something else is stored under an app's own id.
    static func conflict(_ what: String, key: String, receivedAt: Instant) -> Refusal {
        var refusal = Refusal(.conflict, "another \(what) is stored under this id; nothing was changed")
        refusal.key = key
        refusal.receivedAt = receivedAt
        return refusal
    }
}
