import Retail
import TestSupport
import Testing

@testable import Gateway

/// Stock as a person with a pencil would keep it.
private struct StockModel {
    struct Order {
        var goods: [String: Int64]
        var isPrepaid: Bool
        var state = "new"
        var isPaid = false
    }

    /// Thousandths that are there; nothing for what the store does not keep.
    var onHand: [String: Int64] = [:]
    var orders: [String: Order] = [:]

    func reserved(_ sku: String) -> Int64 {
        let over = ["paid", "handed_over", "rejected", "expired", "cancelled"]
        return orders.values.reduce(0) { over.contains($1.state) ? $0 : $0 + ($1.goods[sku] ?? 0) }
    }

    mutating func move(_ goods: [String: Int64], _ sign: Int64) {
        for (sku, quantity) in goods { if let there = onHand[sku] { onHand[sku] = there + sign * quantity } }
    }

    /// Free and set aside, as STOCK says them.
    func level(_ sku: String) -> String? {
        onHand[sku].map {
            let free = Quantity(thousandths: max(0, $0 - reserved(sku)))
            return "\(free.decimalText)+\(Quantity(thousandths: reserved(sku)).decimalText)"
        }
    }
}

/// Orders, receipts and counts at random, at the gateway and in the model.
private final class StockHistory {
    static let skus = ["KETTLE", "MUG", "TEAPOT"]

    let room: StockRoom
    var model = StockModel()
    private var till: TestClient
    private var website: TestClient
    private var random: SeededGenerator
    private var serial = 0
    private var lastReceipt: (verb: String, json: String)?

    init(seed: UInt64) throws {
        room = try StockRoom()
        till = room.till
        website = room.website
        random = SeededGenerator(seed: seed)
        model.onHand = ["KETTLE": 10_000, "MUG": 5_000]
    }

    private func quantity() -> Int64 { Int64.random(in: 1...8, using: &random) * 250 }

    private func goods() -> [String: Int64] {
        var goods: [String: Int64] = [:]
        for sku in Self.skus where Bool.random(using: &random) { goods[sku] = quantity() }
        return goods.isEmpty ? ["KETTLE": quantity()] : goods
    }

    private func lines(_ goods: [String: Int64], amount: Int64 = 100) -> String {
        goods.sorted { $0.key < $1.key }.map { sku, quantity in
            #"{"sku":"\#(sku)","name":"Thing","quantity":\#(Quantity(thousandths: quantity).decimalText),"#
                + #""price":\#(amount),"amount":\#(amount)}"#
        }.joined(separator: ",")
    }

    private func anyOrder() -> String? { model.orders.keys.sorted().randomElement(using: &random) }

    private func reference(_ order: String) -> String { PushText(order: order).reference }

    /// What an answer says that became of the order.
    private func note(_ answer: WireLine, of order: String) {
        guard let state = answer.ok?["state"]?.text, var known = model.orders[order] else { return }
        if state == "handed_over", known.state != "handed_over", !known.isPaid { model.move(known.goods, -1) }
        // A repeated step is answered as it was, which may be less than where the order is now.
        if !["paid", "handed_over", "rejected", "expired", "cancelled"].contains(known.state) || state == "handed_over"
        {
            known.state = state
        }
        model.orders[order] = known
    }

    private func refresh(_ order: String) {
        if let state = website.request("ORDER_GET", #"{"order":"\#(order)"}"#).ok?["state"]?.text {
            model.orders[order]?.state = state
        }
    }

