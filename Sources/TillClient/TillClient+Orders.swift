import LineProtocol
import Retail

/// Pick-up orders. Repeating a transition that was made is answered as it was then.
extension TillClient {
    /// Brings an order to the store. For websites.
    public func pushOrder(
        _ order: OrderPush, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderPush, order, options: options)
    }

    /// Brings an order to the store, given as JSON. For websites.
    public func pushOrder(
        json: [UInt8], options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await begin(.orderPush, body: singleLineObject(json), options: options, as: TransitionReply.self).reply()
    }

    /// Cancels an order; from a till or an app, confirms that it may be cancelled.
    public func cancelOrder(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderCancel, order, options: options)
    }

    /// Says that this device has stored the order.
    public func acknowledgeOrder(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderAck, order, options: options)
    }

    /// Says that a person took the order.
    public func acceptOrder(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderAccept, order, options: options)
    }

    /// Says that the store cannot do the order; `reason` is required.
    public func rejectOrder(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderReject, order, options: options)
    }

    /// Says how far an order has been put together; each line tells the whole of it so far.
    public func pickOrder(
        _ report: OrderPick, options: CallOptions = .standard
    ) async throws(TillClientError) -> OrderPickReply {
        try await call(.orderPick, report, options: options)
    }

    /// Replaces the content of an order, for websites; also the consent to what is missing or substituted.
    public func amendOrder(
        _ amendment: OrderAmend, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderAmend, amendment, options: options)
    }

    /// Says that the goods wait for the customer.
    public func markOrderReady(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderReady, order, options: options)
    }

    /// Takes the order to this till: the customer has come.
    public func claimOrder(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderClaim, order, options: options)
    }

    /// Gives a claim back.
    public func releaseOrder(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderRelease, order, options: options)
    }

    /// Says that the customer has the goods.
    public func handOverOrder(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> TransitionReply {
        try await call(.orderHandover, order, options: options)
    }

    /// Asks for one order and its history.
    public func order(
        _ order: OrderReference, options: CallOptions = .standard
    ) async throws(TillClientError) -> OrderReply {
        try await call(.orderGet, order, options: options)
    }

    /// Asks for one page of orders.
    public func orders(
        _ list: OrderList = OrderList(), options: CallOptions = .standard
    ) async throws(TillClientError) -> OrderList.Reply {
        try await call(.orderList, list, options: options)
    }

    /// Asks a website's gateway for one page of what became of its orders.
    public func followOrders(
        _ page: OrderFollow = OrderFollow(), options: CallOptions = .standard
    ) async throws(TillClientError) -> OrderFollow.Reply {
        try await call(.orderFollow, page, options: options)
    }
}
