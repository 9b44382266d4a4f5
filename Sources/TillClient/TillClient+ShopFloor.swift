import LineProtocol
import Retail

/// The shop floor: customers' cards, baskets on their way to tills, visits, tasks. What has an effect may be repeated under
/// the same id.
extension TillClient {
    /// Asks for everything that a seller wants to know of a customer.
    public func customerCard(
        _ customer: CustomerID, options: CallOptions = .standard
    ) async throws(TillClientError) -> CustomerCard {
        try await call(.customer, CustomerCardRequest(customer), options: options)
    }

    /// Notes something about a customer. For apps.
    public func addNote(
        _ note: NoteAdd, options: CallOptions = .standard
    ) async throws(TillClientError) -> NoteAdd.Reply {
        try await call(.noteAdd, note, options: options)
    }

    /// Sends a basket to a till. For apps.
    public func sendBasket(
        _ basket: BasketSend, options: CallOptions = .standard
    ) async throws(TillClientError) -> BasketSend.Reply {
        try await call(.basketSend, basket, options: options)
    }

    /// Takes back a basket that no till has opened. For apps.
    public func withdrawBasket(
        _ basket: BasketWithdraw, options: CallOptions = .standard
    ) async throws(TillClientError) -> BasketChange {
        try await call(.basketWithdraw, basket, options: options)
    }

    /// Makes a sale of a basket that was sent to this till; the SALE then names it.
    public func openBasket(
        _ basket: BasketOpen, options: CallOptions = .standard
    ) async throws(TillClientError) -> BasketDetails {
        try await call(.basketOpen, basket, options: options)
    }

    /// Gives a basket back to the app that sent it to this till.
    public func returnBasket(
        _ basket: BasketReturn, options: CallOptions = .standard
    ) async throws(TillClientError) -> BasketChange {
        try await call(.basketReturn, basket, options: options)
    }

    /// Records why a visit ended without a sale. For apps.
    public func recordVisit(
        _ visit: Visit, options: CallOptions = .standard
    ) async throws(TillClientError) -> Visit.Reply {
        try await call(.visit, visit, options: options)
    }

    /// Asks for one page of what the store's people should do next. From then on `onTasksChanged` of the configuration is
    /// called when it changes, for as long as this connection lasts.
    public func tasks(
        _ list: TaskList = TaskList(), options: CallOptions = .standard
    ) async throws(TillClientError) -> TaskList.Reply {
        try await call(.tasks, list, options: options)
    }
}
