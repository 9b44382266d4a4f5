import LineProtocol
import Retail
import Testing

@Suite("Messages about orders, devices and imports")
struct OrderMessageTests {
    private let at = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
    private let key = OrderKey(source: "web", order: "1001")

    private func line(_ number: Int?) -> OrderLine {
        OrderLine(
            line: number, sku: "MILK", name: "Молоко", quantity: Quantity(thousandths: 1_500),
            price: Money(minorUnits: 8_990), amount: Money(minorUnits: 13_485))
    }

    private func details(_ state: OrderState) -> OrderDetails {
        let last = TransitionReply(
            key: key, state: state, number: 3, at: at, by: .init(role: .gateway, device: "gateway", person: nil))
        return OrderDetails(
            last: last, store: "S1", till: nil, isPrepaid: true,
            customer: OrderCustomer(name: "Анна", phone: "+79161234567", customer: CustomerID(number: 4)),
            lines: [line(1), line(2)], total: Money(minorUnits: 26_970), pickupUntil: at, comment: "", createdAt: at)
    }

    @Test("a push numbers the lines that the website left without a number")
    func push() throws {
        let pushed = OrderPush(
            order: "1001", store: "S1", lines: [line(nil), line(5), line(nil)], total: Money(minorUnits: 1),
            isPrepaid: false, customer: OrderCustomer(name: "Анна"), pickupUntil: at, comment: "после 18")
        let read = try message(OrderPush.self, json(pushed))
        #expect(read.lines.map(\.line) == [1, 5, 3])
        try roundTrip(read)
        var repeated = pushed
        repeated.lines = [line(2), line(nil)]
        #expect(fieldError(OrderPush.self, json(repeated))?.field == "lines[1].line")
        repeated.lines = []
        #expect(fieldError(OrderPush.self, json(repeated)) == .bad("lines", "must not be empty"))
    }

    @Test("orders and transitions go there and back in every state and role")
    func orders() throws {
        for state in OrderState.allCases { try roundTrip(details(state)) }
        for role in TransitionActor.Role.allCases {
            try roundTrip(TransitionActor(role: role, device: "T1", person: "Пётр"))
        }
        let actor = TransitionActor(role: .app, device: "A1")
        try roundTrip(
            TransitionReply(key: key, state: .rejected, number: 2, at: at, by: actor, reason: "нет в наличии"))
        for role in DeviceRole.allCases { #expect(TransitionActor.Role(role).rawValue == role.rawValue) }
        var claimed = details(.claimed)
        claimed.till = "T03"
        claimed.customer = nil
        claimed.pickupUntil = nil
        claimed.comment = nil
        try roundTrip(OrderReply(order: claimed, history: [claimed.last, claimed.last]))
        try roundTrip(OrderList.Reply(orders: [claimed, details(.new)], next: "cursor 1/2"))
        try roundTrip(OrderList.Reply(orders: [], next: nil))
        try roundTrip(OrderList(states: [.new, .handedOver], after: "x", limit: 20))
        #expect(try message(OrderList.self, "{}") == OrderList())
        #expect(fieldError(OrderList.self, #"{"limit":201}"#)?.field == "limit")
        #expect(fieldError(OrderList.self, #"{"state":["new","gone"]}"#)?.field == "state[1]")
        #expect(
            json(claimed.last) == #"{"source":"web","order":"1001","state":"claimed","number":3,"#
                + #""at":"\#(at.rfc3339)","by":{"role":"gateway","device":"gateway"}}"#)
    }

    @Test("a till names the order's source, and says why it rejects one")
    func references() throws {
        let full = OrderReference(
            source: "web", order: "1001", person: "Пётр", reason: "нет в наличии",
            receipt: ReceiptKey(store: "S1", till: "T1", shift: 1, number: "2"), basedOn: 4)
        try roundTrip(full)
        try roundTrip(OrderReference(order: "1001"))
        #expect(full.key(device: "T1") == key)
        #expect(OrderReference(order: "1001").key(device: "web") == key)
        let read = { (json: String, verb: Verb, role: DeviceRole) in
            try reading(json) { try OrderReference(FieldReader($0), verb: verb, role: role) }
        }
        #expect(throws: FieldError.missing("source")) { try read(#"{"order":"1"}"#, .orderAck, .register) }
        #expect(throws: FieldError.missing("reason")) {
            try read(#"{"order":"1","source":"web"}"#, .orderReject, .app)
        }
        #expect(try read(#"{"order":"1"}"#, .orderCancel, .website).source == nil)
    }

    @Test("the operator's messages go there and back")
    func operatorMessages() throws {
        let fingerprint = String(repeating: "0a", count: 32)
        try roundTrip(DeviceAdd(store: "S1", role: .register, device: "T1", fingerprint: fingerprint))
        try roundTrip(DeviceAdd.Reply(store: "S1", role: .app, device: "A1", addedAt: at, token: fingerprint))
        try roundTrip(DeviceRevoke(device: "T1", store: "S1"))
        try roundTrip(DeviceRevoke.Reply(device: "T1", revokedAt: at, closed: 2))
        let entry = DeviceEntry(
            store: "S1", role: .website, device: "web", state: .active, addedAt: at, connections: 1, seenAt: nil)
        try roundTrip(DeviceListReply(devices: [entry]))
        try roundTrip(
            AuditReply(
                checked: ["receipts": 5, "customers": 0],
                findings: [
                    .init(kind: "balance", key: "c-1", message: "1 ≠ 2")
                ]))
        #expect(fieldError(DeviceAdd.self, #"{"store":"S1","role":"operator","device":"x"}"#)?.field == "role")
        let upper = #"{"store":"S1","role":"app","device":"x","fingerprint":"\#(fingerprint.uppercased())"}"#
        #expect(fieldError(DeviceAdd.self, upper)?.field == "fingerprint")
        #expect(AddableRole.allCases.map(\.deviceRole) == [.register, .app, .website])
    }

    @Test("a row that cannot be taken does not stop the others of an import")
    func imports() throws {
        let text = #"{"rows":[{"card":"7000001234"},{"name":"x"},7,{"phone":"+79161234567"}]}"#
        let request = try message(ImportRequest<Enrol>.self, text)
        #expect(
            request.rows.map { try? $0.get().identifiers } == [
                [.card("7000001234")], nil, nil, [.phone("+79161234567")],
            ])
        guard case .failure(let missing) = request.rows[1], case .failure(let bad) = request.rows[2] else {
            Issue.record("rows 1 and 2 were taken")
            return
        }
        #expect(missing == .missing("rows[1].card"))
        #expect(bad == .bad("rows[2]", "must be an object"))
        try roundTrip(
            ImportRequest(rows: [ProductRow(sku: "M", name: "Молоко"), ProductRow(sku: "N", name: "N")]))
        try roundTrip(
            ImportReply(created: 1, updated: 2, refused: [.init(row: 3, code: .missingField, message: "m", field: "f")])
        )
        #expect(fieldError(ImportRequest<ProductRow>.self, #"{"rows":[]}"#)?.field == "rows")
    }
}
