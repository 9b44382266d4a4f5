import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Tills that spend the same points at once")
struct SpendingRaceTests {
    /// Fifty tills and a customer with 1 000 points; commits can be made to wait.
    private func crowd() throws -> (shop: Shop, tills: [TestClient], disk: Disk) {
        let disk = Disk()
        let shop = try Shop(TestWorld(hooks: disk.hooks))
        try shop.enrol()
        #expect(try shop.sell(2_000_000).points("balance") == 600)
        let tills = try (1...50).map { try shop.till("T\($0)") }
        return (shop, tills, disk)
    }

    private func holding(_ points: Int) -> String {
        #"{"shift":1,"number":"9","customer_id":"c-1","points":\#(points)}"#
    }

    @Test("of fifty that hold at once as many succeed as there are points for, and all of those can pay")
    func holds() throws {
        let (shop, tills, disk) = try crowd()
        let before = disk.begun.all.count
        let gate = disk.hold()
        for till in tills { till.send("HOLD h \(holding(35))") }
        #expect(disk.begun.wait(count: before + 1))
        disk.letGo()
        gate.open()
        let answers = tills.map { $0.answer(to: "h") }
        let granted = answers.indices.filter { answers[$0].ok != nil }
        #expect(granted.count == 17)
        for answer in answers where answer.ok == nil {
            #expect(answer.code == "bad_field")
            #expect(answer.error?["available"]?.integer == 600 - 17 * 35 as Int64)
        }
        #expect(try shop.points() == Balance(5, held: 595))
        for (index, till) in tills.enumerated() {
            let line = Shop.line(10_000, spending: granted.contains(index) ? 35 : 0)
            till.send("SALE s \(ReceiptText(number: "9", customer: "c-1", lines: [line]).json)")
        }
        for (index, till) in tills.enumerated() {
            let sale = till.answer(to: "s")
            #expect(sale.marks == [], "till \(index)")
            #expect(sale.points("debt") == 0, "till \(index)")
            #expect(sale.points("spent") == (granted.contains(index) ? 35 : 0), "till \(index)")
        }
        // 17 sales earned one point, 33 earned three.
        #expect(try shop.points() == Balance(121))
        try shop.audit()
    }

    @Test("of fifty that pay at once without a hold, what was not there is owed, once, and repaid")
    func withoutHold() throws {
        let (shop, tills, disk) = try crowd()
        let before = disk.begun.all.count
        let gate = disk.hold()
        // Lines of nothing but points earn nothing.
        let line = ReceiptText.Line(
            price: 3_500, amount: 0, more: #","discounts":[{"origin":"points","amount":3500}]"#)
        let receipt = ReceiptText(number: "9", customer: "c-1", lines: [line]).json
        for till in tills { till.send("SALE s \(receipt)") }
        #expect(disk.begun.wait(count: before + 1))
        disk.letGo()
        gate.open()
        let answers = tills.map { $0.answer(to: "s") }
        #expect(answers.count { $0.marks == [] } == 17)
        #expect(answers.count { $0.marks == ["points_debt"] } == 33)
        #expect(try shop.points() == Balance(debt: 50 * 35 - 600))
        // Each till asks again: nothing is spent a second time.
        for (till, answer) in zip(tills, answers) { #expect(till.request("SALE", receipt).ok == answer.ok) }
        #expect(try shop.points() == Balance(debt: 1_150))
        try shop.sell(4_000_000)
        #expect(try shop.points() == Balance(50))
        try shop.audit()
    }

    @Test("nobody who held the points owes any, whatever connections, clocks and crashes do", arguments: UInt64(1)...12)
    func honest(_ seed: UInt64) throws {
        let history = try SpendingHistory(seed: seed, .honest)
        for _ in 0..<25 { try history.step() }
        try history.finish()
        #expect(history.model.debts == 0, history.model.name)
        #expect(history.model.answers.count > 20, history.model.name)
        #expect(history.crashes >= 2, history.model.name)
    }

    @Test("what was spent is what was there and what is owed, whatever tills do at once", arguments: UInt64(1)...20)
    func wild(_ seed: UInt64) throws {
        let history = try SpendingHistory(seed: seed, .wild)
        for _ in 0..<25 { try history.step() }
        try history.finish()
        #expect(history.model.answers.count > 20, history.model.name)
        #expect(history.crashes >= 2, history.model.name)
    }
}
