import Retail

/// What everybody was told of an order: a step, once told, is never another one.
final class OrderModel {
    struct Step: Equatable {
        var state: String
        var device: String
    }

    let source: String
    let order: String
    let store: String
    let isPrepaid: Bool
    let body: String
    let pushedAt: Int64
    /// Nobody in the store takes it.
    var isIgnored = false
    /// The push was answered.
    var isKnown = false
    private(set) var steps: [Int64: Step] = [:]
    /// What a person would think the state is.
    private(set) var last: (number: Int64, state: String, device: String) = (0, "new", "")

    init(source: String, order: String, store: String, isPrepaid: Bool, body: String, at now: Int64) {
        self.source = source
        self.order = order
        self.store = store
        self.isPrepaid = isPrepaid
        self.body = body
        pushedAt = now
    }

    /// Takes a transition as an answer, an event or a history tells it; says what is wrong with it.
    func disagreement(_ transition: JSONText) -> String? {
        guard let number = transition.integer("number"), let state = transition.text("state"),
            let device = transition.text("by", "device")
        else { return "order \(order): \(transition.text) is no transition" }
        let step = Step(state: state, device: device)
        if let known = steps[number], known != step {
            return "order \(order): step \(number) is \(step), and was told as \(known)"
        }
        steps[number] = step
        if number > last.number { last = (number, state, device) }
        return nil
    }

    /// A whole history: every step follows from the one before, and is what was told.
    func disagreement(history: [JSONText]) -> String? {
        var before: String?
        for (place, transition) in history.enumerated() {
            guard transition.integer("number") == Int64(place + 1) else {
                return "order \(order): step \(place + 1) is missing in \(history.map(\.text))"
            }
            if let wrong = disagreement(transition) { return wrong }
            let state = transition.text("state") ?? ""
            if let before, Self.followers[before]?.contains(state) != true {
                return "order \(order) went from \(before) to \(state)"
            }
            before = state
        }
        if let last = steps.keys.max(), last > history.count {
            return "order \(order): step \(last) was told, and there are \(history.count)"
        }
        return nil
    }

    /// Which state may follow which (DOMAIN 6).
    private static let followers: [String: Set<String>] = {
        var followers: [String: Set<String>] = [
            "new": ["delivered", "accepted", "rejected"], "delivered": ["accepted", "rejected"],
            "accepted": ["picking", "ready"], "picking": ["picking", "ready"], "ready": ["claimed"],
            "claimed": ["ready", "paid", "handed_over"], "paid": ["handed_over"],
            "cancel_requested": ["cancelled", "paid", "handed_over"],
        ]
        for state in ["new", "delivered", "accepted", "picking"] { followers[state]?.insert("cancelled") }
        for state in ["new", "delivered", "accepted", "picking", "ready"] { followers[state]?.insert("expired") }
        for state in ["ready", "claimed"] { followers[state]?.insert("cancel_requested") }
        return followers
    }()

    static let finalStates: Set<String> = ["handed_over", "rejected", "expired", "cancelled"]
}