    func step() throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0...3: push()
        case 4...8: advance()
        case 9, 10: pay()
        case 11: cancel()
        case 12: amend()
        case 13, 14: receipt("SALE", -1)
        case 15: receipt("RETURN", 1)
        case 16: receipt("VOID", 0)
        case 17: repeatReceipt()
        case 18: count()
        default: try passTime()
        }
    }

    private func push() {
        serial += 1
        let order = "o\(serial)"
        let goods = goods()
        let isPrepaid = Bool.random(using: &random)
        let until = room.world.clock.now().adding(milliseconds: Int64.random(in: 1...20, using: &random) * 60_000)
        let text =
            #"{"order":"\#(order)","store":"S1","lines":[\#(lines(goods))],"total":100,"prepaid":\#(isPrepaid),"#
            + #""pickup_until":"\#(until.rfc3339)"}"#
        for _ in 0...Int.random(in: 0...1, using: &random) { #expect(website.request("ORDER_PUSH", text).ok != nil) }
        model.orders[order] = .init(goods: goods, isPrepaid: isPrepaid)
    }

    private func advance() {
        let verbs = [
            "ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM", "ORDER_CLAIM", "ORDER_HANDOVER",
            "ORDER_HANDOVER", "ORDER_RELEASE",
        ]
        guard let order = anyOrder(), let verb = verbs.randomElement(using: &random) else { return }
        if Int.random(in: 0..<12, using: &random) == 0 {
            let refusal = #"{"source":"WEB1","order":"\#(order)","reason":"no"}"#
            note(till.request("ORDER_REJECT", refusal), of: order)
        } else {
            note(till.request(verb, reference(order)), of: order)
        }
        refresh(order)
    }

    private func pay() {
        guard let order = anyOrder(), let known = model.orders[order] else { return }
        let sold = Bool.random(using: &random) ? known.goods : goods()
        let isClaimed = known.state == "claimed"
        let wasHandedOverUnpaid = known.state == "handed_over" && !known.isPaid
        send("SALE", sold, more: #","source":"WEB1","order":"\#(order)""#)
        if !wasHandedOverUnpaid { model.move(sold, -1) }
        if isClaimed {
            model.orders[order]?.isPaid = true
            model.orders[order]?.state = "paid"
        }
    }

    private func cancel() {
        guard let order = anyOrder() else { return }
        _ = website.request("ORDER_CANCEL", #"{"order":"\#(order)"}"#)
        if Bool.random(using: &random) { _ = till.request("ORDER_CANCEL", reference(order)) }
        refresh(order)
    }

    private func amend() {
        guard let order = anyOrder() else { return }
        let number = website.request("ORDER_GET", #"{"order":"\#(order)"}"#).ok?["number"]?.integer ?? 1
        let goods = goods()
        let answer = website.request(
            "ORDER_AMEND", #"{"order":"\#(order)","based_on":\#(number),"lines":[\#(lines(goods))],"total":7}"#)
        if answer.ok != nil { model.orders[order]?.goods = goods }
    }

    private func receipt(_ verb: String, _ sign: Int64) {
        let goods = goods()
        send(verb, goods)
        model.move(goods, sign)
    }

    private func send(_ verb: String, _ goods: [String: Int64], more: String = "") {
        serial += 1
        let total = Int64(goods.count) * 100
        let json =
            #"{"shift":1,"number":"\#(serial)","at":"\#(room.world.clock.now().rfc3339)","#
            + #""lines":[\#(lines(goods))],"payments":[{"kind":"card","amount":\#(total)}],"total":\#(total)\#(more)}"#
        #expect(till.request(verb, json).ok != nil)
        lastReceipt = (verb, json)
    }

    private func repeatReceipt() {
        guard let lastReceipt else { return }
        #expect(till.request(lastReceipt.verb, lastReceipt.json).ok != nil)
    }

    private func count() {
        guard let sku = Self.skus.randomElement(using: &random) else { return }
        let quantity = Int64.random(in: 0...20, using: &random) * 500
        room.count(sku, Quantity(thousandths: quantity).decimalText)
        model.onHand[sku] = quantity
    }

    private func passTime() throws {
        room.world.clock.advance(milliseconds: Int.random(in: 1...300_000, using: &random))
        if Int.random(in: 0..<4, using: &random) == 0 {
            try room.world.restart()
            till = try room.world.till()
            website = try room.world.greeted(.website, "S1", "WEB1")
        }
        room.world.gateway.passOrderTime()
        try room.world.settle()
        for order in model.orders.keys.sorted() { refresh(order) }
    }

    func compare(_ comment: Comment) {
        for sku in Self.skus {
            let answer = till.request("STOCK", #"{"sku":"\#(sku)","stores":["S1"]}"#).ok?["stores"]?[0]
            var told: String?
            if case .number(let free)? = answer?["available"], case .number(let reserved)? = answer?["reserved"] {
                told = "\(free)+\(reserved)"
            }
            #expect(told == model.level(sku), "\(sku) \(comment)")
        }
    }
}

@Suite("A random history of orders, receipts and counts")
struct StockHistoryTests {
    @Test("leaves the stock that a simple model says, after every step", arguments: 1...12)
    func history(seed: UInt64) throws {
        let history = try StockHistory(seed: seed)
        for step in 1...120 {
            try history.step()
            history.compare("seed \(seed), step \(step)")
        }
        try history.room.audit()
    }
}
