/// One row of the life cycle: in this state, this action by these roles leads to that state.
public struct OrderTransitionRule: Hashable, Sendable {
    /// What else must hold for a row to apply.
    public enum Condition: String, Sendable {
        /// Nothing else.
        case always
        /// The device is the till that has claimed the order.
        case claimingTill = "claiming_till"
        /// The device is the till that has claimed the order, and the order was paid in advance.
        case claimingTillAndPrepaid = "claiming_till_and_prepaid"
    }

    /// The state before.
    public let from: OrderState
    /// What is done.
    public let action: OrderAction
    /// Who may do it.
    public let roles: [DeviceRole]
    /// What else must hold.
    public let condition: Condition
    /// The state after.
    public let to: OrderState

    private init(
        _ from: OrderState, _ action: OrderAction, by roles: [DeviceRole], _ to: OrderState,
        if condition: Condition = .always
    ) {
        self.from = from
        self.action = action
        self.roles = roles
        self.condition = condition
        self.to = to
    }

    private static let staff: [DeviceRole] = [.register, .app]

    /// The whole life cycle; what is not in this table is refused.
    ///
    /// A cancellation takes effect at once until the goods are ready; from then on the store has to agree, because the
    /// customer may be standing at the till. The till that has claimed it may go on and finish: when the money has changed
    /// hands, the request has come too late. A claim that its till has left behind is released by the gateway itself.
    public static let all: [OrderTransitionRule] = [
        OrderTransitionRule(.new, .acknowledge, by: [.register], .delivered),
        OrderTransitionRule(.new, .accept, by: staff, .accepted),
        OrderTransitionRule(.new, .reject, by: staff, .rejected),
        OrderTransitionRule(.new, .cancel, by: [.website], .cancelled),
        OrderTransitionRule(.new, .expire, by: [.operator], .expired),

        OrderTransitionRule(.delivered, .accept, by: staff, .accepted),
        OrderTransitionRule(.delivered, .reject, by: staff, .rejected),
        OrderTransitionRule(.delivered, .cancel, by: [.website], .cancelled),
        OrderTransitionRule(.delivered, .expire, by: [.operator], .expired),

        OrderTransitionRule(.accepted, .pick, by: staff, .picking),
        OrderTransitionRule(.accepted, .markReady, by: staff, .ready),
        OrderTransitionRule(.accepted, .cancel, by: [.website], .cancelled),
        OrderTransitionRule(.accepted, .expire, by: [.operator], .expired),

        OrderTransitionRule(.picking, .pick, by: staff, .picking),
        OrderTransitionRule(.picking, .markReady, by: staff, .ready),
        OrderTransitionRule(.picking, .cancel, by: [.website], .cancelled),
        OrderTransitionRule(.picking, .expire, by: [.operator], .expired),

        OrderTransitionRule(.ready, .claim, by: [.register], .claimed),
        OrderTransitionRule(.ready, .cancel, by: [.website], .cancelRequested),
        OrderTransitionRule(.ready, .expire, by: [.operator], .expired),

        OrderTransitionRule(.claimed, .release, by: [.register], .ready, if: .claimingTill),
        OrderTransitionRule(.claimed, .release, by: [.operator], .ready),
        OrderTransitionRule(.claimed, .pay, by: [.register], .paid, if: .claimingTill),
        OrderTransitionRule(.claimed, .handOver, by: [.register], .handedOver, if: .claimingTillAndPrepaid),
        OrderTransitionRule(.claimed, .cancel, by: [.website], .cancelRequested),

        OrderTransitionRule(.paid, .handOver, by: [.register], .handedOver),

        OrderTransitionRule(.cancelRequested, .confirmCancel, by: staff, .cancelled),
        OrderTransitionRule(.cancelRequested, .pay, by: [.register], .paid, if: .claimingTill),
        OrderTransitionRule(.cancelRequested, .handOver, by: [.register], .handedOver, if: .claimingTillAndPrepaid),
    ]

    /// Whether any state lets the role do this.
    static func mayEver(_ role: DeviceRole, _ action: OrderAction) -> Bool {
        all.contains { $0.action == action && $0.roles.contains(role) }
    }
}

/// The state that an order comes to when a device does something with it.
///
/// A repetition of a transition that was made is not known here: the caller looks it up in the order's history
/// first and answers as it did then.
///
/// - Throws: `roleMayNot` when no state allows it to the role; `claimedBy` when another till has claimed the order and
///   that is what stands in the way; otherwise `badState` with the state as it is.
public func nextState(
    _ situation: OrderSituation, action: OrderAction, role: DeviceRole, device: String
) throws(OrderRefusal) -> OrderState {
    guard OrderTransitionRule.mayEver(role, action) else { throw .roleMayNot }
    let rule = OrderTransitionRule.all.first { rule in
        rule.from == situation.state && rule.action == action && rule.roles.contains(role)
    }
    if [.claimed, .cancelRequested].contains(situation.state), let holder = situation.holder, holder != device {
        if situation.state == .claimed, action == .claim { throw .claimedBy(holder) }
        if let rule, rule.condition != .always { throw .claimedBy(holder) }
    }
    guard let rule else { throw .badState(situation.state) }
    switch rule.condition {
    case .always:
        return rule.to
    case .claimingTill where situation.holder == device:
        return rule.to
    case .claimingTillAndPrepaid where situation.holder == device && situation.prepaid:
        return rule.to
    case .claimingTill, .claimingTillAndPrepaid:
        throw .badState(situation.state)
    }
}
