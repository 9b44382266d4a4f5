import Testing

@testable import Replay

@Suite("What upstream was told of shifts")
struct ShiftLedgerTests {
    private func event(_ type: String, _ shift: Int, _ more: String = "") -> String {
        #"{"id":"x","type":"\#(type)","body":{"store":"S1","till":"T01","shift":\#(shift)\#(more)}}"# + "\n"
    }

    private func closed(_ shift: Int, missing: String) -> String {
        event("shift.closed", shift, #","gateway":{"missing_count":\#(missing)}"#)
    }

    @Test("A shift is whole when it was closed with nothing missing, or has become so")
    func whole() {
        let events =
            event("shift.opened", 1) + closed(1, missing: "0") + closed(2, missing: "3") + closed(3, missing: "null")
            + closed(4, missing: "1") + event("shift.completed", 4) + event("shift.opened", 5)
            + #"{"id":"y","type":"order.state","body":{"store":"S1"}}"# + "\n" + #"{"id":"torn","#
        let ledger = ShiftLedger(events: Array(events.utf8))
        #expect(ledger.closed == ["S1/T01/1": 0, "S1/T01/2": 3, "S1/T01/3": nil, "S1/T01/4": 0])
        #expect(ledger.whole == ["S1/T01/1", "S1/T01/4"])
    }

    @Test("A plan's days are the shifts of the tills that ring them up")
    func planned() throws {
        let line = "1,A,x,1,2010-12-01 08:26:00,1.5,7,UK"
        let plan = try ReplayPlan(days: [day(line)], tillCount: 1)
        #expect(plan.shifts == ["S1/T01/1"])
    }
}
