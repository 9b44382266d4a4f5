import Retail
import Testing

@testable import Gateway

/// A request of a till, to be sent again word for word until it is answered.
struct TillRequest {
    var till: String
    var verb: String
    var body: String
    /// The receipt it is or is for.
    var key: String
    var customer = "c-1"
    /// Points to hold, or spent by the sale.
    var points: Int64 = 0
    var namesHold = false
}

/// What the tills know: the sum of what they were told. It knows nothing of lots, ledgers or time's order.
struct SpendingModel {
    struct Hold {
        var customer: String
        var points: Int64
        var expiresAt: Instant
    }

    /// A sale of which something may come back.
    struct Sale {
        var key: String
        var quantity: Int64
    }

    private(set) var holds: [String: Hold] = [:]
    /// Points earned less points spent, of all receipts that were answered.
    private(set) var balance: [String: Int64] = [:]
    private(set) var answers: [String: (request: TillRequest, reply: JSONTree)] = [:]
    private(set) var debts = 0
    let name: Comment

    init(_ name: Comment) {
        self.name = name
    }

    func held(of customers: Set<String>, at now: Instant) -> Int64 {
        holds.values.reduce(0) { customers.contains($1.customer) && $1.expiresAt > now ? $0 + $1.points : $0 }
    }

    func held(for key: String, at now: Instant) -> Int64 {
        holds[key].map { $0.expiresAt > now ? $0.points : 0 } ?? 0
    }

    /// Takes an answer, which must be one that the till can live with.
    ///
    /// - Parameter isRepeated: the request was sent before and not answered: it may have been done already.
    mutating func note(_ request: TillRequest, _ line: WireLine, isRepeated: Bool, at now: Instant) {
        #expect(line != .none, "\(name): \(request.verb) \(request.key) got no answer")
        switch request.verb {
        case "HOLD": noteHold(request, line)
        case "RELEASE":
            let released = line.ok?["released"]?.integer
            let held = held(for: request.key, at: now)
            #expect(released == held || isRepeated && released == 0, "\(name): \(request.key) \(line)")
            holds[request.key] = nil
        case "RETURN" where line.code != nil:
            #expect(line.error?["reason"]?.text == "more than was sold", "\(name): \(line)")
        default: noteReceipt(request, line, at: now)
        }
    }

    private mutating func noteHold(_ request: TillRequest, _ line: WireLine) {
        guard let reply = line.ok else {
            #expect(line.error?["reason"]?.text == "more than available", "\(name): \(line)")
            #expect((line.error?["available"]?.integer ?? .max) < request.points, "\(name): \(line)")
            return
        }
        #expect(reply["points"]?.integer == request.points, "\(name): \(line)")
        let end = reply["expires_at"]?.text.flatMap { Instant(rfc3339: $0) }
        holds[request.key] = Hold(
            customer: request.customer, points: request.points, expiresAt: end ?? .distantPast)
    }

    private mutating func noteReceipt(_ request: TillRequest, _ line: WireLine, at now: Instant) {
        guard let reply = line.ok else {
            Issue.record("\(name): \(request.verb) \(request.key) \(line)")
            return
        }
        if let known = answers[request.key] {
            #expect(reply == known.reply, "\(name): \(request.key) was answered otherwise before")
            return
        }
        answers[request.key] = (request, reply)
        if request.verb == "SALE" { checkMarks(request, line, at: now) }
        holds[request.key] = nil
        guard let customer = reply["customer_id"]?.text else { return }
        balance[customer, default: 0] += (line.points("earned") ?? 0) - (line.points("spent") ?? 0)
    }

    /// Nobody who held what the receipt spends is told that it was not there.
    private mutating func checkMarks(_ request: TillRequest, _ line: WireLine, at now: Instant) {
        #expect(line.points("spent") == request.points, "\(name): \(line)")
        var marks = Set(line.marks ?? ["none"])
        let isCovered = held(for: request.key, at: now) >= request.points
        if marks.remove("points_debt") != nil {
            debts += 1
            #expect(!isCovered, "\(name): \(request.key) held its points and owes them")
        }
        let expected: Set<String> = request.namesHold && !isCovered ? ["hold_missing"] : []
        #expect(marks == expected, "\(name): \(request.key) \(line)")
    }

    /// What the gateway says of a customer agrees with what it told the tills.
    ///
    /// - Parameter customers: all who are this one customer by now.
    func check(_ points: Balance, of customers: Set<String>, at now: Instant) {
        #expect(points.held == held(of: customers, at: now), "\(name): \(customers)")
        #expect(
            points.available + points.held + points.pending - points.debt
                == customers.reduce(0) { $0 + (balance[$1] ?? 0) }, "\(name): \(customers) \(points)")
        #expect(points.available == 0 || points.debt == 0, "\(name): \(points)")
    }
}
