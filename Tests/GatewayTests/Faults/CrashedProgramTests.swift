#if DEBUG
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

@Suite("The program kills itself at every named point", .timeLimit(.minutes(2)))
struct CrashedProgramTests {
    private static let points: Int64 = 100_000
    private static let token = "a-token-of-a-till"
    /// How often a point is passed before it is deadly: at once, and in the middle of the work.
    private static let times = [2, 5, 11]
    private static let leastReceipts = 60
    private static let mostReceipts = 20_000

    /// What was acknowledged.
    private struct Day: Sendable {
        var receipts: [ReceiptKey] = []
        var spent: Int64 = 0
        var marks: [String] = []
    }

    @Test("and has every receipt that it acknowledged, upstream has each once, and the points are right")
    func everyPoint() async throws {
        let folder = try TemporaryFolder()
        let customer = try prepare(folder.path)
        let programme = folder.path + "/programme.json"
        try Self.programme.write(toFile: programme, atomically: true, encoding: .utf8)
        let sent = folder.path + "/sent.ndjson"
        let gateway = ServedGateway(
            folder: folder.path, arguments: ["--programme", programme, "--upstream", "file:" + sent], kills: 0,
            attemptsBetweenKills: 1)
        defer { gateway.kill() }
        try await gateway.start()
        let loop = try EventLoop(label: "till")
        defer { loop.stop() }
        let isOver = Mutex(false)
        let till = try await Self.connect(port: gateway.port, loop: loop)
        defer { till.close() }
        try await gateway.die()
        async let selling = sell(to: customer, at: till) { isOver.withLock { $0 } }
        for time in Self.times {
            for point in CrashPoint.allCases {
                try await gateway.startAndDie(at: point.rawValue, time: time)
            }
        }
        try await gateway.start()
        isOver.withLock { $0 = true }
        let day = try await selling
        #expect(gateway.kills == Self.times.count * CrashPoint.allCases.count)
        #expect(eventually { (try? Self.relayed(sent).count) == day.receipts.count })
        gateway.stop()
        #expect(try Self.relayed(sent) == day.receipts.map(\.text))
        #expect(day.marks == [])
        try check(day, folder.path)
    }

    private func check(_ day: Day, _ path: String) throws {
        let journal = try Journal.open(folder: path + "/data")
        defer { journal.close() }
        let now = SystemClock().now()
        try journal.read { view in
            for key in day.receipts { #expect(try view.receipt(key) != nil, "\(key.text)") }
            let report = try view.audit(at: now)
            #expect(report.findings == [])
            #expect(report.receipts == Int64(day.receipts.count))
            #expect(report.pointsLiability == Self.points - day.spent)
            #expect(report.pointsDebt == 0)
        }
    }

    /// The ids of what the file has, in its order.
    private static func relayed(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            try JSONTree(Array(line.utf8))["id"]?.text ?? "none"
        }
    }

    private func prepare(_ path: String) throws -> CustomerID {
        let journal = try Journal.open(folder: path + "/data")
        defer { journal.close() }
        return try journal.perform { transaction in
            let now = SystemClock().now()
            try transaction.put(
                DeviceRecord(
                    store: "S1", name: "T01", role: .register, fingerprint: nil,
                    tokenHash: sha256(Array(Self.token.utf8)), createdAt: now))
            let customer = try transaction.insertCustomer(CustomerProfile(), at: now)
            var posting = try transaction.open(customer)
            posting.entries = try posting.account.points.earn(
                Grant(points: Self.points, origin: .granted, activeFrom: now), at: now)
            _ = try transaction.post(posting, PostingCause("import", at: now))
            return customer
        }
    }

    private static func connect(port: Int, loop: EventLoop) async throws -> TillClient {
        var configuration = TillClientConfiguration(
            addresses: [.tcp(host: "127.0.0.1", port: port)], token: token, role: .register)
        configuration.callDeadlineMilliseconds = 120_000
        let client = TillClient(configuration, loop: loop)
        try await client.connect()
        return client
    }

    /// Holds points, sells and takes back until it is over; the client asks again whenever the gateway is away.
    private func sell(
        to customer: CustomerID, at client: TillClient, isOver: @Sendable () -> Bool
    ) async throws -> Day {
        var day = Day()
        var number = 0
        while number < Self.leastReceipts || (!isOver() && number < Self.mostReceipts) {
            number += 1
            let name = "\(number)"
            let spends: Int64 = number.isMultiple(of: 4) ? 0 : 3
            var hold: String?
            if spends > 0 {
                let request = HoldRequest(shift: 1, number: name, customer: customer, points: spends)
                hold = try await client.hold(request).hold
            }
            let sold = try await client.sale(Self.sale(name, customer, spending: spends, hold: hold))
            day.receipts.append(sold.key)
            day.spent += spends
            day.marks += sold.marks.map { "\(name): \($0)" }
            guard number.isMultiple(of: 3) else { continue }
            number += 1
            let back = try await client.return(Self.giveBack("\(number)", of: sold.key, spent: spends))
            day.receipts.append(back.key)
            day.spent -= spends
            day.marks += back.marks.map { "\(number): \($0)" }
        }
        return day
    }

    private static let paid = Money(minorUnits: 10_000)

    private static func line(spending points: Int64, originalLine: Int? = nil) -> ReceiptLine {
        let taken = Money(minorUnits: points * 100)
        let discounts = points > 0 ? [LineDiscount(origin: LineDiscount.pointsOrigin, amount: taken)] : []
        return ReceiptLine(
            sku: "A", name: "Thing", quantity: .one, price: Money(minorUnits: 10_000 + points * 100), amount: paid,
            discounts: discounts, originalLine: originalLine)
    }

    private static func sale(
        _ number: String, _ customer: CustomerID, spending points: Int64, hold: String?
    ) -> ReceiptRequest {
        ReceiptRequest(
            kind: .sale, shift: 1, number: number, at: SystemClock().now(), customer: customer, hold: hold,
            lines: [ReceiptRequestLine(line(spending: points))], payments: [Tender(kind: "card", amount: paid)],
            total: paid)
    }

    private static func giveBack(_ number: String, of original: ReceiptKey, spent: Int64) -> ReceiptRequest {
        ReceiptRequest(
            kind: .return, shift: 1, number: number, at: SystemClock().now(),
            lines: [ReceiptRequestLine(line(spending: spent, originalLine: 1))],
            payments: [Tender(kind: "card", amount: paid)], total: paid, original: original)
    }

    /// Points cost what they are worth, nothing is earned, and all of a basket can be paid with them.
    private static let programme = """
        {"id": "crash", "version": 1, "currency": "RUB", "point_value": 100, "max_redeem": 10000,
         "tiers": [{"name": "base", "threshold": 0, "earn_rate": 0}]}
        """
}
#endif
