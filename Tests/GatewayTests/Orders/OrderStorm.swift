import Certificates
import EventLoop
import Foundation
import Journal
import LineProtocol
import Locking
import Retail
import TestSupport
import TillClient

@testable import Gateway

/// Many orders, many tills that come and go, and a gateway that is killed again and again: the program itself, over TCP.
struct OrderStorm: Sendable {
    let orders: Int
    let tills: Int
    let kills: Int

    static let website = "WEB1"

    static func token(_ device: String) -> String { "a-token-of-a-device-\(device)" }

    var tillNames: [String] { (1...tills).map { "T\($0)" } }

    /// Makes the devices known.
    func prepare(_ folder: String) throws {
        let journal = try Journal.open(folder: folder + "/data")
        defer { journal.close() }
        try journal.perform { transaction in
            for device in tillNames + [Self.website] {
                try transaction.put(
                    DeviceRecord(
                        store: "S1", name: device, role: device == Self.website ? .website : .register,
                        fingerprint: nil, tokenHash: sha256(Array(Self.token(device).utf8)),
                        createdAt: SystemClock().now()))
            }
        }
    }

    static func client(_ device: String, _ gateway: ServedGateway, _ loop: EventLoop) -> TillClient {
        var configuration = TillClientConfiguration(
            addresses: [.tcp(host: "127.0.0.1", port: gateway.port)], token: token(device),
            role: device == website ? .website : .register)
        configuration.callDeadlineMilliseconds = 60_000
        // The gateway is back at once here: nobody has to be patient with it.
        configuration.pauses = ReconnectPauses(
            firstMilliseconds: 50, longestMilliseconds: 500, steadyAfterMilliseconds: 500)
        return TillClient(configuration, loop: loop)
    }

    static func order(_ number: Int, seed: UInt64) -> OrderPush {
        let price = Money(minorUnits: 1_000 + Int64(number))
        return OrderPush(
            order: "\(seed)-\(number)", store: "S1",
            lines: [OrderLine(line: 1, sku: "A", name: "Thing", quantity: .one, price: price, amount: price)],
            total: price, isPrepaid: number.isMultiple(of: 3))
    }
}

/// The web shop: pushes, cancels some, and keeps what it is told.
final class StormyWebsite: Sendable {
    private struct State {
        var told: [String: [Int64]] = [:]
        var ended: Set<String> = []
        var failures: [String] = []
        var isPushed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var openAtOnce = 0
    }

    private let client: TillClient
    private let state = Mutex(State())
    private let orders: [OrderPush]

    init(_ client: TillClient, _ orders: [OrderPush]) {
        self.client = client
        self.orders = orders
    }

    var failures: [String] { state.withLock { $0.failures } }

    /// The numbers of the transitions that it was told of, by order, as they came.
    var told: [String: [Int64]] { state.withLock { $0.told } }

    var isDone: Bool { state.withLock { $0.ended.count == orders.count } }

    /// Orders that were open when the last one had been pushed.
    var openAtOnce: Int { state.withLock { $0.openAtOnce } }

    /// Until everything is pushed people are busy with something else.
    func waitUntilPushed() async {
        await withCheckedContinuation { continuation in
            let isPushed = state.withLock { state in
                if !state.isPushed { state.waiting.append(continuation) }
                return state.isPushed
            }
            if isPushed { continuation.resume() }
        }
    }

    private func openShop() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isPushed = true
            state.openAtOnce = orders.count - state.ended.count
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Pushes everything, a dozen at a time, some of it twice.
    func push(_ gateway: ServedGateway) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<12 {
                group.addTask { [self] in
                    for index in stride(from: lane, to: orders.count, by: 12) {
                        try await gateway.note()
                        await push(orders[index], twice: index.isMultiple(of: 10))
                    }
                }
            }
            try await group.waitForAll()
        }
        openShop()
    }

    private func push(_ order: OrderPush, twice: Bool) async {
        do throws(TillClientError) {
            let first = try await client.pushOrder(order)
            let again = twice ? try await client.pushOrder(order) : first
            if first != again { complain("\(order.order) was answered \(first) and then \(again)") }
        } catch {
            complain("push of \(order.order): \(error)")
        }
    }

    /// Takes every thirteenth order back, wherever it is by then.
    func changeItsMind(_ gateway: ServedGateway) async throws {
        for index in stride(from: 5, to: orders.count, by: 13) {
            try await gateway.note()
            do throws(TillClientError) {
                let change = try await client.cancelOrder(OrderReference(order: orders[index].order, reason: "sorry"))
                note(change, isOwn: true)
            } catch {
                guard case .refused(let refusal) = error, refusal.code == .badState else {
                    complain("cancellation of \(orders[index].order): \(error)")
                    continue
                }
            }
        }
    }

    /// Reads events until the client is closed.
    func follow() async {
        for await event in client.events {
            if case .orderChanged(let change) = event.content { note(change, isOwn: false) }
            if isDone { return }
        }
    }

    private func note(_ change: TransitionReply, isOwn: Bool) {
        state.withLock { state in
            if !isOwn { state.told[change.key.order, default: []].append(change.number) }
            if change.state.isFinal { state.ended.insert(change.key.order) }
        }
    }

    private func complain(_ what: String) { state.withLock { $0.failures.append(what) } }
}

