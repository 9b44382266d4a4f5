import Testing

@testable import Replay

@Suite("The summary of a run")
struct ReplaySummaryTests {
    /// A walk-in's sale that arrived; `points` is what the gateway says of it.
    private func summary(
        points: String, checked: [String: Int64], welcome: Int64 = 100, kills: Int = 0, receiptsChecked: Int = 0
    ) throws -> ReplaySummary {
        let plan = try ReplayPlan(days: [day("1,A,x,1,2010-12-01 08:26:00,1.5,7,UK")], tillCount: 1)
        let record = """
            {"key":"S1/T01/1/1","kind":"sale","number":"1","customer":"7","total":150,\
            "gateway":{"points":\(points),"marks":[]},\
            "lines":[{"sku":"A","name":"x","quantity":1,"price":150,"amount":150}]}
            """
        return ReplaySummary(
            verdict: try ReplayVerdict(plan: plan, upstream: Array(record.utf8)),
            audit: ReplaySummary.Audit(findings: [], checked: checked), welcomePoints: welcome, milliseconds: 1_250,
            kills: kills, receiptsChecked: receiptsChecked, tills: 1, troubles: [])
    }

    @Test("Points that welcomes and receipts brought are in the books, less what is owed")
    func points() throws {
        let clean = try summary(
            points: #"{"earned":5,"spent":30}"#,
            checked: ["customers": 2, "points_liability": 185, "points_debt": 10, "lots": 3])
        #expect(clean.isClean)
        #expect(clean.text().contains("points: 200 given as a welcome, 5 earned, 30 spent; 185 owed in 3 lots"))
        let json = String(decoding: clean.json, as: UTF8.self)
        #expect(json.contains(#""points_welcome":200,"points_earned":5,"points_spent":30,"points_liability":185"#))
        #expect(json.contains(#""gross_sales":150,"#) && json.contains(#""seconds":1.250"#))
    }

    @Test("Kills after which nothing was asked for have proved nothing")
    func nothingChecked() throws {
        let books: [String: Int64] = ["customers": 1, "points_liability": 105, "points_debt": 0]
        let points = #"{"earned":5,"spent":0}"#
        #expect(try summary(points: points, checked: books, kills: 1, receiptsChecked: 1).isClean)
        let unchecked = try summary(points: points, checked: books, kills: 1)
        #expect(!unchecked.isClean && unchecked.troubles.count == 1)
        #expect(unchecked.text().contains("trouble: the gateway was killed"))
    }

    @Test("A point too many in the books is found")
    func pointTooMany() throws {
        let summary = try summary(
            points: #"{"earned":5,"spent":0}"#, checked: ["customers": 1, "points_liability": 106, "points_debt": 0])
        #expect(summary.findings == [.points(expected: 105, found: 106)])
        #expect(!summary.isClean)
        #expect(summary.text().contains("DISAGREE"))
    }
}
