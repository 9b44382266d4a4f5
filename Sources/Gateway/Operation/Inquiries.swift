import Crew
import Journal
import LineProtocol
import Loyalty
import Retail

/// Questions that read much and change nothing: answered on read-only connections, away from the loops and the writer.
final class Inquiries: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    private let journal: Journal
    private let presence: Presence
    let stores: StoreDirectory
    let clock: any WallClock
    /// One after the other: a question that takes long must not take the machine.
    private let queue: any WorkQueue

    init(journal: Journal, presence: Presence, stores: StoreDirectory, clock: any WallClock) {
        self.journal = journal
        self.presence = presence
        self.stores = stores
        self.clock = clock
        queue = journal.crew.queue("inquiries")
    }

    /// How much upstream has not confirmed: of one till, or of all.
    func backlog(of till: DeviceKey?, completion: @escaping Completion) {
        let now = clock.now()
        let answer: @Sendable (JournalView) throws -> [UInt8] = { view in
            let backlog = try view.backlog(stream: till.map { $0.store + "/" + $0.name })
            return BacklogReply(
                unsent: Int(backlog.unsent), oldestAt: backlog.oldestAt, oldestAgeSeconds: backlog.ageSeconds(at: now),
                webhooksWaiting: till == nil ? try view.webhookBacklog() : nil
            ).text
        }
        // A till does not wait behind an audit: its own part is two rows.
        guard till != nil else { return read(completion, answer) }
        completion(Result { try journal.lookUp(answer) }.mapError { Refusal(store: $0) })
    }

    /// The devices, the revoked ones too.
    func devices(completion: @escaping Completion) {
        read(completion) { [presence] view in
            let devices = try view.devices().map { device in
                let key = DeviceKey(store: device.store, name: device.name)
                return DeviceEntry(
                    store: device.store, role: AddableRole(rawValue: device.role.rawValue) ?? .register,
                    device: device.name, state: device.revokedAt == nil ? .active : .revoked,
                    addedAt: device.createdAt, connections: presence.sessions(of: key).count,
                    seenAt: presence.lastSeen(key))
            }
            return DeviceListReply(devices: devices).text
        }
    }

    /// Proves that the books add up.
    func audit(completion: @escaping Completion) {
        let now = clock.now()
        read(completion) { view in
            AuditReply(try view.audit(at: now)).text
        }
    }

    /// How fast orders were dealt with, against what their stores have promised.
    func orderService(_ request: OrderServiceRequest, completion: @escaping Completion) {
        let now = clock.now()
        read(completion) { [stores] view in
            let served = try view.servedOrders(
                store: request.store, from: request.from, until: request.until ?? .distantFuture,
                limit: ProtocolLimits.serviceOrders)
            return OrderServiceReply(served, stores: stores, at: now).text
        }
    }

    /// Why a receipt has the points that it has; in the language of its store unless another is asked for.
    func explain(_ request: ExplainRequest, completion: @escaping Completion) {
        let asked = request.language.flatMap { Language(rawValue: $0.rawValue) }
        let store = stores[request.key.store]
        let calendar = StoreCalendar(timeZone: store.timeZone)
        read(completion) { view in
            try Explanation(of: request.key, calendar: calendar, language: asked ?? store.language, view).answer()
        }
    }

    func read(
        _ completion: @escaping Completion, _ body: @escaping @Sendable (JournalView) throws -> [UInt8]
    ) {
        queue.async { [self] in
            completion(Result { try journal.read(body) }.mapError { Refusal(store: $0) })
        }
    }
}

extension AuditReply {
    init(_ report: AuditReport) {
        self.init(
            checked: [
                "customers": report.customers, "ledger_entries": report.ledgerEntries, "receipts": report.receipts,
                "conflicts": report.conflicts, "orders": report.orders, "unsent": report.unsent,
                "quarantined": report.quarantined, "lots": report.lots, "holds": report.holds,
                "products": report.products, "stock": report.stockLevels, "reservations": report.reservations,
                "points_liability": report.pointsLiability, "points_pending": report.pointsPending,
                "points_debt": report.pointsDebt,
            ],
            findings: report.findings.map { Finding(kind: $0.kind, key: $0.key, message: $0.message) })
    }
}
