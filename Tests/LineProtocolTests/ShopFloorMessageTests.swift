import LineProtocol
import Retail
import Testing

@Suite("Messages of the shop floor")
struct ShopFloorMessageTests {
    private let at = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
    private let line = FloorBasketLine(
        BasketLine(
            sku: "KETTLE", quantity: Quantity(thousandths: 1_500), price: Money(minorUnits: 150_000),
            tillDiscount: Money(minorUnits: 10), category: "home/kitchen", brand: "Anvil", tags: ["new"],
            minimumPrice: Money(minorUnits: 1)), name: "Kettle")
    private let reference = BasketReference(app: "APP1", basket: "b1")

    @Test("baskets go there and back")
    func baskets() throws {
        let send = BasketSend(
            basket: "b1", till: "T01", lines: [line], customer: CustomerID(number: 5), person: "Olga", note: "wrap it")
        try roundTrip(send)
        try roundTrip(BasketSend(basket: "b1", till: "T01", lines: [line]))
        try roundTrip(BasketSend.Reply(basket: "b1", till: "T01", state: .sent, at: at, isConnected: false))
        try roundTrip(BasketDetails(send, from: "APP1", state: .opened, at: at))
        try roundTrip(BasketOpen(reference, cashier: Cashier(id: "17", name: "Ivan")))
        try roundTrip(BasketReturn(reference, reason: "no money"))
        try roundTrip(BasketWithdraw(basket: "b1", reason: "wrong till"))
        try roundTrip(BasketChange(reference, till: "T01", state: .returned, at: at, reason: "no money"))
        try roundTrip(
            BasketChange(reference, till: "T01", state: .sold, at: at, receipt: ReceiptKey(text: "S1/T01/1/7")))
        #expect(json(BasketOpen(reference)) == #"{"app":"APP1","basket":"b1"}"#)
    }

    @Test("a basket without a customer says so, and names the app that built it")
    func details() {
        let send = BasketSend(basket: "b1", till: "T01", lines: [line])
        let text = json(BasketDetails(send, from: "APP1", state: .sent, at: at))
        #expect(text.hasPrefix(#"{"app":"APP1","basket":"b1","till":"T01","state":"sent","customer_id":null,"#))
        #expect(!text.contains("person") && !text.contains("note"))
    }

    @Test("cards, notes and visits go there and back")
    func customers() throws {
        try roundTrip(CustomerCardRequest(CustomerID(number: 5)))
        try roundTrip(NoteAdd(note: "n1", customer: CustomerID(number: 5), text: "size 41", person: "Olga"))
        try roundTrip(NoteAdd.Reply(note: "n1", receivedAt: at))
        try roundTrip(CustomerNote(note: "n1", text: "size 41", at: at, person: "Olga", store: "S1"))
        try roundTrip(
            NextStep(id: "hand_over", text: "Hand it over", order: OrderKey(source: "WEB1", order: "1001")))
        let bought = CustomerPurchase.Line(
            sku: "KETTLE", name: "", quantity: .one, amount: Money(minorUnits: 150_000))
        try roundTrip(
            CustomerPurchase(
                key: ReceiptKey(store: "S1", till: "T01", shift: 1, number: "7"), kind: .return, at: at,
                total: Money(minorUnits: 150_000), lines: [bought], moreLines: 3))
        let visit = Visit(
            visit: "v1", reason: "no_size", at: at, customer: CustomerID(number: 5), products: ["SHOE 41", "12/3"],
            person: "Olga", note: "will come again")
        try roundTrip(visit)
        try roundTrip(Visit(visit: "v1", reason: "no_size", at: at))
        try roundTrip(Visit.Reply(visit: "v1", receivedAt: at))
    }

    @Test("a card is read as it is written: identity, burning points, purchases, orders, notes, next step")
    func card() throws {
        let text =
            #"{"customer_id":"c-1","name":"Anna","external":null,"segment":null,"programme":"default","#
            + #""tier":{"name":"base"},"points":{"available":27,"held":0,"pending":0},"birthday":false,"consents":[],"#
            + #""offers":[],"phone":null,"burning":[{"points":5,"on":"2026-12-01"}],"purchases":[{"#
            + #""key":"S1/T01/1/1","kind":"sale","at":"2026-11-22T09:30:00Z","total":90000,"lines":[{"sku":"LAMP","#
            + #""name":"Desk lamp","quantity":1,"amount":90000}],"more_lines":2}],"orders":[],"notes":[{"note":"n1","#
            + #""text":"likes brass","at":"2026-11-22T09:30:00Z","store":"S1"}],"next_step":null,"#
            + #""rating":{"value":5,"at":"2026-11-22T09:30:00Z","text":"kind"}}"#
        let card = try message(CustomerCard.self, text)
        #expect(card.burning.map(\.points) == [5])
        #expect(card.purchases.first?.moreLines == 2)
        #expect(card.rating?.value == 5)
        #expect(json(card) == text)
    }

