import Crew
import EventLoop
import Journal
import LineProtocol
import Locking
import Logging
import Loyalty
import ProgrammeFiles
import Retail
import Upstream

/// What a gateway is made of besides its store: told from outside, so that a simulated world can tell it otherwise.
package struct GatewaySettings: Sendable {
    /// The program's version, said at HELLO.
    package var version: String
    package var stores: StoreDirectory
    /// The programmes to begin with.
    package var programmes: ProgrammeBundle
    /// Reads the programme files again; nil when the gateway was started without any.
    package var readProgrammeFiles: (@Sendable () throws(FileRefused) -> LoadedProgrammes)?
    /// Makes positions in hash tables unpredictable.
    package var seed: UInt64
    /// Greeted connections that one device may have at a time.
    package var connectionsPerDevice = ProtocolLimits.connectionsPerDevice
    /// How long receipts are kept that upstream has confirmed.
    package var retention = RetentionSettings()
    /// How long a till waits for upstream to say who somebody is; 0: upstream is not asked.
    package var lookupMilliseconds = 400
    /// How fast customers and tokens may be guessed.
    package var guessing = GuessLimits()

    /// Settings with the protocol's own limits.
    package init(version: String, stores: StoreDirectory, programmes: ProgrammeBundle, seed: UInt64) {
        self.version = version
        self.stores = stores
        self.programmes = programmes
        self.seed = seed
    }
}

