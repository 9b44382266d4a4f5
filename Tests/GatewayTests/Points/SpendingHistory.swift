import Retail
import TestSupport
import Testing

@testable import Gateway

/// A day in a store, out of a seed: tills that hold, sell, take back, lose their connection and repeat themselves, at the same
/// time and about the same customers, while time passes and the gateway crashes.
final class SpendingHistory {
    /// How the tills behave.
    enum Manners {
        /// They spend what they hold and no more.
        case honest
        /// They also spend what they never held, and take goods back.
        case wild
    }

    private(set) var model: SpendingModel
    private(set) var crashes = 0
    private var shop: Shop
    private var generator: SeededGenerator
    private let manners: Manners
    private let programme: String
    private let camera = CrashCamera()
    private let tills = (1...8).map { "T0\($0)" }
    private let customers = ["c-1", "c-2"]
    private var isMerged = false
    private var numbers: [String: Int] = [:]
    private var sales: [SpendingModel.Sale] = []
    private var steps = 0

    init(seed: UInt64, _ manners: Manners) throws {
        self.manners = manners
        generator = SeededGenerator(seed: seed)
        model = SpendingModel("seed \(seed)")
        programme = TestProgramme.text(
            with: Bool.random(using: &generator) ? #", "activation_days": 1"# : #", "hold_minutes": 10"#)
        shop = try Shop(TestWorld(hooks: camera.hooks, programmes: [programme]))
        for (index, customer) in customers.enumerated() {
            try shop.enrol("700000000\(index)")
            let first = TillRequest(till: "T01", verb: "SALE", body: "", key: "S1/T01/1/first\(index)")
            let answer = try shop.sell(2_000_000, to: customer, number: "first\(index)")
            model.note(first, answer, isRepeated: false, at: now)
        }
        shop.pass(days: 1)
    }

    private var now: Instant { shop.world.clock.now() }

    private func chance(_ one: Int) -> Bool { Int.random(in: 1...one, using: &generator) == 1 }

    // MARK: A step

    /// Every till asks for something at once; whoever is not answered asks again.
    func step() throws {
        steps += 1
        pass()
        let requests = tills.map { request(of: $0) }
        let crash = steps % 10 == 0 || chance(8) ? CrashCamera.Moment.allCases.randomElement(using: &generator) : nil
        if let crash {
            camera.arm(crash, commitsBefore: Int.random(in: 0...1, using: &generator), folder: shop.world.folderPath)
        }
        let cut = Set(requests.indices.filter { _ in chance(5) })
        for (index, request) in requests.enumerated() {
            let till = try shop.till(request.till)
            till.send("\(request.verb) n\(steps) \(request.body)")
            if cut.contains(index) { till.vanish() }
        }
        let merge = manners == .wild && !isMerged && chance(12)
        if merge { shop.operation.send("CUSTOMER_MERGE m \(Self.merge)") }
        let unanswered = crash == nil ? try answers(to: requests, except: cut) : try wakeUp(after: requests)
        for request in unanswered { try shop.till(request.till).send("\(request.verb) r\(steps) \(request.body)") }
        for request in unanswered {
            let answer = try shop.till(request.till).answer(to: "r\(steps)")
            model.note(request, answer, isRepeated: true, at: now)
        }
        if merge {
            // Safe to repeat, and the operator does so without having waited for the first answer.
            isMerged = true
            #expect(shop.operation.request("CUSTOMER_MERGE", Self.merge).ok != nil, model.name)
        }
        try check()
    }

    private static let merge = #"{"customer_id":"c-2","into":"c-1"}"#

    /// Reads the answers and returns what was cut off.
    private func answers(to requests: [TillRequest], except cut: Set<Int>) throws -> [TillRequest] {
        var unanswered: [TillRequest] = []
        for (index, request) in requests.enumerated() {
            if cut.contains(index) {
                unanswered.append(request)
            } else {
                let answer = try shop.till(request.till).answer(to: "n\(steps)")
                model.note(request, answer, isRepeated: false, at: now)
            }
        }
        return unanswered
    }

    /// The power is gone and comes back; nobody has read an answer.
    private func wakeUp(after requests: [TillRequest]) throws -> [TillRequest] {
        crashes += 1
        try shop.world.settle()
        let image = try camera.take(folder: shop.world.folderPath)
        shop = try Shop(
            TestWorld(folder: image, hooks: camera.hooks, programmes: [programme], clock: shop.world.clock))
        try shop.audit(model.name)
        return requests
    }

    private func pass() {
        switch Int.random(in: 0...9, using: &generator) {
        case 0: shop.pass(minutes: 16)
        case 1...4: shop.pass(minutes: Int.random(in: 1...8, using: &generator))
        case 5: shop.pass(days: 1)
        default: break
        }
        if chance(5) { shop.world.gateway.passTime() }
    }

    /// The gateway agrees with what it has told.
    func check() throws {
        let groups = isMerged ? [Set(customers)] : customers.map { [$0] }
        for group in groups {
            for customer in group { model.check(try shop.points(customer), of: group, at: now) }
        }
    }

    /// Stops the gateway in good order, starts another, and looks at the books.
    func finish() throws {
        try shop.restart()
        try check()
        try shop.bookTime()
        try check()
        try shop.audit(model.name)
        let stored = try shop.world.journal.read { try $0.receiptCount() }
        #expect(stored == model.answers.count, model.name)
    }

    // MARK: What a till may ask

    private func request(of till: String) -> TillRequest {
        let key = "S1/\(till)/1/\(number(till))"
        let held = model.held(for: key, at: now)
        switch Int.random(in: 0...11, using: &generator) {
        case 0...4: return hold(till, key)
        case 5: return release(till, key)
        case 6: return void(till, key)
        case 7 where manners == .wild: return giveBack(till) ?? hold(till, key)
        case 8: return known(till) ?? hold(till, key)
        case 9 where manners == .wild:
            return sale(till, key, spending: .random(in: 1...400, using: &generator))
        default:
            return held > 0 ? sale(till, key, spending: .random(in: 1...held, using: &generator)) : hold(till, key)
        }
    }

    private func number(_ till: String) -> Int { numbers[till] ?? 1 }

    private func customer(_ key: String) -> String {
        // A till does not change the customer of a basket.
        model.holds[key]?.customer ?? customers.randomElement(using: &generator) ?? "c-1"
    }

    private func hold(_ till: String, _ key: String) -> TillRequest {
        let customer = customer(key)
        let points = Int64.random(in: 1...(chance(4) ? 2_000 : 150), using: &generator)
        let body = #"{"shift":1,"number":"\#(number(till))","customer_id":"\#(customer)","points":\#(points)}"#
        return TillRequest(till: till, verb: "HOLD", body: body, key: key, customer: customer, points: points)
    }

    private func release(_ till: String, _ key: String) -> TillRequest {
        TillRequest(till: till, verb: "RELEASE", body: #"{"shift":1,"number":"\#(number(till))"}"#, key: key)
    }

    private func void(_ till: String, _ key: String) -> TillRequest {
        let body = #"{"shift":1,"number":"\#(number(till))","at":"\#(now.rfc3339)"}"#
        numbers[till] = number(till) + 1
        return TillRequest(till: till, verb: "VOID", body: body, key: key)
    }

    private func sale(_ till: String, _ key: String, spending points: Int64) -> TillRequest {
        let customer = customer(key)
        let quantity = Int64.random(in: 1...4, using: &generator)
        let amount = quantity * 60_000 - points * 100
        let namesHold = model.holds[key] != nil && !chance(4)
        let line = ReceiptText.Line(
            quantity: "\(quantity)", price: 60_000, amount: amount,
            more: #","discounts":[{"origin":"points","amount":\#(points * 100)}]"#)
        let receipt = ReceiptText(
            number: "\(number(till))", at: now.rfc3339, customer: customer, lines: [line],
            more: namesHold ? #","hold":"\#(HoldIdentity(ReceiptKey(text: key)!).text)""# : "")
        numbers[till] = number(till) + 1
        sales.append(SpendingModel.Sale(key: key, quantity: quantity))
        return TillRequest(
            till: till, verb: "SALE", body: receipt.json, key: key, customer: customer, points: points,
            namesHold: namesHold)
    }

    private func giveBack(_ till: String) -> TillRequest? {
        guard let sale = sales.randomElement(using: &generator), model.answers[sale.key] != nil else { return nil }
        let name = "r\(number(till))"
        numbers[till] = number(till) + 1
        let quantity = Quantity(thousandths: .random(in: 1...sale.quantity * 1_000, using: &generator))
        let receipt = ReceiptText(
            number: name, at: now.rfc3339, lines: [.init(quantity: quantity.decimalText, price: 0, amount: 0)],
            more: #","original":"\#(sale.key)""#)
        return TillRequest(till: till, verb: "RETURN", body: receipt.json, key: "S1/\(till)/1/\(name)")
    }

    /// A receipt that was answered long ago, once more.
    private func known(_ till: String) -> TillRequest? {
        let own = model.answers.values.filter { $0.request.till == till && !$0.request.body.isEmpty }
        return own.sorted { $0.request.key < $1.request.key }.randomElement(using: &generator)?.request
    }
}
