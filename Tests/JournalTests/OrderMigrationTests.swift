import Foundation
import GRDB
import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("Orders from before they had deadlines")
struct OrderMigrationTests {
    /// One order in each state, in the tables as they were; those with an even number have a last moment to be collected.
    private func oldStore(_ states: [OrderState]) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let pool = try DatabasePool(path: folder.path + "/journal.sqlite")
        try JournalSchema.migrator().migrate(pool, upTo: "0002-loyalty")
        try pool.write { database in
            for (index, state) in states.enumerated() {
                let until = index.isMultiple(of: 2) ? #","pickup_until":"2026-11-25T18:00:00.250Z""# : ""
                let body = #"{"order":"\#(index + 1)","store":"S1","lines":[],"total":0,"prepaid":false\#(until)}"#
                try database.execute(
                    sql: """
                        INSERT INTO pickup_order (source, number, source_store, store, state, state_number, prepaid, body,
                                                  pushed, created_at, changed_at)
                        VALUES ('WEB1', ?, 'S1', 'S1', ?, 1, 0, ?, x'7B7D', 1000000, 2000000)
                        """,
                    arguments: ["\(index + 1)", state.rawValue, Array(body.utf8).withUnsafeBytes { Data($0) }])
            }
        }
        try pool.close()
        return folder
    }

    @Test("have those afterwards that they would have been given, by their state")
    func deadlines() throws {
        let states = OrderState.allCases
        let world = try JournalWorld(folder: try oldStore(states))
        let until = try #require(Instant(rfc3339: "2026-11-25T18:00:00.250Z"))
        try world.journal.read { view in
            for (index, state) in states.enumerated() {
                let order = try #require(try view.order(OrderKey(source: "WEB1", order: "\(index + 1)")))
                let lastMoment = index.isMultiple(of: 2) ? until : nil
                #expect(order.pickupUntil == lastMoment, "\(state)")
                func due(_ kind: OrderTimerKind) throws -> Int64? {
                    try view.orderTimer(kind, of: order.id)?.millisecondsSinceEpoch
                }
                let isUntaken = state == .new || state == .delivered
                let canExpire = isUntaken || [.accepted, .picking, .ready, .claimed].contains(state)
                #expect(try due(.deliver) == (state == .new ? 1_000_000 : nil), "\(state)")
                #expect(try due(.accept) == (isUntaken ? 1_180_000 : nil), "\(state)")
                #expect(try due(.expire) == (canExpire ? lastMoment?.millisecondsSinceEpoch : nil), "\(state)")
                let isUnready = isUntaken || state == .accepted || state == .picking
                #expect(try due(.ready) == (isUnready ? 3_700_000 : nil), "\(state)")
                #expect(try due(.confirm) == (state == .cancelRequested ? 2_180_000 : nil), "\(state)")
                #expect(try due(.claim) == nil, "\(state)")
            }
        }
        try world.reopen()
        #expect(try world.journal.read { try $0.orderTimersDue(at: .distantFuture, limit: 100) }.count > 10)
    }
}
