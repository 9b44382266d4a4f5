import Retail
import Testing

@testable import Journal

@Suite("The outbox")
struct OutboxTests {
    @Test("gives the oldest first, in pages, and never uses a sequence twice")
    func order() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in
            for number in 1...10 { try transaction.storeReceipt("\(number)", till: number % 2 == 0 ? "T02" : "T01") }
        }
        let first = try world.journal.read { try $0.outbox(limit: 4) }
        #expect(first.map(\.id) == ["S1/T01/1/1", "S1/T02/1/2", "S1/T01/1/3", "S1/T02/1/4"])
        #expect(first.map(\.stream) == ["S1/T01", "S1/T02", "S1/T01", "S1/T02"])
        try world.journal.perform { transaction in
            for entry in first { try transaction.confirm(outbox: entry.sequence) }
        }
        #expect(try world.journal.read { try $0.outbox(limit: 1) }.first?.id == "S1/T01/1/5")
        // All confirmed: the next one still gets a higher number than any before.
        let rest = try world.journal.read { try $0.outbox(limit: 100) }
        try world.journal.perform { transaction in for entry in rest { try transaction.confirm(outbox: entry.sequence) }
        }
        try world.reopen()
        try world.journal.perform { _ = try $0.storeReceipt("11") }
        let next = try world.journal.read { try $0.outbox(limit: 1) }.first
        #expect((next?.sequence ?? 0) > (rest.last?.sequence ?? 0))
    }

    @Test("carries a receipt with its text, its answer and the customer's id elsewhere")
    func receipt() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in
            let customer = try transaction.enrol(card: "1")
            try transaction.attach(.external("crm-77"), to: customer)
            try transaction.storeReceipt("1", customer: customer)
            try transaction.enqueue(
                type: "customer.enrolled", id: "c-1/1", stream: "S1", body: Array("{\"a\":1}".utf8),
                at: JournalWorld.beginning)
        }
        let entries = try world.journal.read { try $0.outbox(limit: 10) }
        let receipt = try #require(entries.first?.receipt)
        #expect(entries.first?.type == "receipt")
        #expect(receipt.key.text == "S1/T01/1/1")
        #expect(receipt.body == Array("{\"number\":\"1\"}".utf8))
        #expect(receipt.answer == Array("{}".utf8))
        #expect(receipt.customerExternal == "crm-77")
        #expect(entries.last?.receipt == nil)
        #expect(entries.last?.body == Array("{\"a\":1}".utf8))
    }

    @Test("moves what upstream refuses into quarantine, once, and the others stay")
    func quarantine() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in for number in 1...3 { try transaction.storeReceipt("\(number)") } }
        let second = try #require(try world.journal.read { try $0.outbox(limit: 10) }.dropFirst().first)
        for _ in 0..<2 {
            try world.journal.perform { transaction in
                try transaction.quarantine(
                    outbox: second.sequence, reason: "unknown product", at: JournalWorld.beginning)
            }
        }
        #expect(try world.journal.read { try $0.quarantineCount() } == 1)
        #expect(try world.journal.read { try $0.outbox(limit: 10) }.map(\.id) == ["S1/T01/1/1", "S1/T01/1/3"])
        // Confirming what is not there does no harm.
        try world.journal.perform { try $0.confirm(outbox: second.sequence) }
        #expect(try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings == [])
    }

    @Test("tells how much of each till is unsent, and how old the oldest is")
    func backlog() throws {
        let world = try JournalWorld()
        #expect(try world.journal.read { try $0.backlog() } == Backlog(unsent: 0, oldestAt: nil))
        try world.journal.perform { transaction in
            for number in 1...3 { try transaction.storeReceipt("\(number)", till: "T01") }
            try transaction.storeReceipt("1", till: "T02")
        }
        let oldest = JournalWorld.beginning
        #expect(try world.journal.read { try $0.backlog() } == Backlog(unsent: 4, oldestAt: oldest))
        #expect(try world.journal.read { try $0.backlog(stream: "S1/T01") } == Backlog(unsent: 3, oldestAt: oldest))
        #expect(try world.journal.read { try $0.backlog(stream: "S1/T03") } == Backlog(unsent: 0, oldestAt: nil))
    }

    @Test("gives what is behind a place, without the streams that are to wait, and says how far it looked")
    func pages() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in
            for number in 1...10 { try transaction.storeReceipt("\(number)", till: number % 2 == 0 ? "T02" : "T01") }
        }
        let first = try world.journal.read { try $0.outboxPage(excluding: ["S1/T01"], limit: 2) }
        #expect(first.entries.map(\.id) == ["S1/T02/1/2", "S1/T02/1/4"])
        #expect(first.through == first.entries.last?.sequence)
        #expect(!first.isEnd)
        let rest = try world.journal.read {
            try $0.outboxPage(after: first.through, excluding: ["S1/T01"], limit: 50)
        }
        #expect(rest.entries.map(\.id) == ["S1/T02/1/6", "S1/T02/1/8", "S1/T02/1/10"])
        #expect(rest.isEnd)
        let none = try world.journal.read { try $0.outboxPage(excluding: ["S1/T01", "S1/T02"], limit: 50) }
        #expect(none.entries.isEmpty && none.isEnd && none.through == rest.through)
        // At least one, however long it is.
        let short = try world.journal.read { try $0.outboxPage(limit: 50, bytesMaximum: 1) }
        #expect(short.entries.count == 1 && !short.isEnd && short.through == short.entries[0].sequence)
        #expect(try world.journal.read { try $0.oldestEntry(ofStream: "S1/T02") }?.id == "S1/T02/1/2")
        #expect(try world.journal.read { try $0.oldestEntry(ofStream: "S1/T03") } == nil)
    }

    @Test("looks at a bounded piece of it, however long a stream is that is to wait")
    func longStream() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in
            for number in 1...10_500 {
                try transaction.enqueue(
                    type: "visit", id: "\(number)", stream: "S1", body: [], at: JournalWorld.beginning)
            }
            try transaction.enqueue(type: "visit", id: "other", stream: "S2", body: [], at: JournalWorld.beginning)
        }
        let first = try world.journal.read { try $0.outboxPage(excluding: ["S1"], limit: 10) }
        #expect(first.entries.isEmpty && !first.isEnd)
        let second = try world.journal.read {
            try $0.outboxPage(after: first.through, excluding: ["S1"], limit: 10)
        }
        #expect(second.entries.map(\.id) == ["other"])
        #expect(second.isEnd)
        let streams = try world.journal.read { try $0.streamBacklogs(limit: 10) }
        #expect(streams.map(\.stream) == ["S1", "S2"])
        #expect(streams.map(\.backlog.unsent) == [10_500, 1])
    }

    @Test("sends what was refused again behind what is unsent, under its id and with its text")
    func requeue() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in for number in 1...4 { try transaction.storeReceipt("\(number)") } }
        let entries = try world.journal.read { try $0.outbox(limit: 10) }
        try world.journal.perform { transaction in
            for entry in entries.prefix(2) {
                try transaction.quarantine(outbox: entry.sequence, reason: "no", at: JournalWorld.beginning)
            }
        }
        let listed = try world.journal.read { try $0.quarantine(after: 0, limit: 10) }
        #expect(listed.map(\.id) == ["S1/T01/1/1", "S1/T01/1/2"])
        let one = try #require(try world.journal.read { try $0.quarantined(id: "S1/T01/1/1") })
        #expect(one.content.receipt?.body == entries[0].receipt?.body)
        let moved = try world.journal.perform { try $0.requeue(after: 0, through: $0.lastQuarantined(), limit: 10) }
        #expect(moved.count == 2)
        #expect(moved.last == entries[1].sequence)
        let now = try world.journal.read { try $0.outbox(limit: 10) }
        #expect(now.map(\.id) == [3, 4, 1, 2].map { "S1/T01/1/\($0)" })
        #expect(now.map(\.sequence) == now.map(\.sequence).sorted())
        #expect(now.last?.receipt?.body == entries[1].receipt?.body)
        #expect(try world.journal.perform { try $0.requeue(id: "S1/T01/1/1") } == false)
        #expect(try world.journal.read { try $0.backlog().unsent } == 4)
        #expect(try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings == [])
    }

    @Test("a count that is not that of the entries is found by the audit")
    func audit() throws {
        let world = try JournalWorld()
        try world.journal.perform { transaction in
            try transaction.storeReceipt("1")
            _ = try transaction.setting("UPDATE relay_stream SET unsent = 7")
        }
        let findings = try world.journal.read { try $0.audit(at: JournalWorld.beginning) }.findings
        #expect(findings.map(\.kind) == ["outbox"])
        #expect(findings.map(\.key) == ["S1/T01"])
    }
}
