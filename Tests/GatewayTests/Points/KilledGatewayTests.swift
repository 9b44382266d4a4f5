import Certificates
import EventLoop
import Foundation
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
        let programme = folder.path + "/programme.json"
        try Self.programme.write(toFile: programme, atomically: true, encoding: .utf8)
        let gateway = ServedGateway(
            folder: folder.path, arguments: ["--programme", programme], kills: Self.kills,
            attemptsBetweenKills: Self.attemptsBetweenKills)
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

    /// Points cost what they are worth, nothing is earned, and all of a basket can be paid with them.
    private static let programme = """
        {"id": "race", "version": 1, "currency": "RUB", "point_value": 100, "max_redeem": 10000,
         "tiers": [{"name": "base", "threshold": 0, "earn_rate": 0}]}
        """
}
