import Journal
import LineProtocol
import Retail

extension OrderService {
    /// How an order stands against its store's promises at a moment.
    init(_ milestones: OrderMilestones, state: OrderState, _ promise: OrderPromise, at now: Instant) {
        let missed = OrderPromise.missed(promise, milestones, state: state, at: now)
        self.init(
            acceptBy: promise.acceptBy, readyBy: promise.readyBy, deliveredAt: milestones.deliveredAt,
            acceptedAt: milestones.acceptedAt, readyAt: milestones.readyAt, handedOverAt: milestones.handedOverAt,
            isLate: missed != nil)
    }
}

extension OrderPromise {
    /// When the first promise that was broken was due; nil when all are kept. An order that has ended before a promise
    /// came due has broken none.
    static func missed(
        _ promise: OrderPromise, _ milestones: OrderMilestones, state: OrderState, at now: Instant
    ) -> Instant? {
        func isMissed(_ due: Instant, _ happened: Instant?) -> Bool {
            if let happened { return happened > due }
            return !state.isFinal && now > due
        }
        if isMissed(promise.acceptBy, milestones.acceptedAt) { return promise.acceptBy }
        return isMissed(promise.readyBy, milestones.readyAt) ? promise.readyBy : nil
    }
}

extension OrderServiceReply {
    /// Statistics over orders of a period.
    init(_ served: [ServedOrder], stores: StoreDirectory, at now: Instant) {
        var (delivered, accepted, ready, handedOver): ([Int64], [Int64], [Int64], [Int64]) = ([], [], [], [])
        var (acceptedInTime, readyInTime) = (0, 0)
        var late: [Late] = []
        for order in served {
            let times = order.milestones
            let promise = OrderPromise(createdAt: times.createdAt, stores[order.store].orderTimes)
            func passed(_ end: Instant?, since start: Instant = times.createdAt) -> Int64? {
                end.map { max(0, $0.millisecondsSinceEpoch - start.millisecondsSinceEpoch) }
            }
            if let took = passed(times.deliveredAt) { delivered.append(took) }
            if let took = passed(times.acceptedAt) { accepted.append(took) }
            if let took = passed(times.readyAt) { ready.append(took) }
            if let readyAt = times.readyAt, let took = passed(times.handedOverAt, since: readyAt) {
                handedOver.append(took)
            }
            if let at = times.acceptedAt, at <= promise.acceptBy { acceptedInTime += 1 }
            if let at = times.readyAt, at <= promise.readyBy { readyInTime += 1 }
            // Only what can still be done something about is listed.
            let waits = order.state.waits(for: .ready)
            if waits, late.count < ProtocolLimits.orderListPage,
                let due = OrderPromise.missed(promise, times, state: order.state, at: now)
            {
                late.append(
                    Late(
                        key: order.key, store: order.store, state: order.state, createdAt: times.createdAt, dueAt: due))
            }
        }
        self.init(
            orders: served.count, delivered: Leg(delivered), accepted: Leg(accepted), ready: Leg(ready),
            handedOver: Leg(handedOver), acceptedInTime: acceptedInTime, readyInTime: readyInTime, late: late)
    }
}
