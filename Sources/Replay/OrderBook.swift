import LineProtocol

/// What upstream has been told of pick-up orders and customers, beside the receipts.
public struct OrderBook: Hashable, Sendable {
    /// Orders that the customers have.
    public private(set) var handedOver: Set<String> = []
    /// Orders that the store could not do.
    public private(set) var rejected: Set<String> = []
    /// Orders that the customers took back.
    public private(set) var cancelled: Set<String> = []
    /// Orders that have come to their end.
    public var ended: Set<String> { handedOver.union(rejected).union(cancelled) }
    /// Orders that were paid at a till.
    public private(set) var paid: Set<String> = []
    /// Customers that were enrolled.
    public private(set) var enrolled = 0

    private static let lineBytesMaximum = 16_777_216

    /// Reads `{"id","type","body"}` lines, as the upstream simulator stores them: an order's
    /// state is `{"store","transition":{"order","state",…}}`. A torn last line counts as not there.
    public init(events: some Collection<UInt8>) {
        let reader = JSONReader(
            limits: JSONLimits(depth: 64, membersPerObject: 4_096, textBytes: Self.lineBytesMaximum))
        for line in Array(events).split(separator: UInt8(ascii: "\n")) {
            line.withUnsafeBytes { text in
                guard let event = try? reader.read(text), let type = event["type"]?.string() else { return }
                if type == "customer.enrolled" { enrolled += 1 }
                guard type == "order.state", let change = event["body"]?["transition"],
                    let order = change["order"]?.string()
                else { return }
                switch change["state"]?.string() {
                case "handed_over": handedOver.insert(order)
                case "rejected": rejected.insert(order)
                case "cancelled": cancelled.insert(order)
                case "paid": paid.insert(order)
                default: break
                }
            }
        }
    }
}
