import LineProtocol
import Retail
import Testing

@Suite("Messages of the operator about programmes, customers and receipts")
struct OperatorMessageTests {
    @Test("programmes are carried byte for byte, and nothing but objects is taken for one")
    func programmePut() throws {
        let documents = [#"{ "id" : "base", "rate":1.50 }"#, #"{"id":"premium"}"#]
        let put = ProgrammePut(programmes: documents.map { JSONText(bytes: Array($0.utf8)) })
        #expect(json(put) == "{\"programmes\":[\(documents[0]),\(documents[1])]}")
        try roundTrip(put)
        #expect(fieldError(ProgrammePut.self, "{}") == .missing("programmes"))
        #expect(fieldError(ProgrammePut.self, #"{"programmes":[]}"#) == .bad("programmes", "must not be empty"))
        #expect(fieldError(ProgrammePut.self, #"{"programmes":[{},1]}"#) == .bad("programmes[1]", "must be an object"))
        let many = { (count: Int) in Array(repeating: "{}", count: count).joined(separator: ",") }
        #expect(fieldError(ProgrammePut.self, "{\"programmes\":[\(many(64))]}") == nil)
        #expect(
            fieldError(ProgrammePut.self, "{\"programmes\":[\(many(65))]}")
                == .limit("programmes", 64, of: "elements"))
    }

    @Test("the programmes in force go there and back")
    func programmeList() throws {
        let reply = ProgrammeListReply(
            source: .sent,
            programmes: [
                .init(id: "default", version: 3, hash: "abc", segments: nil, tiers: 3, promotions: 0),
                .init(id: "vip", version: 1, hash: "def", segments: ["premium"], tiers: 1, promotions: 12),
            ])
        #expect(
            json(reply) == #"{"source":"sent","programmes":[{"id":"default","version":3,"hash":"abc","segments":null,"#
                + #""tiers":3,"promotions":0},{"id":"vip","version":1,"hash":"def","segments":["premium"],"tiers":1,"#
                + #""promotions":12}]}"#)
        for source in ProgrammeListReply.Source.allCases {
            try roundTrip(ProgrammeListReply(source: source, programmes: reply.programmes))
        }
        #expect(json(ProgrammeListReply(source: .builtIn, programmes: [])).contains(#""source":"built_in""#))
    }

    @Test("two customers are merged, but nobody with themselves")
    func customerMerge() throws {
        let request = CustomerMerge(CustomerID(number: 7), into: CustomerID(number: 2))
        #expect(json(request) == #"{"customer_id":"c-7","into":"c-2"}"#)
        try roundTrip(request)
        #expect(
            fieldError(CustomerMerge.self, #"{"customer_id":"c-7","into":"c-7"}"#)
                == .bad("into", "is the same customer"))
        #expect(fieldError(CustomerMerge.self, #"{"customer_id":"c-7"}"#) == .missing("into"))
        let reply = CustomerMergeReply(
            customer: CustomerID(number: 2), merged: CustomerID(number: 7),
            points: .init(available: 10, held: 1, pending: 2, debt: 0), identifiers: 3)
        #expect(
            json(reply) == #"{"customer_id":"c-2","merged":"c-7","points":{"available":10,"held":1,"pending":2,"#
                + #""debt":0},"identifiers":3}"#)
        try roundTrip(reply)
    }

    @Test("an explanation has lines, and room for a long receipt")
    func explain() throws {
        let key = ReceiptKey(store: "S1", till: "T03", shift: 12, number: "536365")
        try roundTrip(ExplainRequest(key: key))
        try roundTrip(ExplainRequest(key: key, language: .russian))
        #expect(fieldError(ExplainRequest.self, #"{"key":"536365"}"#)?.field == "key")
        #expect(fieldError(ExplainRequest.self, #"{"key":"S1/T03/12/1","language":"xx"}"#)?.field == "language")
        var reply = ExplainReply(
            key: key, receivedAt: Instant(millisecondsSinceEpoch: 1_795_339_800_000), rules: nil, customer: nil,
            agrees: true, text: "строка 1\nline 2")
        #expect(json(reply).contains(#""rules":null,"customer_id":null,"agrees":true,"text":"строка 1\nline 2"}"#))
        try roundTrip(reply)
        reply.rules = RuleSetReference(id: "default", version: 1, hash: "abc")
        reply.customer = CustomerID(number: 4)
        reply.agrees = false
        reply.text = String(repeating: "ы", count: 200_000)
        try roundTrip(reply)
        reply.text += "ы"
        #expect(fieldError(ExplainReply.self, json(reply)) == .limit("text", 200_000, of: "characters"))
    }
}
