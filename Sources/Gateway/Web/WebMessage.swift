import HTTPMessage
import LineProtocol

/// Makes the line protocol's message of an HTTP request, so that both have the same fields, readers and errors.
struct WebMessage {
    let operation: WebOperation
    /// The path's parameters.
    let parameters: [String: String]
    let request: HTTPRequest

    /// One JSON object with the message of the operation's verb.
    func text() throws(WebProblem) -> [UInt8] {
        switch operation {
        case .listOrders, .followOrders: try listing()
        case .pushOrder, .amendOrder, .cancelOrder, .getOrder: try aboutOrder()
        case .getStock: try aboutProduct()
        case .getHealth: Array("{}".utf8)
        }
    }

    // MARK: About one order

    /// The body's members, with `order` from the path, and `based_on` from `If-Match` where it is there.
    private func aboutOrder() throws(WebProblem) -> [UInt8] {
        let order = parameters["order"] ?? ""
        let base = try ifMatch()
        if operation == .amendOrder, base == nil, try !namesBase() {
            throw WebProblem(.preconditionRequired, "If-Match or based_on must say what the amendment is based on")
        }
        let writer = ByteWriter(capacity: request.body.count + 160)
        writer.beginObject()
        writer.field("order", order)
        writer.optionalField("based_on", base)
        if !request.body.isEmpty { try copyMembers(to: writer, order: order, base: base) }
        writer.endObject()
        return Array(writer.bytes)
    }

    private func namesBase() throws(WebProblem) -> Bool {
        try withBody { $0.value("based_on") != nil }
    }

    private func copyMembers(to writer: ByteWriter, order: String, base: Int64?) throws(WebProblem) {
        try withBody { body in
            if let own = body.value("order"), own.string() != order {
                throw FieldError.bad("order", "is not the order that the path names")
            }
            if let base, let own = body.value("based_on"), own.int64() != base {
                throw WebProblem(.preconditionFailed, "If-Match and based_on name different transitions")
            }
            for member in body.object.members {
                let name = member.name.string() ?? ""
                guard name != "order", name != "based_on" || base == nil else { continue }
                writer.name(text: name)
                writer.rawValue(member.value.rawBytes)
            }
        }
    }

    private func withBody<Result>(_ use: (FieldReader) throws -> Result) throws(WebProblem) -> Result {
        do {
            return try request.body.withUnsafeBytes { bytes in try withJSON(bytes) { try use(FieldReader($0)) } }
        } catch let problem as WebProblem {
            throw problem
        } catch let error as JSONSyntaxError {
            throw WebProblem(Refusal(error))
        } catch let error as FieldError {
            throw WebProblem(Refusal(error))
        } catch {
            throw WebProblem(Refusal(.internal, "\(error)"))
        }
    }

    /// The number of the transition that a change is based on; nil without `If-Match`, and for `*`.
    private func ifMatch() throws(WebProblem) -> Int64? {
        guard let field = request.headers["If-Match"], field != "*" else { return nil }
        // Whoever writes a request by hand forgets the quotes.
        let isBare = field.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let tag = EntityTag(isBare ? "\"\(field)\"" : field.hasPrefix("W/") ? String(field.dropFirst(2)) : field)
        else {
            throw WebProblem(.http(400), "If-Match is not one entity tag")
        }
        // A weak tag never matches here, and no transition of an order ever had another tag than its number.
        guard !field.hasPrefix("W/"), let number = tag.number else {
            throw WebProblem(.preconditionFailed, "If-Match names no transition of an order")
        }
        return number
    }

    // MARK: Queries

    /// `after` and `limit` of the query, and `state` of a list, which may be repeated.
    private func listing() throws(WebProblem) -> [UInt8] {
        let pairs = try queryPairs()
        let writer = ByteWriter(capacity: 256)
        writer.beginObject()
        let states = pairs.filter { $0.name == "state" }.map(\.value)
        if operation == .listOrders, !states.isEmpty { writer.field("state", states) }
        writer.optionalField("after", try single("after", pairs))
        if let limit = try single("limit", pairs) {
            // What is no number goes on as a text, and the reader says what is wrong with it.
            if let number = Int64(limit) { writer.field("limit", number) } else { writer.field("limit", limit) }
        }
        writer.endObject()
        return Array(writer.bytes)
    }

    /// `sku` of the path and `store` of the query, which may be repeated.
    private func aboutProduct() throws(WebProblem) -> [UInt8] {
        let stores = try queryPairs().filter { $0.name == "store" }.map(\.value)
        let writer = ByteWriter(capacity: 256)
        writer.beginObject()
        writer.field("sku", parameters["sku"] ?? "")
        if !stores.isEmpty { writer.field("stores", stores) }
        writer.endObject()
        return Array(writer.bytes)
    }

    private func queryPairs() throws(WebProblem) -> [(name: String, value: String)] {
        guard let pairs = HTTPTarget.pairs(ofQuery: request.query) else {
            throw WebProblem(.http(400), "the query cannot be read")
        }
        return pairs
    }

    private func single(
        _ name: String, _ pairs: [(name: String, value: String)]
    ) throws(WebProblem) -> String? {
        let values = pairs.filter { $0.name == name }.map(\.value)
        guard values.count <= 1 else { throw WebProblem(Refusal.badField(name, "stands more than once")) }
        return values.first
    }
}

/// An entity tag of this gateway: the number of an order's last transition, in quotes.
struct EntityTag: Equatable {
    /// What stands between the quotes.
    let text: String

    /// Reads one strong tag; nil for anything else.
    init?(_ field: String) {
        guard field.utf8.count >= 2, field.hasPrefix("\""), field.hasSuffix("\""),
            case let inner = field.dropFirst().dropLast(), !inner.isEmpty, !inner.contains("\"")
        else { return nil }
        text = String(inner)
    }

    init(_ number: Int64) { text = "\(number)" }

    var field: String { "\"\(text)\"" }

    var number: Int64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int64(text).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Whether `If-None-Match` names this tag; there a weak tag is as good as a strong one.
    func isNamed(in field: String) -> Bool {
        field == "*"
            || field.split(separator: ",").contains { part in
                var tag = part.drop { $0 == " " }
                while tag.last == " " { tag.removeLast() }
                if tag.hasPrefix("W/") { tag.removeFirst(2) }
                return tag == self.field
            }
    }
}
