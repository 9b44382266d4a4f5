import Retail
import TestSupport
import Testing

@testable import Gateway

/// What is answered from memory is what the books say, whatever has happened in whatever order.
@Suite("Answers from memory agree with the books")
struct MemoryTests {
    /// A programme in which time does as much as people do.
    private func programme(_ generator: inout SeededGenerator) -> String {
        func oneOf(_ texts: String...) -> String { texts.randomElement(using: &generator) ?? "" }
        return TestProgramme.text(
            with: oneOf("", #", "activation_days": 1"#, #", "activation_days": 3"#)
                + oneOf("", #", "expiry_days": 0"#, #", "expiry_days": 4"#) + oneOf("", #", "tier_window_days": 3"#)
                + #", "welcome": {"points": 50, "usable": "after_first_purchase", "expiry_days": 6}"#
                + #", "site_registration": {"points": 20, "expiry_days": 2}"#
                + #", "birthday": {"before": 2, "after": 2, "gift_points": 40, "expiry_days": 1}"#
                + #", "promotions": [{"id": "p", "when": {"limit_per_customer": 3}, "effect": {"extra_points": 4}}]"#)
    }

    /// The customers as a gateway tells of them that has just started on a copy of the disk.
    private func retold(_ shop: Shop, _ programme: String, _ customers: [String], late: Bool) throws -> [JSONTree?] {
        let image = try TemporaryFolder(copyOf: shop.world.folderPath)
        let copy = try Shop(TestWorld(folder: image, programmes: [programme], clock: shop.world.clock))
        if late { #expect(copy.world.hasLoaded()) }
        let told = try customers.map { try copy.identify($0) }
        // Writing down what time has done changes nothing that is told.
        try copy.bookTime()
        #expect(try customers.map { try copy.identify($0) } == told)
        try copy.audit()
        return told
    }

    @Test("of points, tiers and gifts, through time, sales, holds, returns and merges", arguments: UInt64(1)...24)
    func memory(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let programme = programme(&generator)
        let shop = try Shop(TestWorld(programmes: [programme]))
        let customers = ["c-1", "c-2", "c-3"]
        for (index, day) in ["1990-11-25", "1990-12-01", "1992-02-29"].enumerated() {
            try shop.enrol("700000000\(index)", #","birthday":"\#(day)""#)
        }
        var sales: [String] = []
        for step in 1...40 {
            let customer = customers.randomElement(using: &generator) ?? "c-1"
            let points = Int64.random(in: 1...80, using: &generator)
            let number = "\(step)"
            switch Int.random(in: 0...9, using: &generator) {
            case 0...2:
                let amount = Int64.random(in: 50_000...1_500_000, using: &generator)
                let spent = Bool.random(using: &generator) ? points : 0
                try shop.sell(amount, spending: spent, to: customer, number: number)
                sales.append("S1/T01/1/\(number)")
            case 3: _ = try shop.hold(points, for: "\(step + Int.random(in: 0...3, using: &generator))", of: customer)
            case 4:
                if let sale = sales.randomElement(using: &generator) { try shop.giveBack("0.4", of: sale) }
            case 5:
                let card = "700000000\(Int.random(in: 0...2, using: &generator))"
                _ = try shop.website().request("ENROL", #"{"card":"\#(card)"}"#)
            case 6 where step > 20:
                let into = customers.randomElement(using: &generator) ?? "c-1"
                _ = shop.operation.request("CUSTOMER_MERGE", #"{"customer_id":"\#(customer)","into":"\#(into)"}"#)
            case 7: try shop.bookTime()
            default: shop.pass(minutes: Int.random(in: 1...1_500, using: &generator))
            }
            guard step % 5 == 0 else { continue }
            let told = try customers.map { try shop.identify($0) }
            let late = Bool.random(using: &generator)
            #expect(try retold(shop, programme, customers, late: late) == told, "seed \(seed), step \(step)")
            let offered = try customers.map {
                try shop.quote(500_000, spending: 9_999, to: $0)?["points"]?["available"]
            }
            #expect(offered == told.map { $0?["points"]?["available"] }, "seed \(seed), step \(step)")
        }
        try shop.audit("seed \(seed)")
    }
}
