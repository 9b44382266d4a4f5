/// Every bound of protocol version 1 that a client can meet. `protocol-spec/limits.json` says the same to strangers.
public enum ProtocolLimits {
    /// The version of the protocol that HELLO must ask for.
    public static let protocolVersion = 1

    // MARK: Lines and connections

    /// Longest line before HELLO was answered OK, without its LF or CR LF. An unknown peer costs no more memory.
    public static let lineBytesBeforeHello = 1_024
    /// Longest line after HELLO, without its LF or CR LF: a receipt of 1,200 lines with marking codes fits.
    public static let lineBytes = 1_048_576
    /// Requests under way on one connection; the gateway stops reading until one is answered.
    public static let pipelineRequests = 64
    /// Bytes of those requests together above which it stops reading as well.
    public static let pipelineBytes = 262_144
    /// Unread output on a connection above which the gateway stops reading from it.
    public static let outputHighWaterBytes = 262_144
    /// Unread output at or below which it reads again.
    public static let outputLowWaterBytes = 65_536
    /// Unread output at which the gateway closes the connection: the client has stopped reading.
    public static let outputBufferBytes = 4_194_304
    /// From the TCP connection to the end of the TLS handshake.
    public static let handshakeMilliseconds = 10_000
    /// From the end of the handshake to a whole HELLO line.
    public static let helloMilliseconds = 10_000
    /// From the first byte of a line to its LF; absolute, so that a slow drip of bytes does not extend it.
    public static let lineCompletionMilliseconds = 30_000
    /// Without a byte from the client; then the connection is closed.
    public static let idleMilliseconds = 300_000
    /// How often a client with nothing else to send should send PING; advice, several of them fit into the idle time.
    public static let pingIntervalMilliseconds = 60_000
    /// `hello_first` answers on one connection; the last of them closes it.
    public static let helloFirstErrors = 3
    /// Open connections of one gateway.
    public static let connections = 20_000
    /// Open connections from one address; loopback is exempt.
    public static let connectionsPerAddress = 256
    /// Greeted connections of one device.
    public static let connectionsPerDevice = 8
    /// TLS handshakes under way at once.
    public static let handshakeQueue = 1_024
    /// Changes that wait for the disk; further requests with an effect are answered `busy`.
    public static let journalQueueChanges = 65_536

    // MARK: Guessing

    /// Wrong tokens in HELLO from one network before tokens from there are answered `rate_limited`.
    public static let helloWrongTokens = 30
    /// Identifiers that nobody here knows, from one till or app at once: one that comes back from an outage enrols what it
    /// has kept.
    public static let customerMisses = 120
    /// One more of them each. A till has one customer in 30 seconds at best; were all of them new, with three identifiers
    /// each, it would not be slowed down.
    public static let customerMissIntervalMilliseconds = 10_000
    /// The same from a website, whose visitors come at once.
    public static let customerMissesOfWebsite = 600
    /// One more of them each.
    public static let customerMissIntervalOfWebsiteMilliseconds = 200
    /// Different customers that one till or app asks for by the gateway's own id at once.
    public static let customersByID = 200
    /// One more of them each: a seller has one customer in 30 seconds at best.
    public static let customersByIDIntervalMilliseconds = 10_000

    // MARK: Words of a line

    /// Shortest verb.
    public static let verbCharactersMinimum = 2
    /// Longest verb.
    public static let verbCharacters = 24
    /// Longest tag.
    public static let tagCharacters = 32
    /// Longest error code and longest event name.
    public static let codeCharacters = 40

    // MARK: JSON and its values

    /// Nesting of arrays and objects, the outermost object counted as 1.
    public static let jsonDepth = 32
    /// Members of one JSON object.
    public static let jsonObjectMembers = 256
    /// Longest id text.
    public static let idCharacters = 64
    /// Longest name text.
    public static let nameCharacters = 200
    /// Longest free text for people: comment, message, note.
    public static let noteCharacters = 1_000
    /// Longest receipt number.
    public static let receiptNumberCharacters = 32
    /// Shortest device token; a shorter one could be guessed.
    public static let tokenCharactersMinimum = 16
    /// Longest device token.
    public static let tokenCharacters = 256
    /// Largest amount of money in minor units, either sign: within what every JSON implementation keeps exactly.
    public static let moneyMinorUnits = 9_000_000_000_000_000
    /// Largest quantity in thousandths.
    public static let quantityThousandths = 9_999_999_999

    // MARK: Lists

