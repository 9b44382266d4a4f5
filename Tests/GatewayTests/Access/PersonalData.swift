/// Somebody whose data can be recognised wherever it turns up, and requests that have it in every place, right and wrong.
enum PersonalData {
    /// What must turn up nowhere. None of these is part of anything else.
    static let words = [
        "9035551234", "petra.privat", "7771234567", "Privatova", "Secretnaya", "1987-03-09", "PRIVATE",
    ]

    static func found(in text: String) -> [String] { words.filter { text.contains($0) } }

    /// Requests in which something is wrong, beside or within the personal data, by who sends them.
    static let wrong: [(verb: String, body: String)] =
        identifiers + profiles + orders + receipts + floor
        + [
            ("IDENTIFY", #"{"phone":"+79035551234","card":"7771234567"}"#),
            ("IDENTIFY", #"{"phone":"+79035551234"}"#), ("IDENTIFY", #"{"card":"7771234567"}"#),
            ("IDENTIFY", #"{"email":"petra.privat@example.org"}"#), ("IDENTIFY", #"{"token":"PRIVATE"}"#),
            ("IDENTIFY", #"{"external":"PRIVATE"}"#), ("IDENTIFY", #"{"customer_id":"c-9035551234"}"#),
            ("IDENTIFY", #"{"phone":"+79035551234""#),
            ("ENROL", #"{"name":"Petra Privatova","name":"Petra Privatova"}"#),
            ("ENROL", #"{"name":"Petra Privatova","phone":"+79035551234\u0"}"#),
            ("PRIVATE", #"{"phone":"+79035551234"}"#),
            ("ORDER_PRIVATE", "{}"),
        ]

    private static let identifiers: [(verb: String, body: String)] = ["IDENTIFY", "ENROL"].flatMap { verb in
        [
            #"{"phone":"+790355512340000000"}"#, #"{"phone":"9035551234x"}"#, #"{"phone":79035551234}"#,
            #"{"phone":["+79035551234"]}"#, #"{"email":"petra.privat"}"#, #"{"email":"petra.privat@"}"#,
            #"{"email":"petra.privat@example.org@example.org"}"#, #"{"email":{"petra.privat":1}}"#,
            #"{"card":"7771234567-7771234567"}"#, #"{"card":"77712345677771234567777123456777712345677771234567"}"#,
            #"{"card":7771234567}"#, #"{"token":7771234567}"#, #"{"external":"\#(long("PRIVATE"))"}"#,
            #"{"external":"PRIVATE PRIVATE"}"#,
        ].map { (verb, $0) }
    }

    private static let profiles: [(verb: String, body: String)] = [
        #"{"phone":"+79035550000","birthday":"1987-03-09T00:00:00Z"}"#,
        #"{"phone":"+79035550000","birthday":19870309,"name":"Petra Privatova"}"#,
        #"{"phone":"+79035550000","name":"\#(long("Privatova "))"}"#, #"{"phone":"+79035550000","name":["Privatova"]}"#,
        #"{"phone":"+79035550000","segment":"PRIVATE PRIVATE"}"#, #"{"phone":"+79035550000","consents":"PRIVATE"}"#,
        #"{"phone":"+79035550000","consents":[["PRIVATE"]]}"#, #"{"name":"Petra Privatova"}"#,
    ].map { ("ENROL", $0) }

    private static let orders: [(verb: String, body: String)] =
        [
            #","customer":"Petra Privatova, +79035551234""#, #","customer":{"name":["Privatova"]}"#,
            #","customer":{"phone":79035551234}"#, #","customer":{"customer_id":"PRIVATE"}"#,
            #","customer":{"name":"\#(long("Privatova "))"}"#, #","comment":["Secretnaya 17"]"#,
            #","comment":"\#(long("Secretnaya "))""#, #","pickup_until":"Secretnaya 17""#,
        ].map { ("ORDER_PUSH", PushText(order: "9", more: $0).json) }
        + [
            ("ORDER_PUSH", #"{"order":"+79035551234 Petra","store":"S1"}"#),
            ("ORDER_GET", #"{"source":"WEB1","order":"+79035551234"}"#),
            ("ORDER_ACCEPT", #"{"source":"WEB1","order":"9035551234","person":["Privatova"]}"#),
        ]

    private static let receipts: [(verb: String, body: String)] =
        [
            #","customer_id":"+79035551234""#, #","customer_id":["PRIVATE"]"#, #","cashier":"Privatova""#,
            #","cashier":{"id":["Privatova"]}"#, #","comment":["Secretnaya"]"#, #","coupons":["PRIVATE PRIVATE"]"#,
            #","order":"9035551234""#, #","fiscal":"7771234567""#,
        ].map { ("SALE", ReceiptText(more: $0).json) }
        + [
            ("RETURN", ReceiptText(more: #","original":"Petra Privatova""#).json),
            ("HOLD", #"{"shift":1,"number":"1","customer_id":"PRIVATE","points":1}"#),
            ("QUOTE", #"{"customer_id":"+79035551234","lines":[]}"#),
            ("STATUS", #"{"key":"+79035551234"}"#), ("STATUS", #"{"order":"Petra Privatova","source":"WEB1"}"#),
        ]

    private static let floor: [(verb: String, body: String)] = [
        ("CUSTOMER", #"{"customer_id":"+79035551234"}"#), ("CUSTOMER", #"{"customer_id":"petra.privat@example.org"}"#),
        ("NOTE_ADD", #"{"note":"n1","customer_id":"c-99","text":"PRIVATE"}"#),
        ("NOTE_ADD", #"{"note":"n1","customer_id":"PRIVATE","text":["PRIVATE"]}"#),
        ("NOTE_ADD", #"{"note":"n1","customer_id":"c-1","text":"\#(long("PRIVATE "))"}"#),
        ("VISIT", #"{"visit":"v1","reason":["PRIVATE"],"at":"Secretnaya"}"#),
        (
            "VISIT",
            #"{"visit":"v1","reason":"price","at":"2026-11-22T09:30:00Z","customer_id":"c-99","comment":"PRIVATE"}"#
        ),
        ("BASKET_SEND", FloorShop.content("b1", more: #","customer_id":"+79035551234""#)),
        ("BASKET_SEND", FloorShop.content("b1", more: #","note":"\#(long("PRIVATE "))""#)),
        ("PRODUCT", #"{"barcode":"7771234567"}"#), ("TASKS", #"{"after":"PRIVATE"}"#),
        ("ORDER_LIST", #"{"after":"PRIVATE"}"#), ("ORDER_FOLLOW", #"{"after":"PRIVATE"}"#),
    ]

    /// Rows of an import that are refused.
    static let badRows = [
        #"{"phone":"+790355512340000000","name":"Petra Privatova"}"#, #"{"email":"petra.privat"}"#,
        #"{"card":7771234567}"#,
        #"{"card":"7771234567","points":"PRIVATE"}"#, #"{"card":"7771234567","turnover":"PRIVATE"}"#,
        #"{"card":"7771234567","birthday":"1987-03-09x"}"#, #"{"name":"Petra Privatova"}"#, #""PRIVATE""#,
        #"{"card":"7771234567","phone":"+79035550002"}"#,
    ]

    /// What an upstream may say of an event that it does not take.
    static let upstreamWords = "phone +79035551234 of Petra Privatova, Secretnaya 17, is blocked"

    private static func long(_ word: String) -> String { String(repeating: word, count: 600) }
}
