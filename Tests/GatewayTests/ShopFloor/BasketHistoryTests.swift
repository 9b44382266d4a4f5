import Journal
import LineProtocol
import Retail
import TestSupport
import Testing

@testable import Gateway

/// What a basket is, as somebody would think who has read the specification and nothing else.
private struct BasketModel {
    struct Basket {
        var till: String
        var content: Int
        var state = BasketState.sent
        /// The states that its app is told, and those that its till is told.
        var toldApp: [BasketState] = []
        var toldTill: [BasketState] = [.sent]
    }

    var baskets: [String: Basket] = [:]

    mutating func send(_ id: String, till: String, content: Int) -> String {
        if let known = baskets[id] { return known.till == till && known.content == content ? "sent" : "conflict" }
        baskets[id] = Basket(till: till, content: content)
        return "sent"
    }

    mutating func open(_ id: String, at till: String) -> String {
        guard let basket = baskets[id] else { return "not_found" }
        guard basket.till == till else { return "claimed" }
        if basket.state == .opened { return "opened" }
        guard basket.state == .sent else { return "bad_state \(basket.state.rawValue)" }
        return move(id, .opened, app: true)
    }

    mutating func giveBack(_ id: String, at till: String) -> String {
        guard let basket = baskets[id] else { return "not_found" }
        guard basket.till == till else { return "claimed" }
        if basket.state == .returned { return "returned" }
        guard basket.state.isOpen else { return "bad_state \(basket.state.rawValue)" }
        return move(id, .returned, app: true)
    }

    mutating func withdraw(_ id: String) -> String {
        guard let basket = baskets[id] else { return "not_found" }
        if basket.state == .withdrawn { return "withdrawn" }
        guard basket.state == .sent else { return "bad_state \(basket.state.rawValue)" }
        return move(id, .withdrawn, till: true)
    }

    /// The marks of a sale.
    mutating func sell(_ id: String, at till: String) -> [String] {
        guard let basket = baskets[id] else { return ["basket_unknown"] }
        guard basket.till == till, basket.state.isOpen else { return ["basket_state"] }
        _ = move(id, .sold, app: true)
        return []
    }

    mutating func endDay() {
        for id in baskets.keys where baskets[id]?.state.isOpen == true {
            _ = move(id, .withdrawn, app: true, till: true)
        }
    }

    private mutating func move(_ id: String, _ state: BasketState, app: Bool = false, till: Bool = false) -> String {
        baskets[id]?.state = state
        if app { baskets[id]?.toldApp.append(state) }
        if till { baskets[id]?.toldTill.append(state) }
        return state.rawValue
    }
}

/// One device of the history, which loses its connection now and then and reads its events after that again.
private final class FloorDevice {
    let role: DeviceRole
    let name: String
    private let world: TestWorld
    private var client: TestClient
    private var events: [UInt64: WireLine] = [:]

    init(_ role: DeviceRole, _ name: String, in world: TestWorld) throws {
        self.role = role
        self.name = name
        self.world = world
        client = try world.greeted(role, "S1", name)
    }

    func request(_ verb: String, _ body: String) -> WireLine { client.request(verb, body) }

    func vanish() {
        read()
        client.vanish()
    }

    func reconnect() throws { client = try world.greeted(role, "S1", name) }

    /// What this device was told of each basket, in its order, each event once.
    func told() -> [String: [BasketState]] {
        read()
        var told: [String: [BasketState]] = [:]
        for (_, event) in events.sorted(by: { $0.key < $1.key }) {
            guard let app = event.body["app"]?.text, let basket = event.body["basket"]?.text,
                let state = event.body["state"]?.text.flatMap(BasketState.init(rawValue:))
            else { continue }
            told["\(app)/\(basket)", default: []].append(state)
        }
        return told
    }

    private func read() {
        for event in client.events { if let number = event.number { events[number] = event } }
    }
}

@Suite("Histories of baskets")
struct BasketHistoryTests {
    private static let steps = 120

