import LineProtocol
import Retail
import Testing

@Suite("Messages about held points")
struct HoldMessageTests {
    private let expiresAt = Instant(millisecondsSinceEpoch: 1_795_339_800_000)

    @Test("HOLD and RELEASE go there and back")
    func goThereAndBack() throws {
        let hold = HoldRequest(shift: 3, number: "17", customer: CustomerID(number: 5), points: 40)
        #expect(json(hold) == #"{"shift":3,"number":"17","customer_id":"c-5","points":40}"#)
        try roundTrip(hold)
        try roundTrip(HoldRequest(shift: 0, number: "17", till: "T02", customer: CustomerID(number: 5), points: 1))
        try roundTrip(ReleaseRequest(shift: 3, number: "17"))
        try roundTrip(ReleaseRequest(shift: 3, number: "17", till: "T02"))
        let reply = HoldReply(hold: "h-1", points: 40, expiresAt: expiresAt, available: 2)
        #expect(
            json(reply) == #"{"hold":"h-1","points":40,"expires_at":"\#(expiresAt.rfc3339)","available":2}"#)
        try roundTrip(reply)
        try roundTrip(ReleaseReply(released: 0))
    }

    @Test("a hold belongs to the receipt of the till that asks, or of the till that is named")
    func keys() {
        let own = HoldRequest(shift: 3, number: "17", customer: CustomerID(number: 5), points: 40)
        #expect(own.key(store: "S1", device: "T01").text == "S1/T01/3/17")
        let other = ReleaseRequest(shift: 3, number: "17", till: "T02")
        #expect(other.key(store: "S1", device: "phone-7").text == "S1/T02/3/17")
    }

    @Test("an app must name the till, a register need not")
    func appsNameTheTill() throws {
        let hold = #"{"shift":3,"number":"17","customer_id":"c-5","points":40}"#
        let release = #"{"shift":3,"number":"17"}"#
        #expect(throws: FieldError.missing("till")) {
            try reading(hold) { try HoldRequest(FieldReader($0), role: .app) }
        }
        #expect(throws: FieldError.missing("till")) {
            try reading(release) { try ReleaseRequest(FieldReader($0), role: .app) }
        }
        #expect(try reading(hold) { try HoldRequest(FieldReader($0), role: .register) }.till == nil)
        #expect(try reading(release) { try ReleaseRequest(FieldReader($0), role: .register) }.till == nil)
    }

    @Test(
        "a hold that cannot be understood is refused by the field",
        arguments: [
            (#"{"number":"17","customer_id":"c-5","points":40}"#, "shift"),
            (#"{"shift":3,"number":"1/7","customer_id":"c-5","points":40}"#, "number"),
            (#"{"shift":3,"number":"17","points":40}"#, "customer_id"),
            (#"{"shift":3,"number":"17","customer_id":"c-5"}"#, "points"),
            (#"{"shift":3,"number":"17","customer_id":"c-5","points":0}"#, "points"),
            (#"{"shift":3,"number":"17","till":"","customer_id":"c-5","points":1}"#, "till"),
        ])
    func refusesByField(request: String, field: String) {
        #expect(fieldError(HoldRequest.self, request)?.field == field)
    }
}
