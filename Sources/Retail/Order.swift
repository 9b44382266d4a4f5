/// What a pick-up order is known by: who sent it and the sender's own number of it.
public struct OrderKey: Hashable, Sendable {
    /// The website's device name.
    public let source: String
    /// The website's identifier of the order.
    public let order: String

    /// The order `order` of the website `source`.
    public init(source: String, order: String) {
        self.source = source
        self.order = order
    }
}

/// Where a pick-up order stands. States only advance; a release of a claim is the one step back.
public enum OrderState: String, CaseIterable, Sendable {
    /// Received from the website.
    case new
    /// A till's software has it.
    case delivered
    /// A person took it.
    case accepted
    /// The goods are being collected.
    case picking
    /// The goods wait for the customer.
    case ready
    /// The customer is at a till.
    case claimed
    /// Paid at the till.
    case paid
    /// The customer has the goods.
    case handedOver = "handed_over"
    /// The store refused it.
    case rejected
    /// Not collected in time.
    case expired
    /// The website wants it back, but the store has to agree.
    case cancelRequested = "cancel_requested"
    /// Called off.
    case cancelled

    /// Whether nothing can follow any more.
    public var isFinal: Bool {
        switch self {
        case .handedOver, .rejected, .expired, .cancelled: true
        case .new, .delivered, .accepted, .picking, .ready, .claimed, .paid, .cancelRequested: false
        }
    }

    /// Whether somebody still has to do something.
    public var isOpen: Bool { !isFinal }
}

/// What can be done with a pick-up order.
public enum OrderAction: String, CaseIterable, Sendable {
    /// A till's software confirms that it has the order.
    case acknowledge
    /// A person takes it.
    case accept
    /// The store refuses it.
    case reject
    /// Collecting the goods begins.
    case pick
    /// The goods are collected.
    case markReady = "mark_ready"
    /// A till takes it because the customer has come.
    case claim
    /// The till gives the claim back.
    case release
    /// A receipt pays it.
    case pay
    /// The customer takes the goods.
    case handOver = "hand_over"
    /// The website calls it off.
    case cancel
    /// The store agrees to a requested cancellation.
    case confirmCancel = "confirm_cancel"
    /// The time for collecting it is over.
    case expire
}

/// What a connected device is.
public enum DeviceRole: String, CaseIterable, Sendable {
    /// A till.
    case register
    /// The seller's phone.
    case app
    /// The web shop's back end.
    case website
    /// Shop or head-office IT; also the gateway itself when one of its deadlines has passed.
    case `operator` = "operator"
}

/// What the life cycle needs to know of an order.
public struct OrderSituation: Hashable, Sendable {
    /// Where it stands.
    public var state: OrderState
    /// The till that has claimed it.
    public var holder: String?
    /// Whether the customer has paid the website already.
    public var prepaid: Bool

    /// An order's situation.
    public init(state: OrderState, holder: String? = nil, prepaid: Bool = false) {
        self.state = state
        self.holder = holder
        self.prepaid = prepaid
    }
}

/// Why a transition is not made.
public enum OrderRefusal: Error, Hashable, Sendable {
    /// It cannot be done in this state.
    case badState(OrderState)
    /// This till has claimed the order.
    case claimedBy(String)
    /// The device's role may not do it.
    case roleMayNot
}
