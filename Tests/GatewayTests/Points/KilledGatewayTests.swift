import Certificates
import EventLoop
import Foundation
import Glibc
import Journal
import LineProtocol
import Locking
import Loyalty
import Retail
import TestSupport
import Testing
import TillClient

@testable import Gateway

@Suite("Fifty tills spend one balance while the gateway is killed", .timeLimit(.minutes(5)))
struct KilledGatewayTests {
    static let tills = 50
    static let points: Int64 = 2_000
    /// How often the gateway is killed, and after how many attempts each time.
    static let kills = 4
    static let attemptsBetweenKills = 90

    @Test("never more than there was, and every attempt is answered", arguments: [UInt64(1), 2])
    func race(_ seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let customer = try prepare(folder.path)
        let gateway = try ServedGateway(folder: folder.path)
        defer { gateway.kill() }
        try await gateway.start()
        let sales = try await shop(gateway, customer, seed)
        #expect(sales.unanswered == 0, "seed \(seed)")
        #expect(gateway.kills == Self.kills, "seed \(seed)")
        gateway.stop()
        let journal = try Journal.open(folder: folder.path + "/data")
        defer { journal.close() }
        let now = SystemClock().now()
        let report = try journal.read { try $0.audit(at: now) }
        #expect(report.findings == [])
        #expect(report.pointsDebt == 0)
        #expect(report.receipts == Int64(sales.spent.count))
        // Nobody earns anything here: what is left and what was spent are what there was.
        #expect(report.pointsLiability == Self.points - sales.spent.reduce(0, +), "seed \(seed)")
        #expect(sales.spent.reduce(0, +) > Self.points / 2, "seed \(seed): hardly anything was spent")
        #expect(sales.refused > 0, "seed \(seed): nobody was told that there are not enough")
    }

    /// A journal with a customer who has points, and fifty tills with tokens.
    private func prepare(_ path: String) throws -> CustomerID {
        let journal = try Journal.open(folder: path + "/data")
        defer { journal.close() }
        return try journal.perform { transaction in
            let now = SystemClock().now()
            for till in 1...Self.tills {
                try transaction.put(
                    DeviceRecord(
                        store: "S1", name: "T\(till)", role: .register, fingerprint: nil,
                        tokenHash: sha256(Array(Self.token(till).utf8)), createdAt: now))
            }
            let customer = try transaction.insertCustomer(CustomerProfile(), at: now)
            var posting = try transaction.open(customer)
            posting.entries = try posting.account.points.earn(
                Grant(points: Self.points, origin: .granted, activeFrom: now), at: now)
            _ = try transaction.post(posting, PostingCause("import", at: now))
            return customer
        }
    }

    private static func token(_ till: Int) -> String { "a-token-of-a-till-\(till)" }

    // MARK: The tills

    private struct Sales: Sendable {
        /// Points of the sales that were acknowledged.
        var spent: [Int64] = []
        var refused = 0
        var unanswered = 0
    }

    private func shop(_ gateway: ServedGateway, _ customer: CustomerID, _ seed: UInt64) async throws -> Sales {
        let loop = try EventLoop(label: "tills")
        defer { loop.stop() }
        return try await withThrowingTaskGroup(of: Sales.self) { group in
            for till in 1...Self.tills {
                group.addTask {
                    try await Self.sell(till, customer, gateway, loop: loop, seed: seed &* 1_000 &+ UInt64(till))
                }
            }
            return try await group.reduce(into: Sales()) { all, one in
                all.spent += one.spent
                all.refused += one.refused
                all.unanswered += one.unanswered
            }
        }
    }

    /// One till: holds points and pays with them, changes its mind now and then, until it is told that there are no more.
    private static func sell(
        _ till: Int, _ customer: CustomerID, _ gateway: ServedGateway, loop: EventLoop, seed: UInt64
    ) async throws -> Sales {
        var configuration = TillClientConfiguration(
            addresses: [.tcp(host: "127.0.0.1", port: gateway.port)], token: token(till), role: .register)
        configuration.callDeadlineMilliseconds = 60_000
        let client = TillClient(configuration, loop: loop)
        try await client.connect()
        var sales = Sales()
        var generator = SeededGenerator(seed: seed)
        for number in 1...10 {
            try await gateway.note()
            let points = Int64.random(in: 1...20, using: &generator)
            let isChangedMind = Int.random(in: 0..<4, using: &generator) == 0
            do throws(TillClientError) {
                let key = "\(number)"
                let held = try await client.hold(
                    HoldRequest(shift: 1, number: key, customer: customer, points: points))
                if isChangedMind {
                    try await client.release(ReleaseRequest(shift: 1, number: key))
                    continue
                }
                let reply = try await client.sale(sale(key, customer, points, hold: held.hold))
                sales.spent.append(reply.points?.spent ?? 0)
                if !reply.marks.isEmpty { sales.unanswered += 1 }
            } catch {
                if case .refused(let refusal) = error, refusal.body.field == "points" {
                    sales.refused += 1
                } else {
                    sales.unanswered += 1
                }
            }
        }
        client.close()
        return sales
    }

