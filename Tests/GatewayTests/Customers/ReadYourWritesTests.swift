import Testing

@testable import Gateway

@Suite("Who asks after an answer sees what was answered")
struct ReadYourWritesTests {
    @Test("an enrolment, at once and on every other connection")
    func enrolment() throws {
        let world = try TestWorld()
        let writer = try world.till("T01")
        let reader = try world.greeted(.website, "S1", "WEB1")
        for number in 1...200 {
            writer.send(#"ENROL e\#(number) {"card":"70000\#(number)"}"#)
            let made = writer.answer(to: "e\(number)").ok
            // Nothing runs between the answer and the question.
            reader.send(#"IDENTIFY i\#(number) {"card":"70000\#(number)"}"#)
            #expect(reader.lines.last?.ok?["customer_id"] == made?["customer_id"])
        }
    }

    @Test("the points of a sale, in identification and in quotes")
    func points() throws {
        let world = try TestWorld()
        let writer = try world.till("T01")
        let reader = try world.till("T02")
        _ = writer.request("ENROL", #"{"card":"7000001234"}"#)
        for number in 1...100 {
            let balance = writer.request("SALE", ReceiptText(number: "\(number)", customer: "c-1").json)
                .ok?["points"]?["balance"]
            reader.send(#"IDENTIFY i\#(number) {"card":"7000001234"}"#)
            #expect(reader.lines.last?.ok?["points"]?["available"] == balance)
            reader.send(
                #"QUOTE q\#(number) {"customer_id":"c-1","lines":[{"sku":"A","quantity":1,"price":100}]}"#)
            #expect(reader.lines.last?.ok?["points"]?["available"] == balance)
        }
    }
}