/// The gateway: its desks, and what they share. It knows no sockets; a ``GatewayServer`` or a simulated world brings it
/// sessions.
package final class Gateway: Sendable {
    package let settings: GatewaySettings
    package let journal: Journal
    package let devices: DeviceRegistry
    package let directory: CustomerDirectory
    package let programmes: Programmes
    package let programmeDesk: ProgrammeDesk
    let promotionTotals: PromotionTotals
    let clock: any WallClock
    let presence: Presence
    let identification: Identification
    let guesses: GuessWatch
    let enrolment: Enrolment
    let quotes: QuoteDesk
    let catalogue: CatalogueDesk
    let products: ProductMemory
    let points: PointsDesk
    let receipts: ReceiptBook
    let retention: ReceiptRetention
    let shifts: ShiftDesk
    let orders: OrderDesk
    let baskets: BasketDesk
    let cards: CustomerCards
    let floorRecords: FloorRecordDesk
    let tasks: TaskBoard
    let operation: OperatorDesk
    let webhooks: WebhookDesk
    let imports: Imports
    let inquiries: Inquiries
    let relayDesk: RelayDesk
    let intake: ChangeIntake
    /// Nil when there is nobody to be asked.
    let feed: Feed?
    let lookups: CustomerLookups?
    let feedDesk: FeedDesk
    private let priceKeeper: PriceKeeper
    let log: Logger
    /// Who was turned away or cut off.
    let refusals: RefusalLog
    /// Whoever may open the gateway's own socket file.
    let localOperator: Principal
    private let waker: Waker
    private let relay: Relay?
    private let webhookSender: WebhookSender?
    private let timeKeeper: any TimeKeeper
    private let orderTimeKeeper: any TimeKeeper
    private let retentionTimeKeeper: any TimeKeeper
    private let priceTimeKeeper: any TimeKeeper
    /// Whether the feed has a thread to be ended.
    private let isFeeding = Atomic<Bool>(false)

    /// How often it is written down what time has done to points; what is answered is right without it.
    private static let passTimeSeconds = 30
    /// How often old receipts are looked for: with a pass of some thousand receipts that is more than any store brings.
    private static let retentionSeconds = 10

    /// A gateway on an open journal.
    ///
    /// - Parameters:
    ///   - adapter: the way upstream; nil keeps everything in the journal until there is one.
    ///   - webhookPoster: the way to websites with a webhook; nil keeps what they are to be told in the journal.
    ///   - changeSource: the way to what upstream sends down; nil: it sends nothing.
    ///   - customerSource: the way to ask upstream for a customer; nil: it is not asked.
    package init(
        settings: GatewaySettings, journal: Journal, clock: any WallClock, adapter: (any UpstreamAdapter)?,
        webhookPoster: (any WebhookPoster)? = nil, changeSource: (any ChangeSource)? = nil,
        customerSource: (any CustomerSource)? = nil, log: Logger
    ) throws {
        self.settings = settings
        self.journal = journal
        self.clock = clock
        self.log = log
        let crew = journal.crew
        let waker = crew.waker()
        self.waker = waker
        timeKeeper = crew.timeKeeper()
        orderTimeKeeper = crew.timeKeeper()
        retentionTimeKeeper = crew.timeKeeper()
        priceTimeKeeper = crew.timeKeeper()
        refusals = RefusalLog(log: log, clock: clock)
        presence = Presence(connectionsPerDevice: settings.connectionsPerDevice)
        localOperator = Principal(
            store: "local", device: "operator", role: .operator, settings: settings.stores["local"])
        devices = DeviceRegistry(stores: settings.stores, guessing: settings.guessing)
        guesses = GuessWatch(settings.guessing, clock: clock, log: log)
        try devices.load(from: journal)
        programmes = try Programmes(settings.programmes, journal: journal, at: clock.now())
        promotionTotals = try PromotionTotals(journal)
        directory = CustomerDirectory(
            journal: journal, programmes: programmes, clock: clock, seed: settings.seed)
        identification = Identification(
            directory: directory, programmes: programmes, promotionTotals: promotionTotals, clock: clock)
        products = ProductMemory(journal: journal)
        programmeDesk = ProgrammeDesk(
            journal: journal, programmes: programmes, clock: clock, log: log, readFiles: settings.readProgrammeFiles)
        let intake = ChangeIntake(
            journal: journal, directory: directory, products: products, programmes: programmes, rules: programmeDesk,
            clock: clock, relayWaker: waker, calendar: localOperator.calendar)
        self.intake = intake
        enrolment = Enrolment(
            journal: journal, directory: directory, identification: identification, programmes: programmes,
            intake: intake, clock: clock, relayWaker: waker)
        quotes = QuoteDesk(
            directory: directory, programmes: programmes, promotionTotals: promotionTotals, products: products,
            clock: clock)
        catalogue = CatalogueDesk(journal: journal, stores: settings.stores, quotes: quotes)
        points = PointsDesk(journal: journal, directory: directory, programmes: programmes, clock: clock)
        let webhookWaker = crew.waker()
        tasks = TaskBoard(journal: journal, stores: settings.stores, clock: clock, log: log)
        orders = OrderDesk(
            journal: journal, presence: presence, stores: settings.stores, clock: clock, relayWaker: waker,
            webhookWaker: webhookWaker, tasks: tasks, log: log)
        webhooks = WebhookDesk(journal: journal, clock: clock, waker: webhookWaker)
        webhookSender = webhookPoster.map { poster in
            WebhookSender(journal: journal, poster: poster, clock: clock, waker: webhookWaker, log: log)
        }
        baskets = BasketDesk(journal: journal, orders: orders, presence: presence, clock: clock, log: log)
        cards = CustomerCards(journal: journal, identification: identification, clock: clock)
        floorRecords = FloorRecordDesk(orders: orders, clock: clock)
        receipts = ReceiptBook(
            journal: journal, directory: directory, programmes: programmes, promotionTotals: promotionTotals,
            products: products, clock: clock, orders: orders, relayWaker: waker)
        retention = ReceiptRetention(settings: settings.retention, journal: journal, clock: clock, log: log)
        shifts = ShiftDesk(orders: orders, clock: clock)
        operation = OperatorDesk(journal: journal, devices: devices, presence: presence, clock: clock)
        imports = Imports(
            journal: journal, directory: directory, products: products, programmes: programmes, intake: intake,
            clock: clock, calendar: localOperator.calendar)
        inquiries = Inquiries(journal: journal, presence: presence, stores: settings.stores, clock: clock)
        feed = changeSource.map { Feed(journal: journal, source: $0, intake: intake, clock: clock, log: log) }
        let lookupMilliseconds = settings.lookupMilliseconds
        lookups = customerSource.flatMap { source in
            guard lookupMilliseconds > 0 else { return nil }
            return CustomerLookups(
                source: source, intake: intake, clock: clock, deadlineMilliseconds: lookupMilliseconds,
                workers: CustomerLookups.workers(crew), log: log)
        }
        feedDesk = FeedDesk(journal: journal, intake: intake, feed: feed, lookups: lookups)
        priceKeeper = PriceKeeper(journal: journal, intake: intake, clock: clock, log: log)
        relay = adapter.map { Relay(journal: journal, adapter: $0, clock: clock, waker: waker, log: log) }
        relayDesk = RelayDesk(journal: journal, clock: clock, waker: waker, relay: relay)
    }

    /// Begins to relay, and brings the customers into memory beside it.
    ///
    /// - Parameter startsFeed: false for a test that takes the feed's steps itself.
    package func start(startsFeed: Bool = true) {
        relay?.start()
        webhookSender?.start()
        journal.crew.begin("load") { [self] in
            loadCustomers()
            loadProducts()
        }
        timeKeeper.start(everySeconds: Self.passTimeSeconds) { [weak self] in self?.passTime() }
        if !journal.planted.contains(.claimsForgottenAtStart) { orders.awaitTills() }
        orderTimeKeeper.start(everySeconds: 1) { [weak self] in self?.passOrderTime() }
        retentionTimeKeeper.start(everySeconds: Self.retentionSeconds) { [weak self] in self?.retention.pass() }
        priceTimeKeeper.start(everySeconds: 1) { [weak self] in self?.passPriceTime() }
        if startsFeed, let feed {
            isFeeding.store(true, ordering: .releasing)
            feed.start()
        }
    }

    /// Puts prices in force whose time has come.
    package func passPriceTime() { priceKeeper.passTime() }

    /// Writes down what time has done to points: lots that have burnt, holds that have ended.
    package func passTime() {
        points.passTime(calendar: localOperator.calendar) { [log] result in
            if case .failure(let refusal) = result {
                log.error("points that are over could not be written down", metadata: ["reason": "\(refusal)"])
            }
        }
    }

    private func loadCustomers() {
        let began = clock.now()
        do {
            try directory.load()
            let took = clock.now().millisecondsSinceEpoch - began.millisecondsSinceEpoch
            log.info("customers in memory", metadata: ["count": "\(directory.count)", "took_ms": "\(took)"])
        } catch {
            log.error("customers are fetched one by one: the load failed", metadata: ["reason": "\(error)"])
        }
    }

    /// Does what orders and baskets have waited for until now.
    package func passOrderTime() {
        orders.passTime()
        baskets.passTime()
        tasks.touch()
        refusals.passTime()
    }

    private func loadProducts() {
        do {
            try products.load()
        } catch {
            log.error("products are looked up one by one: the load failed", metadata: ["reason": "\(error)"])
        }
    }

    /// Ends the relay and closes the journal; sessions must have been drained before.
    package func stop() {
        timeKeeper.stop()
        orderTimeKeeper.stop()
        retentionTimeKeeper.stop()
        priceTimeKeeper.stop()
        if isFeeding.load(ordering: .acquiring) { feed?.stop() }
        lookups?.stop()
        relay?.stop()
        webhookSender?.stop()
        journal.close()
    }

    /// Tells every client to finish and to connect again.
    package func drain(withinMilliseconds limit: Int) {
        for session in presence.all() {
            session.executor.execute { session.drain(withinMilliseconds: limit) }
        }
    }

    // MARK: What sessions tell

    func deviceArrived(_ principal: Principal) {
        if principal.role == .register { orders.tillArrived(principal.key) }
        if principal.role == .app { orders.appArrived(principal.key) }
    }

    func sessionEnded(_ session: Session, of principal: Principal) {
        switch presence.unregister(session, of: principal) {
        case .nothing: break
        case .gone: if principal.role == .register { orders.tillLeft(principal.key) }
        case .handsOver(let heir): heir.takeOverEvents()
        }
    }

    /// ACK: forgets what a device has received, and looks for what comes after `sent`, the last event it was sent.
    func acknowledge(
        through number: Int64, sent: Int64, by principal: Principal,
        completion: @escaping @Sendable (Result<MailboxPage, Refusal>) -> Void
    ) {
        journal.submit { transaction in
            let extra: Int64 = transaction.planted.contains(.acknowledgesOneMore) ? 1 : 0
            try transaction.acknowledge(through: number + extra, store: principal.store, device: principal.device)
            return try transaction.mailbox(of: principal.key, after: sent)
        } completion: { result in
            completion(result.mapError { Refusal(store: $0) })
        }
    }

    func helloReply(to principal: Principal, unacknowledged: Int) -> [UInt8] {
        let writer = ByteWriter(capacity: 1_024)
        writer.beginObject()
        writer.field("protocol", ProtocolLimits.protocolVersion)
        writer.name("gateway")
        writer.beginObject()
        writer.field("name", "tillgate")
        writer.field("version", settings.version)
        writer.endObject()
        // An operator is of no store in particular.
        let isOfStore = principal.role != .operator
        writer.nullableField("store", isOfStore ? principal.store : nil)
        writer.field("device", principal.device)
        writer.field("role", principal.role.rawValue)
        writer.nullableField("currency", isOfStore ? principal.settings.currency : nil)
        writer.nullableField("time_zone", isOfStore ? principal.settings.timeZone : nil)
        writer.field("now", clock.now())
        writer.name("features")
        writer.beginArray()
        for verb in Verb.allCases where verb.allowed(principal.role) { writer.value(verb.name) }
        writer.endArray()
        writer.name("limits")
        writer.beginObject()
        writer.field("line_bytes", ProtocolLimits.lineBytes)
        writer.field("pipeline", ProtocolLimits.pipelineRequests)
        writer.field("receipt_lines", ProtocolLimits.receiptLines)
        writer.field("idle_ms", ProtocolLimits.idleMilliseconds)
        writer.endObject()
        let reasons = principal.settings.visitReasons
        if principal.role == .app, !reasons.isEmpty { writer.field("visit_reasons", reasons) }
        writer.field("unacknowledged", unacknowledged)
        writer.endObject()
        return Array(writer.bytes)
    }
}
