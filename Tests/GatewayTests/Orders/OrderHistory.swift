import Retail
import TestSupport
import Testing

@testable import Gateway

/// A day of orders, out of a seed: a website, an app and three tills that do what may be done and what may not, lose their
/// connections, repeat themselves, while time passes, the gateway is restarted and the power goes.
final class OrderHistory {
    private(set) var orders: [String: OrderModel] = [:]
    private(set) var crashes = 0
    private(set) var refusals: [String: Int] = [:]
    private(set) var answered = 0
    private let name: String
    private var world: TestWorld
    private var generator: SeededGenerator
    private let camera = CrashCamera()
    private var clients: [String: TestClient] = [:]
    /// The events that each device was sent, by number.
    private var events: [String: [UInt64: WireLine]] = [:]
    private var receipt = 0
    private let tills = ["T01", "T02", "T03"]

    init(seed: UInt64) throws {
        name = "seed \(seed)"
        generator = SeededGenerator(seed: seed)
        world = try TestWorld(hooks: camera.hooks)
        try connect("WEB1")
    }

    private var now: Instant { world.clock.now() }

    private func chance(_ one: Int) -> Bool { Int.random(in: 1...one, using: &generator) == 1 }

    // MARK: Devices

    private static func role(_ device: String) -> DeviceRole {
        device == "WEB1" ? .website : device == "APP1" ? .app : .register
    }

    @discardableResult
    private func connect(_ device: String) throws -> TestClient {
        if let known = clients[device], !known.isClosed { return known }
        let client = try world.greeted(Self.role(device), "S1", device)
        clients[device] = client
        try world.settle()
        if Self.role(device) == .register { forEachOrder { $0.tillCame(device) } }
        return client
    }

    private func leave(_ device: String) throws {
        guard let client = clients.removeValue(forKey: device), !client.isClosed else { return }
        gather(device, client)
        client.vanish()
        try world.settle()
        forEachOrder { $0.tillLeft(device, at: now) }
    }

    private func forEachOrder(_ body: (inout OrderModel) -> Void) {
        for key in orders.keys { body(&orders[key]!) }
    }

