/// What a shift of a till is known by.
public struct ShiftKey: Hashable, Sendable {
    /// The store's identifier.
    public let store: String
    /// The till within the store.
    public let till: String
    /// The till's own number of the shift, from 0.
    public let shift: Int

    /// A key of parts that the caller has checked already.
    public init(store: String, till: String, shift: Int) {
        self.store = store
        self.till = till
        self.shift = shift
    }

    /// The key as `store/till/shift`.
    public var text: String { "\(store)/\(till)/\(shift)" }
}

extension ReceiptKey {
    /// The shift that the receipt belongs to.
    public var shiftKey: ShiftKey { ShiftKey(store: store, till: till, shift: shift) }
}
