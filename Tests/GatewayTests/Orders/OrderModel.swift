import Retail

@testable import Gateway

/// What becomes of one order, worked out a second time from `orders.states.json` and the words of the specification.
struct OrderModel {
    struct Step: Hashable {
        var action: String
        var state: String
        var device: String
    }

    /// How a request must be answered.
    enum Verdict: Hashable {
        /// With the transition of this number.
        case transition(Int)
        case refused(String)
    }

    struct Pick: Hashable {
        var picked: Int
        var missing: Int
    }

    let order: String
    let isPrepaid: Bool
    let createdAt: Instant
    var pickupUntil: Instant?
    private(set) var quantity: Int
    private(set) var state = "new"
    private(set) var holder: String?
    private(set) var steps: [Step]
    private(set) var pick: Pick?
    private(set) var receipts = 0
    /// When the claim of a till that is away ends, and when it is too late to collect.
    private(set) var claimDue: Instant?
    private(set) var expiryDue: Instant?
    private(set) var escalatedAt: Instant?
    private(set) var isAlarmed = false

    init(order: String, isPrepaid: Bool, quantity: Int, pickupUntil: Instant?, at now: Instant) {
        self.order = order
        self.isPrepaid = isPrepaid
        self.quantity = quantity
        self.pickupUntil = pickupUntil
        expiryDue = pickupUntil
        createdAt = now
        steps = [Step(action: "push", state: "new", device: "WEB1")]
    }

    var number: Int { steps.count }
    var isUntaken: Bool { state == "new" || state == "delivered" }
    private var isConsentNeeded: Bool { (pick?.missing ?? 0) > 0 }

    // MARK: Requests

    /// A request that only names the order.
    mutating func ask(_ verb: String, by device: String, role: String) -> Verdict {
        if let row = row(verb, role) {
            if let refusal = hindrance(row, device) { return .refused(refusal) }
            if verb == "ORDER_READY", isConsentNeeded { return .refused("bad_state") }
            make(row.action, row.to, device)
            return .transition(number)
        }
        if state == "claimed", verb == "ORDER_CLAIM", holder != device { return .refused("claimed") }
        return madeBefore(verb, device)
    }

    /// The sale that names the order: whether it pays it.
    mutating func pay(by device: String) -> Bool {
        guard let row = row("SALE", "register"), hindrance(row, device) == nil else { return false }
        make(row.action, row.to, device)
        receipts += 1
        return true
    }

    mutating func report(_ report: Pick, by device: String, role: String) -> Verdict {
        guard let row = row("ORDER_PICK", role) else { return .refused("bad_state") }
        guard report.picked + report.missing <= quantity else { return .refused("bad_field") }
        if report == pick, state == "picking", let last = steps.lastIndex(where: { $0.action == "pick" }) {
            return .transition(last + 1)
        }
        pick = report
        make(row.action, row.to, device)
        return .transition(number)
    }

    mutating func amend(quantity asked: Int, basedOn: Int) -> Verdict {
        if asked == quantity, basedOn < steps.count, steps[basedOn].action == "amend" {
            return .transition(basedOn + 1)
        }
        guard ["new", "delivered", "accepted", "picking"].contains(state) else { return .refused("bad_state") }
        guard basedOn == number else { return .refused("stale") }
        quantity = asked
        if let known = pick { pick = known.picked > 0 ? Pick(picked: min(known.picked, asked), missing: 0) : nil }
        make("amend", state, "WEB1")
        return .transition(number)
    }

    private func row(_ verb: String, _ role: String) -> Specification.Transition? {
        Specification.transitions.first { $0.from == state && $0.verb == verb && $0.roles.contains(role) }
    }

    private func hindrance(_ row: Specification.Transition, _ device: String) -> String? {
        guard let condition = row.condition, condition.hasPrefix("by the claiming till") else { return nil }
        guard holder == device else { return holder == nil ? "bad_state" : "claimed" }
        return condition.contains("prepaid") && !isPrepaid ? "bad_state" : nil
    }

    private func madeBefore(_ verb: String, _ device: String) -> Verdict {
        let actions = Set(Specification.transitions.filter { $0.verb == verb }.map(\.action))
            .filter { $0 != "cancel" || device == "WEB1" }.filter { $0 != "confirm_cancel" || device != "WEB1" }
        guard let last = steps.lastIndex(where: { actions.contains($0.action) }) else { return .refused("bad_state") }
        if ["ORDER_CLAIM", "ORDER_RELEASE", "ORDER_HANDOVER"].contains(verb), steps[last].device != device {
            return .refused("bad_state")
        }
        let isReleased = steps[last...].contains { $0.action == "release" }
        return verb == "ORDER_CLAIM" && isReleased ? .refused("bad_state") : .transition(last + 1)
    }

    private mutating func make(_ action: String, _ next: String, _ device: String) {
        steps.append(Step(action: action, state: next, device: device))
        state = next
        if next == "claimed" { holder = device }
        if next == "ready" { holder = nil }
        if next != "claimed" { claimDue = nil }
    }

    // MARK: Time

    mutating func tillLeft(_ till: String, at now: Instant) {
        if state == "claimed", holder == till, claimDue == nil { claimDue = now.adding(milliseconds: 120_000) }
    }

    mutating func tillCame(_ till: String) {
        if holder == till { claimDue = nil }
    }

    /// The gateway has started, and nobody is connected: whoever has claimed it gets the whole time to come back.
    mutating func gatewayStarted(at now: Instant) {
        if state == "claimed" { claimDue = now.adding(milliseconds: 120_000) }
    }

    /// What was due until now happens, the earliest first; what that makes due waits for the next time.
    mutating func pass(at now: Instant) {
        let escalation = escalatedAt == nil ? createdAt.adding(milliseconds: 180_000) : nil
        let deadlines = [
            (claimDue, "release"), (expiryDue, "expire"), (escalation, "escalate"),
            (escalatedAt?.adding(milliseconds: 120_000), "alarm"),
        ]
        let due = deadlines.compactMap { moment, what in moment.flatMap { $0 <= now ? ($0, what) : nil } }
        for (_, what) in due.sorted(by: { $0.0 < $1.0 }) {
            switch what {
            case "escalate": if isUntaken { escalatedAt = now }
            case "alarm": if isUntaken { isAlarmed = true }
            case "release" where state == "claimed": make("release", "ready", "gateway")
            case "expire" where state == "claimed": expiryDue = now.adding(milliseconds: 120_000)
            case "expire":
                expiryDue = nil
                if isUntaken || ["accepted", "picking", "ready"].contains(state) {
                    make("expire", "expired", "gateway")
                }
            default: break
            }
        }
    }
}
