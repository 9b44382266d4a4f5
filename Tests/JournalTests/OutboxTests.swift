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
}
