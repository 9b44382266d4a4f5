import Journal
import LineProtocol
import Retail

/// Putting an order together, and what the website makes of what is missing.
extension OrderDesk {
    /// ORDER_PICK: each line tells the whole of it so far, so that the same report again changes nothing and is answered as
    /// before.
    func pick(_ message: OrderPick, by actor: Actor, completion: @escaping Completion) {
        let key = OrderKey(source: message.source, order: message.order)
        let now = clock.now()
        change(completion) { [self] transaction in
            guard var order = try transaction.order(key), order.store == actor.store else {
                throw Refusal(.notFound, "no such order")
            }
            let next: OrderState
            do throws(OrderRefusal) {
                next = try nextState(of: order, .pick, by: actor)
            } catch {
                throw Refusal(error)
            }
            let content = try Self.content(of: order)
            let before = try transaction.picks(of: order.id)
            let after = try OrderProgress(before).adding(
                message.lines, to: content, isBounded: !transaction.planted.contains(.pickedBeyondOrder))
            let openLines = after.openLines(of: content)
            if after.text == before, order.state == .picking,
                let made = try transaction.transitions(of: order.id).last(where: {
                    $0.action == OrderAction.pick.rawValue
                })
            {
                return (OrderPickReply(TransitionReply(made, of: key), openLines: openLines).text, [])
            }
            try requireRoom(in: order)
            try transaction.setPicks(after.text, of: order.id)
            try awaitConsent(of: order, needed: after.needsConsent, at: now, transaction)
            let (step, events) = try advance(&order, .pick, to: next, by: actor, at: now, transaction)
            return (OrderPickReply(TransitionReply(step, of: key), openLines: openLines).text, events)
        }
    }

    /// ORDER_AMEND: replaces the content of an order that is not ready yet. What was picked of a line stays picked; what
    /// was missing or substituted has been decided.
    func amend(_ message: OrderAmend, by actor: Actor, completion: @escaping Completion) {
        let key = OrderKey(source: actor.device, order: message.order)
        let now = clock.now()
        change(completion) { [self] transaction in
            guard var order = try transaction.order(key), order.sourceStore == actor.store else {
                throw Refusal(.notFound, "no such order")
            }
            let known = try Self.content(of: order)
            let content = message.applied(to: known)
            if let made = try amendedBefore(message, content == known, order, transaction) {
                return (OrderText.transition(made, of: key), [])
            }
            guard [.new, .delivered, .accepted, .picking].contains(order.state) else {
                throw Refusal(OrderRefusal.badState(order.state))
            }
            if !transaction.planted.contains(.amendmentOverlooksVersion) {
                try requireBase(Int(message.basedOn), of: order)
            }
            try requireRoom(in: order)
            order.isPrepaid = content.isPrepaid
            order.pickupUntil = content.pickupUntil
            order.body = content.text
            try transaction.replaceContent(of: order)
            try transaction.noteCustomer(of: order)
            try StockKeeping.reserve(content.lines, for: order, at: now, transaction)
            let progress = try OrderProgress(try transaction.picks(of: order.id)).amended(from: known, to: content)
            try transaction.setPicks(progress.text, of: order.id)
            try awaitConsent(of: order, needed: false, at: now, transaction)
            if let until = order.pickupUntil { try transaction.setOrderTimer(.expire, of: order.id, due: until) }
            let before = order
            let step = try transaction.advance(
                &order, by: Self.amendAction, to: order.state, role: actor.role, device: actor.device,
                person: actor.person, at: now)
            try enqueue(step, of: order, transaction)
            return (
                OrderText.transition(step, of: key),
                try routing.announce(step, of: order, before: before, at: now, transaction)
            )
        }
    }

    /// Goods that the website did not agree to are not handed to its customer.
    func requireConsent(to order: StoredOrder, _ transaction: JournalTransaction) throws {
        guard try OrderProgress(try transaction.picks(of: order.id)).needsConsent else { return }
        var refusal = Refusal(.badState, "the website has not consented yet to what is missing or offered instead")
        refusal.state = order.state.rawValue
        throw refusal
    }

    private static let amendAction = "amend"

    /// The step that the same amendment made when it came before.
    private func amendedBefore(
        _ message: OrderAmend, _ isSame: Bool, _ order: StoredOrder, _ transaction: JournalTransaction
    ) throws -> StoredTransition? {
        guard isSame else { return nil }
        return try transaction.transitions(of: order.id).last {
            $0.action == Self.amendAction && Int64($0.number) - 1 == message.basedOn
        }
    }

    /// The website's message as it stands now.
    static func content(of order: StoredOrder) throws -> OrderPush {
        try order.body.withUnsafeBytes { text in
            try withJSON(text) { try OrderPush(FieldReader($0)) }
        }
    }
}

/// How far an order has been put together, line by line.
struct OrderProgress {
    private var lines: [Int: OrderPickedLine] = [:]

    /// Reads what ``text`` wrote; nothing when there is none.
    init(_ text: [UInt8]?) throws {
        guard let text else { return }
        let known = try text.withUnsafeBytes { bytes in
            try withJSON(bytes) { value in
                try FieldReader(value).array("picks", limit: ProtocolLimits.orderLines) { line throws(FieldError) in
                    try OrderPickedLine(line)
                }
            }
        }
        for line in known { lines[line.line] = line }
    }

    /// One JSON object with the lines in their order; nil when nothing was reported.
    var text: [UInt8]? {
        guard !lines.isEmpty else { return nil }
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        writer.field("picks", lines.values.sorted { $0.line < $1.line })
        writer.endObject()
        return Array(writer.bytes)
    }

    /// The progress after a report.
    ///
    /// - Parameter isBounded: more than the order asks for is refused.
    /// - Throws: a ``Refusal`` with the field for a line that the order does not have, or more than it asks for.
    func adding(
        _ report: [OrderPickedLine], to order: OrderPush, isBounded: Bool = true
    ) throws -> OrderProgress {
        var progress = self
        for (index, line) in report.enumerated() {
            guard let asked = order.lines.first(where: { $0.line == line.line }) else {
                throw Refusal.badField("lines[\(index)].line", "the order has no such line")
            }
            let reported = line.picked.thousandths + line.missing.thousandths
            guard reported <= asked.quantity.thousandths || !isBounded else {
                throw Refusal.badField("lines[\(index)].picked", "more than the order asks for")
            }
            progress.lines[line.line] = line
        }
        return progress
    }

    /// The progress after the website has changed the order. What was picked is kept for a line that is about the same
    /// product as before: numbers may have moved.
    func amended(from before: OrderPush, to order: OrderPush) -> OrderProgress {
        let products = Dictionary(
            before.lines.compactMap { line in line.line.map { ($0, line.sku) } },
            uniquingKeysWith: { first, _ in first })
        var progress = self
        progress.lines = [:]
        for asked in order.lines {
            guard let number = asked.line, products[number] == asked.sku, let known = lines[number],
                known.picked > .zero
            else { continue }
            progress.lines[number] = OrderPickedLine(line: number, picked: min(known.picked, asked.quantity))
        }
        return progress
    }

    /// Whether something is missing or offered instead that the website has not decided about.
    var needsConsent: Bool {
        lines.values.contains { $0.missing > .zero || $0.substitute != nil }
    }

    /// Lines that are neither wholly picked nor reported missing.
    func openLines(of order: OrderPush) -> Int {
        order.lines.count { asked in
            guard let number = asked.line, let known = lines[number] else { return true }
            return known.picked.thousandths + known.missing.thousandths < asked.quantity.thousandths
        }
    }
}
