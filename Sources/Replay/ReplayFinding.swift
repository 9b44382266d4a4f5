/// Something in which upstream and the files disagree.
public enum ReplayFinding: Hashable, Sendable, CustomStringConvertible {
    /// Rung up and never received.
    case lost(number: String, till: String)
    /// Received more than once.
    case doubled(key: String)
    /// Received and in no file.
    case unexpected(key: String)
    /// Received with other content.
    case differs(key: String, field: String, expected: String, found: String)
    /// Something was taken off a line that nobody was to take off.
    case discount(key: String, line: Int, origin: String)
    /// Received behind a later receipt of the same till.
    case outOfOrder(key: String)
    /// A line of upstream's that is no receipt.
    case unreadable(line: Int, reason: String)
    /// A pick-up order whose sale never came.
    case orderLost(order: String)
    /// A basket from the shop floor whose sale never came.
    case basketLost(basket: String)
    /// The points that the gateway's books hold are not those that receipts and welcomes brought.
    case points(expected: Int64, found: Int64)

    /// One sentence.
    public var description: String {
        switch self {
        case .lost(let number, let till): "receipt \(number) of till \(till) is lost"
        case .doubled(let key): "receipt \(key) came twice"
        case .unexpected(let key): "receipt \(key) is in no file"
        case .differs(let key, let field, let expected, let found):
            "receipt \(key): \(field) is \(found) where the file has \(expected)"
        case .discount(let key, let line, let origin):
            "receipt \(key): line \(line) has a discount of origin \(origin), which nobody was to give"
        case .outOfOrder(let key): "receipt \(key) came behind a later one of its till"
        case .unreadable(let line, let reason): "line \(line) of upstream: \(reason)"
        case .orderLost(let order): "the sale of order \(order) is lost"
        case .basketLost(let basket): "the sale of basket \(basket) is lost"
        case .points(let expected, let found):
            "the books hold \(found) points, debts taken off, where welcomes and receipts brought \(expected)"
        }
    }
}
