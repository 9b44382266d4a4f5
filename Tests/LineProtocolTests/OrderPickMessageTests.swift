import LineProtocol
import Retail
import Testing

@Suite("Messages about putting an order together")
struct OrderPickMessageTests {
    private let line = OrderLine(
        line: 1, sku: "KETTLE", name: "Kettle", quantity: .one, price: Money(minorUnits: 150_000),
        amount: Money(minorUnits: 150_000))

    @Test("ORDER_PICK and ORDER_AMEND go there and back")
    func goThereAndBack() throws {
        let substitute = OrderSubstitute(
            sku: "KETTLE-2", name: "Kettle, red", quantity: .one, price: Money(minorUnits: 160_000))
        let pick = OrderPick(
            source: "WEB1", order: "1001",
            lines: [
                OrderPickedLine(line: 1, picked: .zero, missing: Quantity(thousandths: 500), substitute: substitute),
                OrderPickedLine(line: 2, picked: .one),
            ], person: "Olga")
        try roundTrip(pick)
        #expect(json(OrderPickedLine(line: 2, picked: .one)) == #"{"line":2,"picked":1}"#)
        try roundTrip(OrderAmend(order: "1001", basedOn: 4, lines: [line], total: Money(minorUnits: 150_000)))
        let amendment = OrderAmend(
            order: "1001", basedOn: 4, lines: [line], total: Money(minorUnits: 150_000), isPrepaid: true,
            customer: OrderCustomer(name: "Anna"), pickupUntil: Instant(millisecondsSinceEpoch: 1_795_339_800_000),
            comment: "ring twice")
        try roundTrip(amendment)
        let transition = TransitionReply(
            key: OrderKey(source: "WEB1", order: "1001"), state: .picking, number: 4,
            at: Instant(millisecondsSinceEpoch: 1_795_339_800_000),
            by: TransitionActor(role: .register, device: "T01", person: nil))
        try roundTrip(OrderPickReply(transition, openLines: 1))
    }

    @Test("an amendment leaves what it does not name as it was")
    func unnamed() {
        let push = OrderPush(
            order: "1001", store: "S1", lines: [line], total: Money(minorUnits: 150_000), isPrepaid: true,
            customer: OrderCustomer(name: "Anna"), comment: "ring twice")
        let amended = OrderAmend(order: "1001", basedOn: 1, lines: [line], total: .zero).applied(to: push)
        #expect(amended.isPrepaid)
        #expect(amended.customer?.name == "Anna")
        #expect(amended.comment == "ring twice")
        #expect(amended.total == .zero)
        #expect(amended.store == "S1")
    }

    @Test("quantities of zero are taken, those below are refused with the field")
    func quantities() throws {
        let body = #"{"source":"WEB1","order":"1001","lines":[{"line":1,"picked":-1}]}"#
        #expect(
            throws: FieldError.bad(
                "lines[0].picked", "must be a number of at least 0 with at most 3 digits after the point")
        ) {
            try reading(body) { try OrderPick(FieldReader($0)) }
        }
    }
}