    /// An event that comes again is the same as it was.
    private func gather(_ device: String, _ client: TestClient) {
        for event in client.events {
            guard let number = event.number else { continue }
            let known = events[device]?[number]
            #expect(known == nil || known == event, "\(name): event \(number) of \(device) changed")
            events[device, default: [:]][number] = event
        }
        // A device that never acknowledges is not sent more than a page.
        if let last = client.events.last?.number { _ = client.request("ACK", #"{"through":\#(last)}"#) }
    }

    // MARK: A step

    func step() throws {
        switch Int.random(in: 0...19, using: &generator) {
        case 0...2: try pass()
        case 3: try leave((tills + ["APP1", "WEB1"]).randomElement(using: &generator) ?? "T01")
        case 4: try connect((tills + ["APP1"]).randomElement(using: &generator) ?? "T01")
        case 5 where chance(4): try restart()
        case 6...9 where orders.count < 12: try push()
        default: try act()
        }
    }

    /// Time passes in the gateway's own small steps, or in one jump as after a pause of the machine.
    private func pass() throws {
        let milliseconds = chance(4) ? Int.random(in: 1...600_000, using: &generator) : 45_000
        world.clock.advance(milliseconds: milliseconds)
        world.gateway.passOrderTime()
        try world.settle()
        forEachOrder { $0.pass(at: now) }
        try check()
    }

    private func restart() throws {
        for device in clients.keys.sorted() { try leave(device) }
        try world.restart(hooks: camera.hooks)
        try world.settle()
        forEachOrder { $0.gatewayStarted(at: now) }
        try connect("WEB1")
    }

    private func push() throws {
        let order = "o\(orders.count + 1)"
        let quantity = Int.random(in: 1...4, using: &generator)
        let isPrepaid = chance(3)
        let until = chance(3) ? now.adding(milliseconds: .random(in: 60_000...2_000_000, using: &generator)) : nil
        let more = until.map { #","pickup_until":"\#($0.rfc3339)""# } ?? ""
        let body =
            #"{"order":"\#(order)","store":"S1","prepaid":\#(isPrepaid),\#(Self.lines(quantity))\#(more)}"#
        let answer = try send("ORDER_PUSH", body, from: "WEB1")
        expect(answer, .transition(1), "push \(order)")
        orders[order] = OrderModel(
            order: order, isPrepaid: isPrepaid, quantity: quantity, pickupUntil: until, at: now)
        if chance(3) {
            let other = #"{"order":"\#(order)","store":"S1","prepaid":\#(!isPrepaid),\#(Self.lines(quantity))\#(more)}"#
            expect(try send("ORDER_PUSH", other, from: "WEB1"), .refused("conflict"), "other push \(order)")
            expect(try send("ORDER_PUSH", body, from: "WEB1"), .transition(1), "same push \(order)")
        }
    }

    private static func lines(_ quantity: Int) -> String {
        #""lines":[{"line":1,"sku":"KETTLE","name":"Kettle","quantity":\#(quantity),"price":1000,"#
            + #""amount":\#(quantity * 1_000)}],"total":\#(quantity * 1_000)"#
    }

    /// Somebody asks for something, sensible or not.
    private func act() throws {
        guard let order = orders.keys.sorted().randomElement(using: &generator), let model = orders[order] else {
            return
        }
        let device = (tills + ["APP1", "WEB1"]).randomElement(using: &generator) ?? "T01"
        let role = Self.role(device).rawValue
        let source = device == "WEB1" ? "" : #""source":"WEB1","#
        let what = "\(device) on \(order) (\(model.state), \(model.number))"
        if device == "WEB1", !chance(4) {
            let quantity = Int.random(in: 1...4, using: &generator)
            let base = chance(3) ? max(1, model.number - 1) : model.number
            let body = #"{"order":"\#(order)","based_on":\#(base),\#(Self.lines(quantity))}"#
            try ask("ORDER_AMEND", body, device, order, what) { $0.amend(quantity: quantity, basedOn: base) }
        } else if role == "register", chance(6) || (model.state == "claimed" && chance(3)) {
            try sell(order, device, what)
        } else if role != "website", chance(5) {
            let picked = Int.random(in: 0...3, using: &generator)
            let missing = chance(3) ? 1 : 0
            let line = #"{"line":1,"picked":\#(picked)\#(missing > 0 ? #","missing":1"# : "")}"#
            let body = #"{\#(source)"order":"\#(order)","lines":[\#(line)]}"#
            try ask("ORDER_PICK", body, device, order, what) {
                $0.report(.init(picked: picked, missing: missing), by: device, role: role)
            }
        } else {
            let verb = role == "website" ? "ORDER_CANCEL" : sensible(model, role) ?? anything(role)
            let reason = verb == "ORDER_REJECT" ? #","reason":"sold out""# : ""
            let body = #"{\#(source)"order":"\#(order)"\#(reason)}"#
            try ask(verb, body, device, order, what) { $0.ask(verb, by: device, role: role) }
        }
    }

    /// Asks, and then the model: on the way to the answer devices may come and go, which the model must know.
    private func ask(
        _ verb: String, _ body: String, _ device: String, _ order: String, _ what: String,
        _ verdict: (inout OrderModel) -> OrderModel.Verdict
    ) throws {
        let answer = try send(verb, body, from: device)
        expect(answer, verdict(&orders[order]!), "\(verb) by \(what)")
    }

    private func sell(_ order: String, _ device: String, _ what: String) throws {
        receipt += 1
        let sale = ReceiptText(
            number: "\(receipt)", at: now.rfc3339, more: #","order":"\#(order)","source":"WEB1""#)
        let answer = try send("SALE", sale.json, from: device)
        let isPaid = orders[order]!.pay(by: device)
        #expect(answer.marks == (isPaid ? [] : ["order_state"]), "\(name): sale by \(what)")
    }

    /// Mostly what leads on, so that orders come far.
    private func sensible(_ model: OrderModel, _ role: String) -> String? {
        guard !chance(3) else { return nil }
        return Specification.transitions.filter {
            $0.from == model.state && $0.roles.contains(role) && $0.verb != nil && $0.verb != "SALE"
                && $0.verb != "ORDER_PICK" && $0.verb != "ORDER_REJECT"
        }.compactMap(\.verb).randomElement(using: &generator)
    }

    private func anything(_ role: String) -> String {
        let common = ["ORDER_ACCEPT", "ORDER_REJECT", "ORDER_READY", "ORDER_CANCEL"]
        let own = role == "register" ? ["ORDER_ACK", "ORDER_CLAIM", "ORDER_RELEASE", "ORDER_HANDOVER"] : []
        return (common + own).randomElement(using: &generator) ?? "ORDER_ACCEPT"
    }

    /// Asks, sometimes without getting to hear the answer, and then again.
    private func send(_ verb: String, _ body: String, from device: String) throws -> WireLine {
        let client = try connect(device)
        switch Int.random(in: 0...11, using: &generator) {
        case 0:
            client.send("\(verb) x \(body)")
            try world.settle()
            try leave(device)
            // The till is back before anybody could have missed it.
            return try connect(device).request(verb, body)
        case 1:
            let first = client.request(verb, body)
            let second = client.request(verb, body)
            if first.ok != nil { #expect(second.ok == first.ok, "\(name): \(verb) \(body) again") }
            return first
        case 2 where chance(3):
            try crash(during: verb, body, of: client)
            return try connect(device).request(verb, body)
        default:
            return client.request(verb, body)
        }
    }

    private func crash(during verb: String, _ body: String, of client: TestClient) throws {
        crashes += 1
        let moment = CrashCamera.Moment.allCases.randomElement(using: &generator) ?? .beforeCommit
        camera.arm(moment, commitsBefore: 0, folder: world.folderPath)
        client.send("\(verb) x \(body)")
        try world.settle()
        let image = try camera.take(folder: world.folderPath)
        // What devices were sent in the last moment may have been of a commit that the image does not have.
        clients = [:]
        world = try TestWorld(folder: image, hooks: camera.hooks, clock: world.clock)
        try world.settle()
        forEachOrder { $0.gatewayStarted(at: now) }
        try connect("WEB1")
    }

    private func expect(_ answer: WireLine, _ verdict: OrderModel.Verdict, _ what: String) {
        answered += 1
        switch verdict {
        case .transition(let number):
            #expect(answer.ok?["number"]?.integer == Int64(number), "\(name): \(what): \(answer)")
        case .refused(let code):
            refusals[code, default: 0] += 1
            #expect(answer.code == code, "\(name): \(what): \(answer)")
        }
    }

    // MARK: What must hold

    /// Every order is where the model has it, somebody sees it, or somebody is alarmed.
    func check() throws {
        let website = try connect("WEB1")
        let alarms = try outbox("order.alarm")
        for model in orders.values.sorted(by: { $0.order < $1.order }) {
            let stored = website.request("ORDER_GET", #"{"order":"\#(model.order)"}"#).ok
            #expect(stored?["state"]?.text == model.state, "\(name): \(model)")
            #expect(stored?["number"]?.integer == Int64(model.number), "\(name): \(model)")
            let history = stored?["history"]?.elements ?? []
            #expect(history.map { $0["state"]?.text } == model.steps.map(\.state), "\(name): \(model)")
            #expect(history.map { $0["by"]?["device"]?.text } == model.steps.map(\.device), "\(name): \(model)")
            if model.state == "claimed" { #expect(stored?["till"]?.text == model.holder, "\(name): \(model)") }
            let isAlarmed = alarms.contains { $0["order"]?.text == model.order && $0["reason"]?.text == "unaccepted" }
            if model.isAlarmed { #expect(isAlarmed, "\(name): nobody was alarmed for \(model)") }
            #expect(model.receipts <= 1, "\(name): \(model)")
            try checkSeen(model)
        }
    }

    private func outbox(_ type: String) throws -> [JSONTree] {
        try world.journal.read { try $0.outbox(limit: 10_000) }.filter { $0.type == type }.map { try JSONTree($0.body) }
    }

    /// A new order is on a till's screen as soon as there is a till; one that waits too long is on all of them.
    private func checkSeen(_ model: OrderModel) throws {
        guard model.isUntaken else { return }
        for (device, client) in clients { gather(device, client) }
        let connected = tills.filter { clients[$0]?.isClosed == false }
        let shown = connected.filter { till in
            // A till that has acknowledged an order has it, whoever it was offered to.
            isShown(model.order, on: till) || model.steps.contains { $0.device == till }
        }
        if model.state == "new", !connected.isEmpty { #expect(!shown.isEmpty, "\(name): nobody sees \(model)") }
        if model.escalatedAt != nil { #expect(shown == connected, "\(name): not everybody sees \(model)") }
    }

    private func isShown(_ order: String, on till: String) -> Bool {
        events[till, default: [:]].values.contains {
            $0.event == "order.offered" && $0.body["order"]?.text == order
        }
    }

    /// Stops the gateway in good order, starts another: website and upstream have learnt every step, once and in order.
    func finish() throws {
        try restart()
        forEachOrder { $0.pass(at: now) }
        world.gateway.passOrderTime()
        try world.settle()
        try check()
        let website = try connect("WEB1")
        gather("WEB1", website)
        let told = events["WEB1", default: [:]].sorted { $0.key < $1.key }.map(\.value)
        let relayed = try outbox("order.state").compactMap { $0["transition"] }
        for model in orders.values {
            let changes = told.filter { $0.event == "order.changed" && $0.body["order"]?.text == model.order }
            let expected = model.steps.indices.filter { model.steps[$0].device != "WEB1" }.map { Int64($0 + 1) }
            #expect(changes.map { $0.body["number"]?.integer } == expected, "\(name): \(model)")
            let numbers = relayed.filter { $0["order"]?.text == model.order }.map { $0["number"]?.integer }
            #expect(numbers == model.steps.indices.map { Int64($0 + 1) }, "\(name): \(model)")
        }
        #expect(try world.journal.read { try $0.audit(at: now) }.findings == [], "\(name)")
    }
}

@Suite("Orders, whatever happens")
struct OrderHistoryTests {
    @Test("are in the state that the table says, seen or alarmed about, and told of once", arguments: UInt64(1)...24)
    func random(_ seed: UInt64) throws {
        let history = try OrderHistory(seed: seed)
        for _ in 0..<220 { try history.step() }
        try history.finish()
        #expect(history.orders.count >= 5)
        #expect(history.answered > 80)
        #expect(history.refusals["bad_state", default: 0] > 5)
    }
}
