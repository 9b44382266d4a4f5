/// A request of each verb that means something in ``TwoStores``, as the first store's device of a role would send it.
struct RequestSamples {
    let now: String
    let role: String

    /// The JSON of a request; nil for a verb that has no sample, which a test then says.
    func body(_ verb: String) -> String? {
        common[verb] ?? orders[verb] ?? floor[verb] ?? operation[verb]
    }

    /// What stands against the sample in the state that the verbs before it have left; nil: it is served.
    func objection(_ verb: String) -> String? { Self.objections[verb] ?? Self.objections["\(verb) \(role)"] }

    private static let objections = [
        "HELLO": "already_greeted", "PROGRAMME_RELOAD": "bad_state", "RELAY_SET_ASIDE": "not_found",
        "ORDER_CANCEL register": "bad_state", "ORDER_CANCEL app": "bad_state", "ORDER_REJECT register": "bad_state",
        "ORDER_REJECT app": "bad_state", "ORDER_HANDOVER register": "bad_state",
    ]

    private var order: String {
        role == "website" ? #"{"order":"1001"}"# : #"{"source":"WEB1","order":"1001","person":"Olga","reason":"gone"}"#
    }

    private var receipt: ReceiptText { ReceiptText(number: "90", at: now) }

    private var common: [String: String] {
        [
            "HELLO": #"{"protocol":1}"#, "PING": "{}", "BYE": "{}", "ACK": #"{"through":1}"#, "BACKLOG": "{}",
            "STATUS": role == "website" ? #"{"order":"1001"}"# : #"{"key":"S1/T01/1/1"}"#,
            "IDENTIFY": #"{"card":"7000777766"}"#, "ENROL": #"{"name":"Boris","phone":"+79160000001"}"#,
            "QUOTE": #"{"customer_id":"c-1","lines":[{"sku":"KETTLE","quantity":1,"price":150000}]}"#,
            "HOLD": #"{"shift":1,"number":"3","till":"T01","customer_id":"c-1","points":1}"#,
            "RELEASE": #"{"shift":1,"number":"3","till":"T01"}"#, "SALE": receipt.json,
            "RETURN": ReceiptText(
                number: "91", at: now, lines: [.init(sku: "GOODSSECRET")], more: #","original":"S1/T01/1/1""#
            ).json,
            "VOID": #"{"shift":1,"number":"92","at":"\#(now)"}"#,
            "CORRECTION": #"{"shift":1,"number":"93","at":"\#(now)","direction":"sale","reason":"late","#
                + #""payments":[{"kind":"cash","amount":100}],"total":100}"#,
            "SHIFT_OPEN": #"{"shift":2,"at":"\#(now)"}"#, "SHIFT_CLOSE": #"{"shift":1,"at":"\#(now)","receipts":1}"#,
        ]
    }

    private var orders: [String: String] {
        [
            "ORDER_PUSH": PushText(order: "1009").json, "ORDER_LIST": "{}", "ORDER_FOLLOW": "{}", "ORDER_GET": order,
            "ORDER_AMEND": #"{"order":"1001","based_on":1,"lines":[{"line":1,"sku":"KETTLE","name":"Kettle","#
                + #""quantity":1,"price":150000,"amount":150000}],"total":150000}"#,
            "ORDER_CANCEL": order, "ORDER_ACK": order, "ORDER_ACCEPT": order, "ORDER_REJECT": order,
            "ORDER_PICK": #"{"source":"WEB1","order":"1001","lines":[{"line":1,"picked":1}]}"#, "ORDER_READY": order,
            "ORDER_CLAIM": order, "ORDER_RELEASE": order, "ORDER_HANDOVER": order,
        ]
    }

    private var floor: [String: String] {
        [
            "PRODUCT": #"{"barcode":"4601234567893"}"#, "STOCK": #"{"sku":"KETTLE"}"#,
            "CUSTOMER": #"{"customer_id":"c-1"}"#,
            "NOTE_ADD": #"{"note":"n9","customer_id":"c-1","text":"likes brass"}"#,
            "BASKET_SEND": FloorShop.content("b9"), "BASKET_OPEN": FloorShop.reference("b1"),
            "BASKET_RETURN": FloorShop.reference("b1"), "BASKET_WITHDRAW": #"{"basket":"b1"}"#,
            "VISIT": #"{"visit":"v9","reason":"price","at":"\#(now)"}"#, "TASKS": "{}",
        ]
    }

    private var operation: [String: String] {
        [
            "DEVICE_ADD": #"{"store":"S1","role":"register","device":"T09"}"#, "DEVICE_LIST": "{}",
            "DEVICE_REVOKE": #"{"store":"S1","device":"T02"}"#,
            "IMPORT_CUSTOMERS": #"{"rows":[{"card":"7000001111","name":"Vera"}]}"#,
            "IMPORT_CATALOGUE": #"{"rows":[{"sku":"MUG","name":"Mug","price":50000}]}"#,
            "IMPORT_STOCK": #"{"rows":[{"store":"S1","sku":"KETTLE","quantity":5}]}"#, "AUDIT": "{}",
            "PROGRAMME_LIST": "{}",
            "PROGRAMME_PUT": #"{"programmes":[\#(TestProgramme.text.replacing("\n", with: " "))]}"#,
            "PROGRAMME_RELOAD": "{}", "CUSTOMER_MERGE": #"{"customer_id":"c-2","into":"c-1"}"#,
            "ORDER_SERVICE": #"{"from":"2026-11-01T00:00:00Z","until":"2026-12-01T00:00:00Z"}"#,
            "RECEIPT_LIST": #"{"from":"2026-11-22","until":"2026-11-22"}"#, "EXPLAIN": #"{"key":"S1/T01/1/1"}"#,
            "WEBHOOK_PUT": #"{"store":"S1","site":"WEB1","url":"https://web.example/hooks"}"#, "WEBHOOK_LIST": "{}",
            "WEBHOOK_RETRY": #"{"store":"S1","site":"WEB1"}"#, "WEBHOOK_REMOVE": #"{"store":"S1","site":"WEB1"}"#,
            "RELAY_STATUS": "{}", "RELAY_QUARANTINE": "{}", "RELAY_RETRY": "{}",
            "RELAY_SET_ASIDE": #"{"id":"nobody"}"#, "FEED_STATUS": "{}", "FEED_REFUSED": "{}", "FEED_RETRY": "{}",
        ]
    }
}
