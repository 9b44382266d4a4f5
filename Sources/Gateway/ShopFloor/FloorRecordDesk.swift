import Journal
import LineProtocol
import Retail

/// Records what sellers tell: why visits ended without a sale, and notes about customers.
final class FloorRecordDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    private let orders: OrderDesk
    private let clock: any WallClock

    /// - Parameter orders: changes the journal and wakes the relay.
    init(orders: OrderDesk, clock: any WallClock) {
        self.orders = orders
        self.clock = clock
    }

    // MARK: Visits

    /// VISIT: stored, and on its way upstream. The same visit again is answered as before.
    func record(
        _ message: Visit, text: [UInt8], by principal: Principal, completion: @escaping Completion
    ) throws(Refusal) {
        let reasons = principal.settings.visitReasons
        let now = clock.now()
        orders.change(completion) { transaction in
            let store = principal.store
            let app = principal.device
            if let known = try transaction.visit(message.visit, store: store, app: app) {
                guard isSameMessage(known.body, text) else {
                    throw Refusal.conflict("visit", key: "\(app)/\(message.visit)", receivedAt: known.receivedAt)
                }
                return (Visit.Reply(visit: message.visit, receivedAt: known.receivedAt).text, [])
            }
            // After the look for it: what was taken once is answered so, whatever the list has become.
            guard reasons.isEmpty || reasons.contains(where: { $0.id == message.reason }) else {
                throw Refusal.badField("reason", "is not on the store's list")
            }
            let external = try message.customer.flatMap { try Self.external(of: $0, transaction) }
            try transaction.insertVisit(message.visit, store: store, app: app, body: text, at: now)
            try transaction.enqueue(
                type: "visit", id: "\(store)/\(app)/visit/\(message.visit)", stream: "\(store)/\(app)",
                body: Self.event(message, store: store, app: app, customer: external, at: now), at: now)
            return (Visit.Reply(visit: message.visit, receivedAt: now).text, [])
        }
    }

    /// What upstream is told.
    private static func event(
        _ visit: Visit, store: String, app: String, customer external: String?, at now: Instant
    ) -> [UInt8] {
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        writer.field("store", store)
        writer.field("app", app)
        writer.field("received_at", now)
        writer.optionalField("customer", external)
        visit.writeMembers(to: writer)
        writer.endObject()
        return Array(writer.bytes)
    }

    /// The id in the retailer's other systems of a customer who must be known.
    private static func external(of customer: CustomerID, _ transaction: JournalTransaction) throws -> String? {
        guard let survivor = try transaction.survivor(of: customer) else { throw Refusal.unknownCustomer }
        return try transaction.external(of: survivor)
    }

    // MARK: Notes

    /// NOTE_ADD: the same note again is answered as before.
    func add(_ message: NoteAdd, text: [UInt8], by principal: Principal, completion: @escaping Completion) {
        let now = clock.now()
        orders.change(completion) { transaction in
            let store = principal.store
            let app = principal.device
            if let known = try transaction.note(message.note, store: store, app: app) {
                guard isSameMessage(known.body, text) else {
                    throw Refusal.conflict("note", key: "\(app)/\(message.note)", receivedAt: known.receivedAt)
                }
                return (NoteAdd.Reply(note: message.note, receivedAt: known.receivedAt).text, [])
            }
            guard let survivor = try transaction.survivor(of: message.customer) else { throw Refusal.unknownCustomer }
            try transaction.insertNote(
                message.note, store: store, app: app, about: survivor, body: text,
                keeping: ProtocolLimits.customerNotes, at: now)
            return (NoteAdd.Reply(note: message.note, receivedAt: now).text, [])
        }
    }
}
