/// A basket that a phone has sent to a till: it ends once, in one way, and its phone learns which.
final class BasketModel {
    let store: String
    let app: String
    let basket: String
    let till: String
    let customer: String?
    let quantity: Int64
    /// Its phone took it back itself, and is not told of that by an event.
    var isWithdrawnByApp = false
    /// The till has seen it.
    var isOffered = false
    /// How it ended, as anybody was told: `sold` with the receipt's key, `returned`, `withdrawn`.
    private(set) var end: String?

    init(store: String, app: String, basket: String, till: String, customer: String?, quantity: Int64) {
        self.store = store
        self.app = app
        self.basket = basket
        self.till = till
        self.customer = customer
        self.quantity = quantity
    }

    /// The members of a request that name it.
    var reference: String { #""app":"\#(app)","basket":"\#(basket)""# }

    /// Somebody was told how it has ended; says what is wrong with that.
    func disagreement(end state: String, receipt: String? = nil) -> String? {
        let told = receipt.map { "\(state) \($0)" } ?? state
        if let end, end != told { return "basket \(app)/\(basket) was \(end), and is told as \(told)" }
        end = told
        return nil
    }

    /// Takes a change as a reply or an event tells it.
    func disagreement(_ change: JSONText) -> String? {
        guard let state = change.text("state") else { return "basket \(basket): \(change.text) is no change" }
        guard ["sold", "returned", "withdrawn"].contains(state) else {
            return end == nil || state == "opened" ? nil : "basket \(app)/\(basket) was \(end ?? ""), and is \(state)"
        }
        return disagreement(end: state, receipt: change.text("receipt"))
    }
}