    @Test("tasks and their counts go there and back; a kind that is newer than this program is kept")
    func tasks() throws {
        let order = StoreTask(
            task: "order_accept-7", kind: .orderAccept, text: "Accept", dueAt: at, customer: CustomerID(number: 5),
            order: OrderKey(source: "WEB1", order: "1001"))
        let basket = StoreTask(
            task: "basket_open-1", kind: .basketOpen, text: "Waits",
            basket: StoreTask.Basket(reference, till: "T01"))
        try roundTrip(TaskList(after: "1.2.3", limit: 20))
        try roundTrip(TaskList.Reply(tasks: [order, basket], next: "1.2.3"))
        let call = #"{"task":"x","kind":"call","text":"","due_at":null,"customer_id":null}"#
        #expect(try message(StoreTask.self, call).kind == "call")
        let changed = TasksChanged(counts: [.orderAccept: 2, .basketOpen: 1, .orderReady: 0])
        #expect(json(changed) == #"{"total":3,"counts":{"order_accept":2,"basket_open":1}}"#)
        #expect(try message(TasksChanged.self, json(changed)).counts == [.orderAccept: 2, .basketOpen: 1])
        #expect(try message(TasksChanged.self, #"{"total":1,"counts":{"call":1}}"#).total == 1)
    }

    @Test("a sale names both the basket and its app, or neither; a return's own members of these names are its own")
    func sale() throws {
        let rest =
            #""shift":1,"number":"1","at":"2026-11-22T09:30:00Z","lines":[{"sku":"A","name":"","quantity":1,"#
            + #""price":100,"amount":100}],"payments":[],"total":100}"#
        func sale(_ text: String, _ kind: ReceiptKind = .sale) throws -> ReceiptRequest {
            try reading(text) { try ReceiptRequest(FieldReader($0), kind: kind) }
        }
        let named = try sale(#"{"basket":"b1","app":"APP1","# + rest)
        #expect(named.basket == reference)
        #expect(
            named.receipt(store: "S1", till: "T01").basket == BasketKey(store: "S1", app: "APP1", basket: "b1"))
        #expect(written { named.write(to: $0) }.contains(#""basket":"b1","app":"APP1""#))
        #expect(try sale("{" + rest).basket == nil)
        #expect(throws: FieldError.missing("app")) { try sale(#"{"basket":"b1","# + rest) }
        #expect(throws: FieldError.missing("basket")) { try sale(#"{"app":"APP1","# + rest) }
        #expect(try sale(#"{"basket":[7],"# + rest, .return).basket == nil)
    }

    @Test(
        "what cannot be understood is refused by the field",
        arguments: [
            (#"{"till":"T01","lines":[{"sku":"A","quantity":1,"price":1}]}"#, "basket"),
            (#"{"basket":"b1","lines":[{"sku":"A","quantity":1,"price":1}]}"#, "till"),
            (#"{"basket":"b1","till":"T01"}"#, "lines"),
            (#"{"basket":"b1","till":"T01","lines":[]}"#, "lines"),
            (#"{"basket":"b1","till":"T01","lines":[{"sku":"A","quantity":0,"price":1}]}"#, "lines[0].quantity"),
            (#"{"basket":"b 1","till":"T01","lines":[{"sku":"A","quantity":1,"price":1}]}"#, "basket"),
        ])
    func refusedBaskets(request: String, field: String) {
        #expect(fieldError(BasketSend.self, request)?.field == field)
    }

    @Test("a note must say something, a visit takes so many products, a page so many tasks")
    func limits() {
        #expect(fieldError(NoteAdd.self, #"{"note":"n1","customer_id":"c-5","text":""}"#)?.field == "text")
        let products = Array(repeating: #""A""#, count: ProtocolLimits.visitProducts + 1).joined(separator: ",")
        let visit = #"{"visit":"v","reason":"r","at":"2026-11-22T09:30:00Z","skus":[\#(products)]}"#
        #expect(fieldError(Visit.self, visit)?.code == .limit)
        let spaced = #"{"visit":"v","reason":"r","at":"2026-11-22T09:30:00Z","skus":["A"," B"]}"#
        #expect(fieldError(Visit.self, spaced)?.field == "skus[1]")
        #expect(fieldError(TaskList.self, #"{"limit":201}"#)?.field == "limit")
    }

    @Test("a reason of a store's list has an id that VISIT can name and a text that can be read")
    func reasons() throws {
        #expect(
            VisitReason(checking: "no_size", text: "Нет размера") == VisitReason(id: "no_size", text: "Нет размера"))
        #expect(VisitReason(checking: "no size", text: "x") == nil)
        #expect(VisitReason(checking: "", text: "x") == nil)
        #expect(VisitReason(checking: "no_size", text: "") == nil)
        #expect(VisitReason(checking: String(repeating: "a", count: 65), text: "x") == nil)
        try roundTrip(VisitReason(id: "no_size", text: "Нет размера"))
    }
}
