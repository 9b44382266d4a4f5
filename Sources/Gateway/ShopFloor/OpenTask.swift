import Journal
import LineProtocol
import Retail

/// Something to do in a store, as it follows from where an order or a basket stands. It is kept nowhere.
struct OpenTask: Hashable {
    /// What it is about.
    enum Subject: Hashable {
        case order(OrderKey)
        case basket(BasketKey, till: String)
    }

    /// Where a task stands among the others; the most urgent comes first. It is also the place where a page ends.
    struct Place: Hashable, Comparable {
        /// ``Instant/distantFuture`` when nothing presses.
        var dueAt: Instant
        var kind: TaskKind
        /// The row of the order or the basket.
        var row: Int64

        static func < (left: Place, right: Place) -> Bool {
            (left.dueAt, left.kind.rank, left.row) < (right.dueAt, right.kind.rank, right.row)
        }

        /// As a client gets and returns it.
        var cursor: String { "\(dueAt.millisecondsSinceEpoch).\(kind.rank).\(row)" }

        init(dueAt: Instant, kind: TaskKind, row: Int64) {
            self.dueAt = dueAt
            self.kind = kind
            self.row = row
        }

        init?(cursor: String) {
            let parts = cursor.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let due = Int64(parts[0]), let rank = Int(parts[1]), let row = Int64(parts[2]),
                TaskKind.allCases.indices.contains(rank)
            else { return nil }
            self.init(dueAt: Instant(millisecondsSinceEpoch: due), kind: TaskKind.allCases[rank], row: row)
        }
    }

    var place: Place
    var subject: Subject
    var customer: CustomerID?

    /// An order that waits for somebody.
    ///
    /// - Parameter times: what the store has promised.
    init?(_ order: OrderToDo, _ times: OrderTimes) {
        let promise = OrderPromise(createdAt: order.createdAt, times)
        let due: Instant?
        let kind: TaskKind
        switch order.state {
        case .new, .delivered: (kind, due) = (.orderAccept, promise.acceptBy)
        case .cancelRequested:
            (kind, due) = (.cancelConfirm, order.changedAt.adding(milliseconds: times.acceptMilliseconds))
        case .accepted, .picking:
            (kind, due) = (.orderReady, min(promise.readyBy, order.pickupUntil ?? .distantFuture))
        case .ready: (kind, due) = (.orderCollect, order.pickupUntil)
        case .claimed, .paid, .handedOver, .rejected, .expired, .cancelled: return nil
        }
        place = Place(dueAt: due ?? .distantFuture, kind: kind, row: order.id)
        subject = .order(order.key)
        customer = order.customer
    }

    /// A basket at which nobody has looked: the customer may be at the till already.
    init(_ basket: BasketToDo, accept: Int64) {
        place = Place(dueAt: basket.sentAt.adding(milliseconds: accept), kind: .basketOpen, row: basket.id)
        subject = .basket(basket.key, till: basket.till)
        customer = basket.customer
    }

    /// The task as an app gets it.
    func message(_ texts: FloorTexts) -> StoreTask {
        let kind = place.kind
        let dueAt = place.dueAt == .distantFuture ? nil : place.dueAt
        let task = "\(kind.rawValue)-\(place.row)"
        switch subject {
        case .order(let key):
            return StoreTask(
                task: task, kind: kind, text: texts.task(kind, key.order), dueAt: dueAt, customer: customer, order: key)
        case .basket(let key, let till):
            let reference = BasketReference(app: key.app, basket: key.basket)
            return StoreTask(
                task: task, kind: kind, text: texts.task(kind, till), dueAt: dueAt, customer: customer,
                basket: StoreTask.Basket(reference, till: till))
        }
    }
}

extension TaskKind {
    /// The order of kinds that are due at the same moment.
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension JournalView {
    /// Orders and baskets that one look takes in; a store with more has other worries than their order.
    private static var tasksMaximum: Int { 10_000 }
    /// A ready order that expires within a day is called about.
    private static var collectMilliseconds: Int64 { 86_400_000 }

    /// What is to be done in a store, the most urgent first.
    func openTasks(store: String, times: OrderTimes, at now: Instant) throws -> [OpenTask] {
        let orders = try ordersToDo(
            store: store, collectedBy: now.adding(milliseconds: Self.collectMilliseconds), limit: Self.tasksMaximum)
        let baskets = try basketsToDo(store: store, limit: Self.tasksMaximum)
        let tasks =
            orders.compactMap { OpenTask($0, times) }
            + baskets.map { OpenTask($0, accept: times.acceptMilliseconds) }
        return tasks.sorted { $0.place < $1.place }
    }
}