    @Test(
        "whatever happens in whatever order, every basket is where the specification says, and both sides know it",
        arguments: 1...12)
    func random(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let world = try TestWorld()
        let apps = try ["APP1", "APP2"].map { try FloorDevice(.app, $0, in: world) }
        let tills = try ["T01", "T02"].map { try FloorDevice(.register, $0, in: world) }
        var model = BasketModel()
        var receipts = 0
        for step in 0..<Self.steps {
            let app = apps[Int.random(in: 0...1, using: &generator)]
            let till = tills[Int.random(in: 0...1, using: &generator)]
            let id = "b\(step / 20 * 4 + Int.random(in: 1...8, using: &generator))"
            let key = "\(app.name)/\(id)"
            let comment: Comment = "seed \(seed), step \(step): \(key) at \(till.name)"
            switch Int.random(in: 0...19, using: &generator) {
            case 0...6:
                let note = Int.random(in: 0...9, using: &generator) == 0 ? 1 : 0
                // A basket belongs to one till unless somebody errs.
                let home = id.utf8.last.map { $0 % 2 == 0 } == true ? "T01" : "T02"
                let body = FloorShop.content(id, till: home, more: #","note":"\#(note)""#)
                let answer = app.request("BASKET_SEND", body)
                #expect(outcome(answer) == model.send(key, till: home, content: note), comment)
            case 7...9:
                let answer = till.request("BASKET_OPEN", FloorShop.reference(id, app: app.name))
                #expect(outcome(answer) == model.open(key, at: till.name), comment)
            case 10...11:
                let answer = till.request("BASKET_RETURN", FloorShop.reference(id, app: app.name))
                #expect(outcome(answer) == model.giveBack(key, at: till.name), comment)
            case 12:
                let answer = app.request("BASKET_WITHDRAW", #"{"basket":"\#(id)"}"#)
                #expect(outcome(answer) == model.withdraw(key), comment)
            case 13...15:
                receipts += 1
                let sale = ReceiptText(
                    number: "\(receipts)", at: world.clock.now().rfc3339,
                    more: #","basket":"\#(id)","app":"\#(app.name)""#)
                let first = till.request("SALE", sale.json)
                #expect(first.marks == model.sell(key, at: till.name), comment)
                #expect(till.request("SALE", sale.json).ok == first.ok, comment)
            case 16...17:
                let device = Bool.random(using: &generator) ? app : till
                device.vanish()
                try device.reconnect()
            case 18:
                for device in apps + tills { device.vanish() }
                try world.restart()
                for device in apps + tills { try device.reconnect() }
            default:
                world.clock.advance(milliseconds: 86_400_000)
                world.gateway.passOrderTime()
                try world.settle()
                model.endDay()
            }
        }
        try world.settle()
        try check(model, world, apps, tills, seed)
    }

    private func outcome(_ line: WireLine) -> String {
        if let state = line.ok?["state"]?.text { return state }
        let code = line.code ?? "nothing"
        return code == "bad_state" ? "\(code) \(line.error?["state"]?.text ?? "")" : code
    }

    private func check(
        _ model: BasketModel, _ world: TestWorld, _ apps: [FloorDevice], _ tills: [FloorDevice], _ seed: UInt64
    ) throws {
        let comment: Comment = "seed \(seed)"
        for (key, basket) in model.baskets {
            let names = key.split(separator: "/").map(String.init)
            let stored = try world.journal.read {
                try $0.basket(BasketKey(store: "S1", app: names[0], basket: names[1]))
            }
            #expect(stored?.state == basket.state, "\(comment) \(key)")
            #expect((stored?.receipt != nil) == (basket.state == .sold), "\(comment) \(key)")
        }
        for app in apps {
            let told = app.told()
            for (key, basket) in model.baskets where key.hasPrefix(app.name + "/") {
                #expect(told[key] ?? [] == basket.toldApp, "\(comment) \(key)")
            }
        }
        for till in tills {
            let expected = model.baskets.filter { $0.value.till == till.name }.mapValues(\.toldTill)
            #expect(till.told() == expected, comment)
        }
        #expect(try world.journal.read { try $0.audit(at: world.clock.now()) }.findings == [], comment)
    }
}
