import LineProtocol
import Retail
import Testing

@testable import Gateway

/// What IDENTIFY says of a customer's points.
struct Balance: Hashable {
    var available: Int64 = 0
    var held: Int64 = 0
    var pending: Int64 = 0
    var debt: Int64 = 0
    var expiring: Int64 = 0
    /// The last day of those that expire.
    var until: String?

    init(
        _ available: Int64 = 0, held: Int64 = 0, pending: Int64 = 0, debt: Int64 = 0, expiring: Int64 = 0,
        until: String? = nil
    ) {
        self.available = available
        self.held = held
        self.pending = pending
        self.debt = debt
        self.expiring = expiring
        self.until = until
    }

    init(_ points: JSONTree?) {
        available = points?["available"]?.integer ?? -1
        held = points?["held"]?.integer ?? -1
        pending = points?["pending"]?.integer ?? -1
        debt = points?["debt"]?.integer ?? 0
        expiring = points?["expiring"]?["points"]?.integer ?? 0
        until = points?["expiring"]?["on"]?.text
    }
}

/// A store with tills, an app, a website and an operator, as tests about points need it.
final class Shop {
    let world: TestWorld
    private var clients: [String: TestClient] = [:]
    /// The numbers below are for tests that give their receipts numbers of their own.
    private var lastNumber = 1_000

    init(_ world: TestWorld) {
        self.world = world
    }

    /// A shop with one programme: that of the transcripts and further members, each with a comma before it.
    convenience init(with more: String = "") throws {
        try self.init(TestWorld(programmes: [TestProgramme.text(with: more)]))
    }

    // MARK: Devices

    func till(_ name: String = "T01") throws -> TestClient { try client(.register, name) }

    func app() throws -> TestClient { try client(.app, "APP1") }

    func website() throws -> TestClient { try client(.website, "WEB1") }

    var operation: TestClient { world.localOperator() }

    private func client(_ role: DeviceRole, _ name: String) throws -> TestClient {
        if let known = clients[name], !known.isClosed { return known }
        let fresh = try world.greeted(role, "S1", name)
        clients[name] = fresh
        return fresh
    }

    /// Stops the gateway and starts another on the same journal.
    func restart() throws {
        clients = [:]
        try world.restart()
    }

    // MARK: Customers

    /// Enrols a customer at a till and returns the id.
    @discardableResult
    func enrol(_ card: String = "7000001234", _ more: String = "") throws -> String {
        try #require(try till().request("ENROL", #"{"card":"\#(card)"\#(more)}"#).ok?["customer_id"]?.text)
    }

    func identify(_ customer: String = "c-1") throws -> JSONTree? {
        try till().request("IDENTIFY", #"{"customer_id":"\#(customer)"}"#).ok
    }

    func points(_ customer: String = "c-1") throws -> Balance { Balance(try identify(customer)?["points"]) }

    // MARK: Receipts

    /// A number that no receipt of this shop has.
    func freshNumber() -> String {
        lastNumber += 1
        return "\(lastNumber)"
    }

    /// The line of a receipt that costs so much, part of it paid with points.
    static func line(_ amount: Int64, spending points: Int64 = 0, _ more: String = "") -> ReceiptText.Line {
        let discount = points > 0 ? #","discounts":[{"origin":"points","amount":\#(points * 100)}]"# : ""
        return ReceiptText.Line(price: amount, amount: amount - points * 100, more: discount + more)
    }

    /// Sells one thing and returns the answer.
    @discardableResult
    func sell(
        _ amount: Int64 = 100_000, spending points: Int64 = 0, to customer: String? = "c-1", till: String = "T01",
        number: String? = nil, _ more: String = ""
    ) throws -> WireLine {
        let receipt = ReceiptText(
            number: number ?? freshNumber(), at: world.clock.now().rfc3339, customer: customer,
            lines: [Self.line(amount, spending: points)], more: more)
        return try self.till(till).request("SALE", receipt.json)
    }

    /// Brings back a part of a sale that has one line of one thing.
    @discardableResult
    func giveBack(
        _ quantity: String = "1", of original: String, paid amount: Int64 = 0, till: String = "T01"
    ) throws -> WireLine {
        let line = ReceiptText.Line(quantity: quantity, price: amount, amount: amount)
        let receipt = ReceiptText(
            number: freshNumber(), at: world.clock.now().rfc3339, lines: [line], more: #","original":"\#(original)""#)
        return try self.till(till).request("RETURN", receipt.json)
    }

    /// Holds points for a receipt of the till.
    func hold(
        _ points: Int64, for number: String, of customer: String = "c-1", till: String = "T01"
    ) throws -> WireLine {
        try self.till(till).request(
            "HOLD", #"{"shift":1,"number":"\#(number)","customer_id":"\#(customer)","points":\#(points)}"#)
    }

    func release(_ number: String, till: String = "T01") throws -> WireLine {
        try self.till(till).request("RELEASE", #"{"shift":1,"number":"\#(number)"}"#)
    }

    /// Prices one thing.
    func quote(
        _ amount: Int64 = 100_000, spending points: Int64 = 0, to customer: String = "c-1", more: String = ""
    ) throws -> JSONTree? {
        try till().request(
            "QUOTE",
            #"{"customer_id":"\#(customer)","lines":[{"sku":"MUG","quantity":1,"price":\#(amount)}],"#
                + #""spend":\#(points)\#(more)}"#
        ).ok
    }

    // MARK: Time

    func pass(days: Int = 0, minutes: Int = 0, milliseconds: Int = 0) {
        world.clock.advance(milliseconds: days * 86_400_000 + minutes * 60_000 + milliseconds)
    }

    /// Lets time pass until a moment.
    func pass(until moment: String) throws {
        let then = try #require(Instant(rfc3339: moment))
        let now = world.clock.now()
        world.clock.advance(milliseconds: Int(then.millisecondsSinceEpoch - now.millisecondsSinceEpoch))
    }

    /// Lets it be written down what time has done.
    func bookTime() throws {
        world.gateway.passTime()
        try world.settle()
    }

    /// The books add up.
    func audit(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let now = world.clock.now()
        let report = try world.journal.read { try $0.audit(at: now) }
        #expect(report.findings == [], comment, sourceLocation: sourceLocation)
    }
}

extension WireLine {
    /// One of the points of a receipt's answer.
    func points(_ name: String) -> Int64? { ok?["points"]?[name]?.integer }

    /// The marks of a receipt's answer.
    var marks: [String]? { ok?["marks"]?.elements?.compactMap(\.text) }
}
