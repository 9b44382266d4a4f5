import Retail
import Testing

@testable import Replay

@Suite("The plan of a run")
struct ReplayPlanTests {
    private let rows = (1...7).map { "\($0),A,x,1,2010-12-01 08:26:00,1.5,,UK" }.joined(separator: "\n")

    @Test("Invoices are dealt over the tills in the file's order")
    func dealing() throws {
        let plan = try ReplayPlan(days: [day(rows)], tillCount: 3)
        #expect(plan.tills == ["T01", "T02", "T03"])
        #expect(plan.receipts(of: "T01").map(\.invoice.number) == ["1", "4", "7"])
        #expect(plan.receipts(of: "T03").map(\.key.text) == ["S1/T03/1/3", "S1/T03/1/6"])
    }

    @Test("A return goes to the till of the latest sale that has all of it left, and names it")
    func originals() throws {
        let plan = try ReplayPlan(
            days: [
                day(
                    """
                    1,A,x,2,2010-12-01 08:26:00,1.5,7,UK
                    1,B,x,1,2010-12-01 08:26:00,1.5,7,UK
                    2,A,x,1,2010-12-01 08:27:00,1.5,7,UK
                    3,A,x,9,2010-12-01 08:28:00,1.5,8,UK
                    C4,A,x,-1,2010-12-01 08:29:00,1.5,7,UK
                    C5,A,x,-1,2010-12-01 08:30:00,1.5,7,UK
                    C5,B,x,-1,2010-12-01 08:30:00,1.5,7,UK
                    C6,A,x,-2,2010-12-01 08:31:00,1.5,7,UK
                    C7,A,x,-1,2010-12-01 08:32:00,1.5,,UK
                    """)
            ], tillCount: 3)
        let originals = plan.receipts.suffix(4).map { $0.original?.text }
        #expect(originals == ["S1/T02/1/2", "S1/T01/1/1", nil, nil])
        #expect(plan.receipts.suffix(4).map(\.key.till) == ["T02", "T01", "T03", "T01"])
    }

    @Test("What customers do at the till follows from the receipt's number")
    func habits() throws {
        let rows = [
            "5,A,x,1,2010-12-01 08:26:00,1.5,7,UK", "10,A,x,1,2010-12-01 08:26:00,1.5,,UK",
            "3,A,x,1,2010-12-01 08:26:00,1.5,,UK",
        ]
        let plan = try ReplayPlan(days: [day(rows.joined(separator: "\n"))], tillCount: 1)
        #expect(plan.receipts.map(\.spendsPoints) == [true, false, false])
        #expect(plan.receipts.map(\.coupons) == [[], [], ["FAIR10"]])
        let script = String(decoding: plan.script(of: "T01"), as: UTF8.self)
        #expect(script.contains(#""customer":"7","spend":1000000000,"lines""#))
        #expect(script.contains(#""coupons":["FAIR10"],"lines""#))
    }

    @Test("A number in two files is refused")
    func doubled() throws {
        let first = try day(rows)
        #expect(throws: DoubledInvoice(number: "1", files: ["day.csv", "day.csv"])) {
            try ReplayPlan(days: [first, first], tillCount: 1)
        }
    }

    @Test("A script is one JSON object per receipt")
    func script() throws {
        let plan = try ReplayPlan(days: [day("C1,A,\"a \"\"b\"\"\",-2,2010-12-01 08:26:00,1.5,7,UK")], tillCount: 1)
        #expect(
            String(decoding: plan.script(of: "T01"), as: UTF8.self) == """
                {"number":"C1","shift":1,"kind":"return","at":"2010-12-01T08:26:00Z","customer":"7",\
                "lines":[{"sku":"A","name":"a \\"b\\"","quantity":2,"price":150}]}

                """)
    }

    @Test("Kills are spread over the whole run, and are the same for the same seed", arguments: [1, 2, 3] as [UInt64])
    func kills(seed: UInt64) {
        let kills = KillSchedule(count: 20, receipts: 1_000, seed: seed).kills
        #expect(kills == KillSchedule(count: 20, receipts: 1_000, seed: seed).kills)
        #expect(kills.count == 20)
        for (index, kill) in kills.enumerated() {
            #expect((index * 50..<(index + 1) * 50).contains(kill.receipts), "seed \(seed)")
            #expect((0...KillSchedule.waitMillisecondsMaximum).contains(kill.afterMilliseconds), "seed \(seed)")
        }
    }

    @Test("More kills than receipts are possible")
    func manyKills() {
        #expect(KillSchedule(count: 10, receipts: 3, seed: 1).kills.count == 10)
    }
}