    /// Lines of one receipt.
    public static let receiptLines = 1_200
    /// Lines of one basket.
    public static let basketLines = 1_200
    /// Payments of one receipt.
    public static let payments = 32
    /// Taxes of one receipt: no country has so many rates.
    public static let receiptTaxes = 32
    /// Numbers that a till names when it closes a shift: as many receipts as ten busy tills make in a day.
    public static let shiftNumbers = 20_000
    /// Entries of numbers and ranges in an answer about a shift; a till that lacks more asks again.
    public static let shiftNumbersListed = 1_000
    /// Receipts in one reply to RECEIPT_LIST; also what a request without `limit` gets.
    public static let receiptListPage = 200
    /// Discounts on one receipt line.
    public static let lineDiscounts = 64
    /// Lines of one order.
    public static let orderLines = 500
    /// Coupons of one quote or receipt.
    public static let coupons = 32
    /// Tags of one product in a basket or on a receipt.
    public static let lineTags = 32
    /// Consents of one enrolment.
    public static let consents = 32
    /// Orders in one reply to ORDER_LIST; also what a request without `limit` gets.
    public static let orderListPage = 200
    /// Transitions of one order, after which it is amended, picked and claimed no more.
    public static let orderTransitions = 1_000
    /// Orders that one ORDER_SERVICE looks at.
    public static let serviceOrders = 100_000
    /// Changes in one reply to ORDER_FOLLOW; also what a request without `limit` gets.
    public static let orderFollowPage = 200
    /// Websites with a webhook.
    public static let webhooks = 64
    /// Longest address of a webhook.
    public static let webhookURLCharacters = 2_000
    /// Orders that WEBHOOK_LIST names of a site that does not take them.
    public static let webhookFailingOrders = 20
    /// Numbered events that are sent to a device that was away before it acknowledges some of them.
    public static let eventsPerPage = 100
    /// Numbered events that wait for one device.
    public static let unacknowledgedEvents = 10_000
    /// Rows of one import line.
    public static let importRows = 5_000
    /// Bar codes of one product.
    public static let productBarcodes = 32
    /// Longest bar code of a product.
    public static let barcodeCharacters = 128
    /// Longest code as scanned: a marking code with the longer of its signatures has about 130.
    public static let scannedCharacters = 256
    /// Goods that go with a product, and goods offered first.
    public static let relatedProducts = 20
    /// Other stores of one PRODUCT reply.
    public static let storesElsewhere = 50
    /// Stores that STOCK can be asked for by name.
    public static let stockStoresNamed = 50
    /// Stores of one STOCK reply.
    public static let stockStores = 1_000
    /// Offers of one customer.
    public static let offers = 64
    /// Baskets of one app that nobody has finished: more than a seller can have in mind.
    public static let openBasketsPerApp = 100
    /// Baskets at one till that nobody has finished: more than a cashier can look through.
    public static let openBasketsPerTill = 200
    /// Products of one visit.
    public static let visitProducts = 50
    /// Reasons on a store's list; a seller picks one on a small screen.
    public static let visitReasons = 50
    /// Notes that are kept of one customer; the oldest give way.
    public static let customerNotes = 200
    /// Purchases on a customer's card.
    public static let cardPurchases = 20
    /// Lines of each purchase on a customer's card.
    public static let cardPurchaseLines = 50
    /// Orders on a customer's card.
    public static let cardOrders = 20
    /// Notes on a customer's card.
    public static let cardNotes = 50
    /// Tasks in one reply to TASKS; also what a request without `limit` gets.
    public static let tasksPage = 200
    /// Documents of one PROGRAMME_PUT.
    public static let programmes = 64
    /// Longest text that EXPLAIN answers.
    public static let explanationCharacters = 200_000
    /// Longest id of an event for upstream: a receipt's key, an order's with its transition.
    public static let eventIDCharacters = 400
    /// Held streams that RELAY_STATUS names.
    public static let relayHeldStreams = 20
    /// Streams of one RELAY_STATUS reply.
    public static let relayStreams = 500
    /// Events of one RELAY_QUARANTINE reply.
    public static let relayQuarantinePage = 100

    // MARK: What upstream sends down

    /// Longest id of a change.
    public static let changeIDCharacters = 128
    /// Identifiers of one customer in a change.
    public static let changeIdentifiers = 64
    /// Longest change, and longest page of changes: the programmes of a chain fit.
    public static let changeBytes = 16_777_216
    /// Refused changes in one reply to FEED_REFUSED; also what a request without `limit` gets.
    public static let refusedChangesPage = 200
    /// Refused changes that are kept; beyond it the oldest give way.
    public static let refusedChanges = 10_000

    // MARK: HTTPS, for websites

    /// HTTPS: request line and header fields with their line ends.
    public static let httpHeadBytes = 16_384
    /// HTTPS: path and query.
    public static let httpTargetBytes = 4_096
    /// HTTPS: header fields of one request.
    public static let httpHeaders = 64
    /// HTTPS: body of a request; refused by its announced length, before any of it is read.
    public static let httpBodyBytes = 1_048_576
    /// HTTPS: from the end of the handshake, or the first byte of a later request, to the end of the head; absolute.
    public static let httpHeadMilliseconds = 10_000
    /// HTTPS: from the end of the head to the end of the body; absolute.
    public static let httpBodyMilliseconds = 30_000
    /// HTTPS: from the end of the request to the answer.
    public static let httpAnswerMilliseconds = 30_000
    /// HTTPS: from an answer to the first byte of the next request.
    public static let httpIdleMilliseconds = 60_000
    /// HTTPS: open connections; each may hold a body.
    public static let httpConnections = 512
    /// HTTPS: open connections from one address; loopback is exempt.
    public static let httpConnectionsPerAddress = 64
    /// HTTPS: requests of one site in a second, in the long run.
    public static let httpRequestsPerSecond = 100
    /// HTTPS: requests of one site at once after a pause.
    public static let httpRequestsBurst = 200
    /// HTTPS: wrong tokens from one network before it gets 429 for everything; one more every two seconds.
    public static let httpWrongTokens = 30
    /// Questions after the gateway's health from one address at once; one more each second.
    public static let httpHealthRequests = 60
    /// HTTPS: longest `Idempotency-Key`.
    public static let idempotencyKeyCharacters = 200
    /// HTTPS: for so long a request with the same key is answered as the first time.
    public static let idempotencyAnswerDays = 40

    // MARK: Promises

    /// Shortest time between two `tasks.changed` on one connection: nobody reads faster.
    public static let tasksChangedIntervalMilliseconds = 1_000

    /// For at least so long a repeated receipt is answered as the first time.
    public static let receiptAnswerDays = 40
    /// Difference between a receipt's time and the gateway's clock above which it is marked.
    public static let clockDifferenceMilliseconds = 86_400_000
}
