/// The verbs of protocol version 1. `protocol-spec/verbs.json` says the same to strangers.
public enum Verb: UInt8, CaseIterable, Sendable {
    /// Introduces the client; comes before anything else.
    case hello
    /// Asks for the time, and keeps the connection open.
    case ping
    /// Asks what became of a receipt or an order.
    case status
    /// Acknowledges events.
    case ack
    /// Asks what is unsent.
    case backlog
    /// Ends the session.
    case bye
    /// Finds a customer.
    case identify
    /// Finds or makes a customer.
    case enrol
    /// Asks for the discounts and points of a basket.
    case quote
    /// Puts points aside for a receipt.
    case hold
    /// Gives held points back.
    case release
    /// Records a sale.
    case sale
    /// Records a return.
    case `return`
    /// Records a basket that was given up.
    case void
    /// Records a correction of the books.
    case correction
    /// Records that a shift began.
    case shiftOpen
    /// Records that a shift ended.
    case shiftClose
    /// Brings an order to the store.
    case orderPush
    /// Changes an order.
    case orderAmend
    /// Cancels an order, or confirms that it may be cancelled.
    case orderCancel
    /// Says that the device has the order.
    case orderAck
    /// Says that a person took the order.
    case orderAccept
    /// Says that the store cannot do the order.
    case orderReject
    /// Says which lines were picked.
    case orderPick
    /// Says that the order can be collected.
    case orderReady
    /// Takes the order to this till.
    case orderClaim
    /// Gives the order back.
    case orderRelease
    /// Says that the customer has the goods.
    case orderHandover
    /// Asks for one order.
    case orderGet
    /// Asks for orders.
    case orderList
    /// Asks for the changes of orders.
    case orderFollow
    /// Asks how fast stores deal with orders.
    case orderService
    /// Asks for a product.
    case product
    /// Asks what is in stock.
    case stock
    /// Asks for a customer's card.
    case customer
    /// Notes something about a customer.
    case noteAdd
    /// Sends a basket to a till.
    case basketSend
    /// Opens a basket that was sent.
    case basketOpen
    /// Gives a basket back.
    case basketReturn
    /// Takes a basket back from a till that has not opened it.
    case basketWithdraw
    /// Records a visit without a sale.
    case visit
    /// Asks for the seller's tasks.
    case tasks
    /// Makes a device known.
    case deviceAdd
    /// Asks for the devices.
    case deviceList
    /// Cuts a device off.
    case deviceRevoke
    /// Brings customers in.
    case importCustomers
    /// Brings products in.
    case importCatalogue
    /// Brings stock in.
    case importStock
    /// Proves that the books add up.
    case audit
    /// Asks which loyalty programmes are in force.
    case programmeList
    /// Puts loyalty programmes in force.
    case programmePut
    /// Reads the programme files again.
    case programmeReload
    /// Makes two customers one.
    case customerMerge
    /// Asks for the receipts of a period.
    case receiptList
    /// Asks why a receipt has its points.
    case explain
    /// Says where a website is told of its orders.
    case webhookPut
    /// Asks how websites are told of their orders.
    case webhookList
    /// Has what waits for websites tried at once.
    case webhookRetry
    /// Tells a website nothing more.
    case webhookRemove
    /// Asks how the relay stands.
    case relayStatus
    /// Asks what upstream refused for good.
    case relayQuarantine
    /// Sends what upstream refused again.
    case relayRetry
    /// Sets an event aside that its stream waits behind.
    case relaySetAside
    /// Asks how far what upstream sends down was taken in.
    case feedStatus
    /// Asks for changes from upstream that were refused.
    case feedRefused
    /// Has refused changes applied again.
    case feedRetry

    /// The verb as it stands on the wire.
    public var name: StaticString {
        switch self {
        case .hello: "HELLO"
        case .ping: "PING"
        case .status: "STATUS"
        case .ack: "ACK"
        case .backlog: "BACKLOG"
        case .bye: "BYE"
        case .identify: "IDENTIFY"
        case .enrol: "ENROL"
        case .quote: "QUOTE"
        case .hold: "HOLD"
        case .release: "RELEASE"
        case .sale: "SALE"
        case .return: "RETURN"
        case .void: "VOID"
        case .correction: "CORRECTION"
        case .shiftOpen: "SHIFT_OPEN"
        case .shiftClose: "SHIFT_CLOSE"
        case .orderPush: "ORDER_PUSH"
        case .orderAmend: "ORDER_AMEND"
        case .orderCancel: "ORDER_CANCEL"
        case .orderAck: "ORDER_ACK"
        case .orderAccept: "ORDER_ACCEPT"
        case .orderReject: "ORDER_REJECT"
        case .orderPick: "ORDER_PICK"
        case .orderReady: "ORDER_READY"
        case .orderClaim: "ORDER_CLAIM"
        case .orderRelease: "ORDER_RELEASE"
        case .orderHandover: "ORDER_HANDOVER"
        case .orderGet: "ORDER_GET"
        case .orderList: "ORDER_LIST"
        case .orderFollow: "ORDER_FOLLOW"
        case .orderService: "ORDER_SERVICE"
        case .product: "PRODUCT"
        case .stock: "STOCK"
        case .customer: "CUSTOMER"
        case .noteAdd: "NOTE_ADD"
        case .basketSend: "BASKET_SEND"
        case .basketOpen: "BASKET_OPEN"
        case .basketReturn: "BASKET_RETURN"
        case .basketWithdraw: "BASKET_WITHDRAW"
        case .visit: "VISIT"
        case .tasks: "TASKS"
        case .deviceAdd: "DEVICE_ADD"
        case .deviceList: "DEVICE_LIST"
        case .deviceRevoke: "DEVICE_REVOKE"
        case .importCustomers: "IMPORT_CUSTOMERS"
        case .importCatalogue: "IMPORT_CATALOGUE"
        case .importStock: "IMPORT_STOCK"
        case .audit: "AUDIT"
        case .programmeList: "PROGRAMME_LIST"
        case .programmePut: "PROGRAMME_PUT"
        case .programmeReload: "PROGRAMME_RELOAD"
        case .customerMerge: "CUSTOMER_MERGE"
        case .receiptList: "RECEIPT_LIST"
        case .explain: "EXPLAIN"
        case .webhookPut: "WEBHOOK_PUT"
        case .webhookList: "WEBHOOK_LIST"
        case .webhookRetry: "WEBHOOK_RETRY"
        case .webhookRemove: "WEBHOOK_REMOVE"
        case .relayStatus: "RELAY_STATUS"
        case .relayQuarantine: "RELAY_QUARANTINE"
        case .relayRetry: "RELAY_RETRY"
        case .relaySetAside: "RELAY_SET_ASIDE"
        case .feedStatus: "FEED_STATUS"
        case .feedRefused: "FEED_REFUSED"
        case .feedRetry: "FEED_RETRY"
        }
    }
}
