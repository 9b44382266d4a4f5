import GRDB
import Retail
import TestSupport
import Testing

@testable import Journal

/// A store that a program wrote which gave changes of orders no places, and is opened by this one.
@Suite("A journal from before there was a feed of orders")
struct OrderChangeMigrationTests {
    private struct Step {
        var order: Int
        var number: Int
        /// Seconds since the world began.
        var at: Int64
    }

    private func oldStore(_ steps: [Step]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let pool = try DatabasePool(path: folder.path + "/journal.sqlite")
        try JournalSchema.migrator().migrate(pool, upTo: "0004-programmes-in-force")
        try pool.write { database in
            for order in Set(steps.map(\.order)).sorted() {
                let own = steps.filter { $0.order == order }
                try database.execute(
                    sql: """
                        INSERT INTO pickup_order (id, source, number, source_store, store, state, state_number, prepaid,
                                                  body, pushed, created_at, changed_at)
                        VALUES (?, ?, ?, 'S1', 'S1', 'accepted', ?, 0, x'7B7D', x'7B7D', 0, 0)
                        """,
                    arguments: [order, order % 2 == 1 ? "WEB1" : "WEB2", "\(order)", own.count])
                for step in own {
                    try database.execute(
                        sql:
                            "INSERT INTO order_transition VALUES (?, ?, 'accept', 'accepted', 'app', 'A', NULL, NULL, ?)",
                        arguments: [order, step.number, step.at * 1_000])
                }
            }
        }
        try pool.close()
        return folder
    }

    @Test("changes get places by their times, but never against an order's own numbers")
    func places() throws {
        let folder = try oldStore([
            Step(order: 1, number: 1, at: 100), Step(order: 2, number: 1, at: 110), Step(order: 1, number: 2, at: 120),
            // The clock was put back between these two.
            Step(order: 3, number: 1, at: 130), Step(order: 3, number: 2, at: 90), Step(order: 1, number: 3, at: 140),
        ])
        let world = try JournalWorld(folder: folder)
        let own = try world.journal.read {
            try $0.orderChanges(source: "WEB1", sourceStore: "S1", after: 0, limit: 100)
        }
        #expect(own.map { "\($0.key.order)/\($0.transition.number)" } == ["1/1", "1/2", "3/1", "3/2", "1/3"])
        #expect(own.map(\.sequence) == [1, 3, 4, 5, 6])
        let other = try world.journal.read {
            try $0.orderChanges(source: "WEB2", sourceStore: "S1", after: 0, limit: 100)
        }
        #expect(other.map(\.sequence) == [2])
    }

    @Test("new changes go on behind the old ones, and a change that was undone leaves no place behind")
    func goesOn() throws {
        struct Undone: Error {}
        let world = try JournalWorld(folder: try oldStore([Step(order: 1, number: 1, at: 100)]))
        @Sendable func accept(_ transaction: JournalTransaction) throws {
            guard var order = try transaction.order(OrderKey(source: "WEB1", order: "1")) else { return }
            _ = try transaction.advance(
                &order, by: "ready", to: .ready, role: .register, device: "T01", person: nil,
                at: JournalWorld.beginning)
        }
        #expect(throws: Undone.self) {
            try world.journal.perform { transaction in
                try accept(transaction)
                throw Undone()
            }
        }
        try world.journal.perform { try accept($0) }
        let changes = try world.journal.read {
            try $0.orderChanges(source: "WEB1", sourceStore: "S1", after: 0, limit: 100)
        }
        #expect(changes.map(\.sequence) == [1, 2])
        #expect(changes.map(\.transition.number) == [1, 2])
        #expect(try world.journal.read { try $0.lastOrderChange() } == 2)
    }
}