/// A till that takes what it is offered to the end, and whose cable is pulled now and then, also in the middle of a claim.
final class StormyTill: Sendable {
    private enum Trouble: Error {
        case cablePulled
    }

    private struct State {
        var generator: SeededGenerator
        var failures: [String] = []
        var seen: Set<String> = []
    }

    private let name: String
    private let gateway: ServedGateway
    private let loop: EventLoop
    private let website: StormyWebsite
    private let state: Mutex<State>

    init(
        _ name: String, _ gateway: ServedGateway, _ loop: EventLoop, seed: UInt64, until website: StormyWebsite
    ) {
        self.name = name
        self.gateway = gateway
        self.loop = loop
        self.website = website
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
    }

    var failures: [String] { state.withLock { $0.failures } }

    private func chance(_ one: Int) -> Bool { state.withLock { Int.random(in: 1...one, using: &$0.generator) == 1 } }

    /// One connection after the other until everything is over.
    func run() async {
        while !website.isDone {
            let client = OrderStorm.client(name, gateway, loop)
            do {
                try await client.connect()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let (work, toPeople) = AsyncStream.makeStream(of: OrderKey.self)
                    group.addTask { [self] in try await listen(client, toPeople) }
                    group.addTask { [self] in try await serve(client, work) }
                    // Whichever ends first ends the other.
                    defer {
                        toPeople.finish()
                        client.close()
                        group.cancelAll()
                    }
                    try await group.next()
                }
            } catch Trouble.cablePulled {
                continue
            } catch {
                if !website.isDone { state.withLock { $0.failures.append("\(name): \(error)") } }
            }
            client.close()
        }
    }

    /// The software's part: stores what is offered, and says so.
    private func listen(
        _ client: TillClient, _ toPeople: AsyncStream<OrderKey>.Continuation
    ) async throws {
        var list = OrderList(states: [.delivered, .accepted, .picking, .ready, .claimed, .paid, .cancelRequested])
        repeat {
            let page = try await client.orders(list)
            for order in page.orders where order.till == name { toPeople.yield(order.last.key) }
            list.after = page.next
        } while list.after != nil
        for await event in client.events {
            switch event.content {
            case .orderOffered(let order):
                try await attempt { _ = try await client.acknowledgeOrder(Self.reference(order.last.key)) }
                toPeople.yield(order.last.key)
                if chance(60) { throw Trouble.cablePulled }
            case .orderChanged(let change) where change.state == .cancelRequested: toPeople.yield(change.key)
            default: break
            }
        }
    }

    private static func reference(_ key: OrderKey) -> OrderReference {
        OrderReference(source: key.source, order: key.order, person: "Somebody")
    }

    /// The people's part: each order as far as it goes.
    private func serve(_ client: TillClient, _ work: AsyncStream<OrderKey>) async throws {
        await website.waitUntilPushed()
        for await key in work {
            try await gateway.note()
            try await attempt { try await self.serve(key, client) }
            if chance(15) { throw Trouble.cablePulled }
        }
    }

    private func serve(_ key: OrderKey, _ client: TillClient) async throws {
        let reference = Self.reference(key)
        let order = try await client.order(reference).order
        switch order.last.state {
        case .new, .delivered: _ = try await client.acceptOrder(reference)
        case .cancelRequested:
            _ = try await client.cancelOrder(reference)
            return
        case .accepted, .picking, .ready, .claimed, .paid: break
        case .handedOver, .rejected, .expired, .cancelled: return
        }
        if order.last.state != .paid {
            if order.last.state != .claimed, order.last.state != .ready {
                _ = try await client.markOrderReady(reference)
            }
            _ = try await client.claimOrder(reference)
            if chance(12) { throw Trouble.cablePulled }
            if !order.isPrepaid { _ = try await client.sale(Self.sale(order)) }
        }
        if chance(20) { throw Trouble.cablePulled }
        _ = try await client.handOverOrder(reference)
    }

    /// The same whenever it is made, so that a till that was cut off repeats the sale instead of making another.
    private static func sale(_ order: OrderDetails) -> ReceiptRequest {
        let line = ReceiptLine(
            sku: "A", name: "Thing", quantity: .one, price: order.total, amount: order.total)
        return ReceiptRequest(
            kind: .sale, shift: 1, number: order.last.key.order, at: order.createdAt, order: order.last.key,
            lines: [ReceiptRequestLine(line)], payments: [Tender(kind: "card", amount: order.total)],
            total: order.total)
    }

    /// Somebody else was quicker, or the website has changed its mind: no failure.
    private func attempt(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as TillClientError {
            guard case .refused(let refusal) = error, [.badState, .claimed, .notFound].contains(refusal.code) else {
                throw error
            }
        }
    }
}
