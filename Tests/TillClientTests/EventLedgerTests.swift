import Testing

@testable import TillClient

@Suite("Event ledger")
struct EventLedgerTests {
    @Test("an event is new once, however often it comes")
    func duplicates() {
        var ledger = EventLedger(after: 0)
        #expect(ledger.take(1) == true)
        #expect(ledger.take(1) == false)
        #expect(ledger.take(2) == true)
        ledger.connectionLost()
        #expect(ledger.take(1) == false)
        #expect(ledger.take(2) == false)
        #expect(ledger.take(3) == true)
    }

    @Test("events from before the program started are known already")
    func startsAfter() {
        var ledger = EventLedger(after: 40)
        #expect(ledger.take(40) == false)
        #expect(ledger.take(41) == true)
    }

    @Test("only what was dealt with is announced, and once")
    func announcing() {
        var ledger = EventLedger(after: 0)
        _ = ledger.take(1)
        _ = ledger.take(2)
        #expect(ledger.unannouncedCount == 0)
        ledger.markHandled(through: 2)
        #expect(ledger.unannouncedCount == 2)
        #expect(ledger.announce() == 2)
        #expect(ledger.unannouncedCount == 0)
    }

    @Test("a number that was never received counts as the last that was, and smaller ones change nothing")
    func wrongNumbers() {
        var ledger = EventLedger(after: 0)
        _ = ledger.take(1)
        ledger.markHandled(through: 99)
        #expect(ledger.handled == 1)
        ledger.markHandled(through: 0)
        #expect(ledger.handled == 1)
    }

    @Test("an event without room, and all behind it, come again with the next connection")
    func blocked() {
        var ledger = EventLedger(after: 0)
        _ = ledger.take(1)
        _ = ledger.take(2)
        ledger.putBack(2)
        #expect(ledger.take(3) == false)
        ledger.connectionLost()
        #expect(ledger.take(2) == true)
        #expect(ledger.take(3) == true)
    }
}
