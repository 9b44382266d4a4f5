import Retail

/// What everybody was told of an order: a step, once told, is never another one.
final class OrderModel {
    struct Step: Equatable {
        var state: String
        var device: String
    }

    struct Line: Equatable {
        var sku: String
        /// In whole units.
        var quantity: Int64

        var price: Int64 { sku == "KETTLE" ? 1_000 : 700 }
        var amount: Int64 { quantity * price }
    }

    let source: String
    let order: String
    let store: String
    let isPrepaid: Bool
    let body: String
    /// What the order asks for from a step on.
    private var contents: [(number: Int64, lines: [Line])]
    /// An amendment that was not answered: the step that it makes if it is made, and its lines.
    var amendment: (number: Int64, lines: [Line])?
    /// Nobody in the store takes it.
    var isIgnored = false
    /// The push was answered.
    var isKnown = false
    private(set) var steps: [Int64: Step] = [:]
    /// What a person would think the state is.
    private(set) var last: (number: Int64, state: String, device: String) = (0, "new", "")

    init(source: String, order: String, store: String, isPrepaid: Bool, lines: [Line]) {
        self.source = source
        self.order = order
        self.store = store
        self.isPrepaid = isPrepaid
        contents = [(1, lines)]
        body = #"{"order":"\#(order)","store":"\#(store)","prepaid":\#(isPrepaid),\#(Self.text(of: lines))}"#
    }

    // MARK: What it asks for

    /// The members of a push or an amendment that say what is ordered.
    static func text(of lines: [Line]) -> String {
        let texts = lines.enumerated().map { place, line in
            #"{"line":\#(place + 1),"sku":"\#(line.sku)","name":"\#(line.sku)","quantity":\#(line.quantity),"#
                + #""price":\#(line.price),"amount":\#(line.amount)}"#
        }
        return #""lines":[\#(texts.joined(separator: ","))],"total":\#(lines.reduce(0) { $0 + $1.amount })"#
    }

    func lines(at number: Int64) -> [Line] { contents.last { $0.number <= number }?.lines ?? [] }

    var isAmended: Bool { contents.count > 1 || amendment != nil }

    /// The website was told that its amendment is made.
    func amended(to lines: [Line], at number: Int64) { contents.append((number, lines)) }

    /// What ORDER_GET tells of the goods: the lines are those that were ordered or amended, the total is what they add up
    /// to, and no more is picked than ordered.
    func disagreement(goods answer: JSONText) -> String? {
        let told = answer.objects("lines").map {
            Line(sku: $0.text("sku") ?? "", quantity: $0.integer("quantity") ?? -1)
        }
        let number = answer.integer("number") ?? 0
        var possible = [lines(at: number)]
        if let amendment, amendment.number <= number { possible.append(amendment.lines) }
        guard possible.contains(told) else {
            return "order \(order) at step \(number) asks for \(told); the website has ordered \(possible)"
        }
        let amounts = answer.objects("lines").compactMap { $0.integer("amount") }
        if amounts != told.map(\.amount) || answer.integer("total") != amounts.reduce(0, +) {
            return "order \(order) does not add up: \(answer.text)"
        }
        for pick in answer.objects("picks") {
            let line = Int(pick.integer("line") ?? 0)
            let reported = (pick.integer("picked") ?? -1) + (pick.integer("missing") ?? 0)
            guard told.indices.contains(line - 1), (0...told[line - 1].quantity).contains(reported) else {
                return "order \(order): more is picked than ordered: \(answer.text)"
            }
        }
        return nil
    }

    // MARK: Its steps

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
            let isAmendment = state == before && transition.text("by", "device") == source
            if let before, Self.followers[before]?.contains(state) != true,
                !isAmendment || !Self.amendable.contains(state)
            {
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

    private static let amendable: Set<String> = ["new", "delivered", "accepted", "picking"]

    static let finalStates: Set<String> = ["handed_over", "rejected", "expired", "cancelled"]
}