    private static func sale(
        _ number: String, _ customer: CustomerID, _ points: Int64, hold: String
    ) -> ReceiptRequest {
        let paid = Money(minorUnits: 10_000)
        let price = Money(minorUnits: 10_000 + points * 100)
        let line = ReceiptLine(
            sku: "A", name: "Thing", quantity: .one, price: price, amount: paid,
            discounts: [LineDiscount(origin: LineDiscount.pointsOrigin, amount: Money(minorUnits: points * 100))])
        return ReceiptRequest(
            kind: .sale, shift: 1, number: number, at: SystemClock().now(), customer: customer, hold: hold,
            lines: [ReceiptRequestLine(line)], payments: [Tender(kind: "card", amount: paid)], total: paid)
    }
}

/// The program itself, serving in a process of its own, which is killed in the middle of its work.
private final class ServedGateway: Sendable {
    private struct State {
        var process: Process?
        var port = 0
        var attempts = 0
        var kills = 0
        var isRestarting = false
    }

    /// The program has ended instead of listening.
    struct Ended: Error {}

    /// The port can be in use for a moment, by a till that was trying to reach the gateway.
    private static let startsMaximum = 50

    private let folder: String
    private let state = Mutex(State())

    init(folder: String) throws {
        self.folder = folder
        try Self.programme.write(toFile: folder + "/programme.json", atomically: true, encoding: .utf8)
    }

    var port: Int { state.withLock { $0.port } }

    var kills: Int { state.withLock { $0.kills } }

    /// Starts it, for the first time or again on the same port, and waits until it listens.
    func start() async throws {
        for _ in 0..<Self.startsMaximum {
            do {
                let port = try await startOnce()
                return state.withLock { $0.port = port }
            } catch is Ended {}
        }
        throw Ended()
    }

    private func startOnce() async throws -> Int {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = [
            "serve", "--data", folder + "/data", "--programme", folder + "/programme.json", "--listen", "127.0.0.1:0",
            "--plain", "127.0.0.1:\(port)",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let log = Pipe()
        process.standardError = log
        try process.run()
        state.withLock { $0.process = process }
        return try await Self.port(in: log.fileHandleForReading)
    }

    /// Reads the program's log until it tells its port, and goes on reading so that it never waits for a reader.
    private static func port(in log: FileHandle) async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let waiting = Mutex<CheckedContinuation<Int, any Error>?>(continuation)
            let text = Mutex("")
            log.readabilityHandler = { log in
                let more = log.availableData
                if more.isEmpty {
                    log.readabilityHandler = nil
                    waiting.withLock { waiting in
                        waiting?.resume(throwing: Ended())
                        waiting = nil
                    }
                    return
                }
                let port = text.withLock { text -> Int? in
                    text += String(decoding: more, as: UTF8.self)
                    guard text.contains("listening"), let key = text.range(of: "plain_port=") else { return nil }
                    let rest = text[key.upperBound...]
                    // What comes may end in the middle of the number.
                    let digits = rest.prefix { $0.isNumber }
                    return digits.endIndex < rest.endIndex ? Int(digits) : nil
                }
                guard let port else { return }
                waiting.withLock { waiting in
                    waiting?.resume(returning: port)
                    waiting = nil
                }
            }
        }
    }

    /// One more attempt is made; now and then that is the moment at which the power goes.
    func note() async throws {
        let isDue = state.withLock { state in
            state.attempts += 1
            let planned = min(KilledGatewayTests.kills, state.attempts / KilledGatewayTests.attemptsBetweenKills)
            guard state.kills < planned, !state.isRestarting else { return false }
            state.kills += 1
            state.isRestarting = true
            return true
        }
        guard isDue else { return }
        kill()
        try await start()
        state.withLock { $0.isRestarting = false }
    }

    /// Ends it as a power cut would.
    func kill() {
        guard let process = state.withLock({ $0.process }), process.isRunning else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends it in good order.
    func stop() {
        guard let process = state.withLock({ $0.process }) else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// The program stands beside the tests.
    private static var program: URL {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return tests.appending(path: "tillgate")
    }

    /// Points cost what they are worth, nothing is earned, and all of a basket can be paid with them.
    private static let programme = """
        {"id": "race", "version": 1, "currency": "RUB", "point_value": 100, "max_redeem": 10000,
         "tiers": [{"name": "base", "threshold": 0, "earn_rate": 0}]}
        """
}
