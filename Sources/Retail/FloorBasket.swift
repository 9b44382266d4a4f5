/// What a basket from the shop floor is known by.
public struct BasketKey: Hashable, Sendable {
    /// The store.
    public let store: String
    /// The device name of the app that built it.
    public let app: String
    /// The app's own identifier of the basket.
    public let basket: String

    /// The basket `basket` of the app `app` in a store.
    public init(store: String, app: String, basket: String) {
        self.store = store
        self.app = app
        self.basket = basket
    }
}

/// Where a basket from the shop floor stands.
public enum BasketState: String, CaseIterable, Sendable {
    /// The till has it or will have it; nobody has opened it.
    case sent
    /// A cashier makes a sale of it.
    case opened
    /// A receipt was made of it.
    case sold
    /// The till gave it back.
    case returned
    /// The app took it back, or the shop's day is over.
    case withdrawn

    /// Whether somebody still has to do something with it.
    public var isOpen: Bool { self == .sent || self == .opened }
}
