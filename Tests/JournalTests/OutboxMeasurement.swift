import Foundation
import Retail
import Testing

@testable import Journal

/// How many entries are to be unsent; 0 when nothing is to be measured.
private let measuredEntries = Int(ProcessInfo.processInfo.environment["TILLGATE_MEASURE_OUTBOX"] ?? "") ?? 0

/// What a long outbox costs. Measures only when it is asked to:
///
///     TILLGATE_MEASURE_OUTBOX=1000000 swift test --filter OutboxMeasurement
@Suite("OutboxMeasurement", .enabled(if: measuredEntries > 0))
struct OutboxMeasurement {
    private static let tills = 50
    private static let perTransaction = 1_000
    private static let batch = 200
    /// Batches of which the first and the last are compared.
    private static let compared = 100

    private func milliseconds(_ work: () throws -> Void) rethrows -> Double {
        let began = ContinuousClock.now
        try work()
        let took = (ContinuousClock.now - began).components
        return Double(took.seconds) * 1_000 + Double(took.attoseconds) / 1e15
    }

    private func drain(_ world: JournalWorld, batches: Int) throws -> Double {
        try milliseconds {
            for _ in 0..<batches {
                let page = try world.journal.read { try $0.outboxPage(limit: Self.batch) }
                try world.journal.perform { transaction in
                    for entry in page.entries { try transaction.confirm(outbox: entry.sequence) }
                }
            }
        } / Double(batches)
    }

    @Test("asking for a backlog and draining it cost the same however long it is")
    func long() throws {
        let world = try JournalWorld()
        let filling = try milliseconds {
            for start in stride(from: 0, to: measuredEntries, by: Self.perTransaction) {
                try world.journal.perform { transaction in
                    for number in start..<start + Self.perTransaction {
                        try transaction.enqueue(
                            type: "visit", id: "S1/T\(number % Self.tills)/1/\(number)",
                            stream: "S1/T\(number % Self.tills)",
                            body: Array("{}".utf8), at: JournalWorld.beginning)
                    }
                }
            }
        }
        let asking = try milliseconds {
            for till in 0..<1_000 {
                let stream = "S1/T\(till % Self.tills)"
                let backlog = try world.journal.read { try $0.backlog(stream: stream) }
                #expect(Int(backlog.unsent) == measuredEntries / Self.tills)
            }
        }
        let askingAll = try milliseconds { for _ in 0..<1_000 { _ = try world.journal.read { try $0.backlog() } } }
        let held = Set((1..<Self.tills).map { "S1/T\($0)" })
        let passing = try milliseconds {
            for _ in 0..<100 { _ = try world.journal.read { try $0.outboxPage(excluding: held, limit: Self.batch) } }
        }
        let first = try drain(world, batches: Self.compared)
        _ = try drain(world, batches: max(0, measuredEntries / Self.batch - 2 * Self.compared))
        let last = try drain(world, batches: Self.compared)
        #expect(try world.journal.read { try $0.backlog().unsent } == 0)
        print(
            """
            \(measuredEntries) entries: written in \(Int(filling)) ms; BACKLOG of a till \(asking) us, of all \(askingAll) us; \
            a look past 49 of 50 streams \(passing / 100) ms; a batch of 200 read and confirmed: first \(first) ms, last \(last) ms
            """)
        #expect(last < first * 2 + 5)
    }
}
