import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("Enrolment finds instead of doubling")
struct EnrolmentTests {
    private func id(_ line: WireLine) -> String? { line.ok?["customer_id"]?.text }

    @Test("two at once with the same phone make one customer")
    func twoAtOnce() throws {
        let disk = Disk()
        let world = try TestWorld(hooks: disk.hooks)
        let clients = [try world.till("T01"), try world.till("T02"), try world.greeted(.app, "S1", "APP1")]
        let before = disk.begun.all.count
        let gate = disk.hold()
        clients[0].send(#"ENROL e1 {"name":"Anna","phone":"+79161234567"}"#)
        #expect(disk.begun.wait(count: before + 1))
        clients[1].send(#"ENROL e1 {"name":"Anya","phone":"8 916 123-45-67"}"#)
        clients[2].send(#"ENROL e1 {"phone":"9161234567","card":"7000001234"}"#)
        disk.letGo()
        gate.open()
        let answers = clients.map { $0.answer(to: "e1") }
        #expect(answers.map { id($0) } == ["c-1", "c-1", "c-1"])
        #expect(answers.map { $0.ok?["created"]?.bool } == [true, false, false])
        #expect(answers[1].ok?["name"]?.text == "Anna")
        #expect(world.gateway.directory.count == 1)
        #expect(try world.journal.read { try $0.customerCount() } == 1)
    }

    @Test("an app enrols with phone and name only; consents that are given then or later are on record, upstream too")
    func byApp() throws {
        let world = try TestWorld()
        let app = try world.greeted(.app, "S1", "APP1")
        let enrolled = app.request("ENROL", #"{"name":"Anna","phone":"8 916 123-45-67"}"#).ok
        #expect(enrolled?["created"]?.bool == true)
        #expect(enrolled?["name"]?.text == "Anna")
        #expect(enrolled?["phone"]?.text == "•••4567")
        #expect(enrolled?["consents"]?.elements == [])
        let consenting = app.request("ENROL", #"{"phone":"+79161234567","consents":["marketing","sms"]}"#).ok
        #expect(consenting?["created"]?.bool == false)
        #expect(consenting?["consents"]?.elements == [.string("marketing"), .string("sms")])
        try world.restart()
        let known = try world.till().request("IDENTIFY", #"{"phone":"+79161234567"}"#).ok
        #expect(known?["consents"]?.elements == [.string("marketing"), .string("sms")])
        let told = try world.journal.read { try $0.outbox(limit: 10) }.filter { $0.type.hasPrefix("customer.") }
        #expect(told.map(\.type) == ["customer.enrolled", "customer.changed"])
        #expect(try JSONTree(try #require(told.last).body)["consents"] == consenting?["consents"])
    }

    @Test("each change has an event id of its own, also when what is known shrinks meanwhile; two gateways share none")
    func eventIDs() throws {
        func ids(_ world: FeedWorld) throws -> [String] {
            try world.world.journal.read { try $0.outbox(limit: 100) }.filter { $0.type.hasPrefix("customer.") }
                .map(\.id)
        }
        var all: [String] = []
        for _ in 1...2 {
            let world = try FeedWorld()
            let phone = #"{"kind":"phone","value":"+79161234567"}"#
            _ = try world.shop.till().request("ENROL", #"{"phone":"+79161234567","external":"K-1","name":"Anna"}"#)
            for minutes in [1, 3] as [Int64] {
                // Upstream takes the name away, and a shop is told another one.
                try world.send(world.customer("K-1", #","full":true,"identifiers":[\#(phone)]"#, at: minutes + 60))
                world.world.clock.advance(milliseconds: -100_000)
                let told = try world.shop.till().request("ENROL", #"{"phone":"+79161234567","name":"B\#(minutes)"}"#)
                #expect(told.ok?["name"]?.text == "B\(minutes)")
            }
            let found = try ids(world)
            #expect(found.count == 3)
            all += found
        }
        #expect(Set(all).count == 6, "\(all)")
    }

    @Test("what a known customer lacks is added, what is known stays, consents add up")
    func completing() throws {
        let world = try TestWorld()
        let till = try world.till()
        _ = till.request("ENROL", #"{"phone":"+79161234567","consents":["sms"]}"#)
        let named = till.request(
            "ENROL", #"{"phone":"+79161234567","name":"Anna","segment":"premium","consents":["email","sms"]}"#)
        #expect(named.ok?["name"]?.text == "Anna")
        #expect(named.ok?["segment"]?.text == "premium")
        #expect(named.ok?["consents"]?.elements == [.string("sms"), .string("email")])
        let renamed = till.request("ENROL", #"{"phone":"+79161234567","name":"Olga","segment":"economy"}"#)
        #expect(renamed.ok?["name"]?.text == "Anna")
        #expect(renamed.ok?["segment"]?.text == "premium")
        try world.restart()
        let known = try world.till().request("IDENTIFY", #"{"phone":"+79161234567"}"#).ok
        #expect(known?["consents"]?.elements == [.string("sms"), .string("email")])
    }

    @Test("identifiers of different customers are ambiguous, named in their order, and nothing changes")
    func ambiguous() throws {
        let world = try TestWorld()
        let till = try world.till()
        _ = till.request("ENROL", #"{"phone":"+79161234567"}"#)
        _ = till.request("ENROL", #"{"card":"7000001234","email":"anna@example.org"}"#)
        let refused = till.request(
            "ENROL",
            #"{"external":"new","email":"anna@example.org","phone":"+79161234567","card":"7000001234","name":"Anna"}"#)
        #expect(refused.code == "ambiguous")
        #expect(refused.error?["fields"]?.elements == ["card", "phone", "email"].map { .string($0) })
        #expect(till.request("IDENTIFY", #"{"external":"new"}"#).code == "not_found")
        #expect(till.request("IDENTIFY", #"{"card":"7000001234"}"#).ok?["name"] == .null)
        #expect(world.gateway.directory.count == 2)
    }

    @Test("an import does as ENROL does, row by row, and a row that is wrong stops no other")
    func imports() throws {
        let world = try TestWorld()
        let till = try world.till()
        _ = till.request("ENROL", #"{"card":"7000000001"}"#)
        _ = till.request("ENROL", #"{"card":"7000000002"}"#)
        let rows = [
            #"{"card":"7000000001","phone":"+79161234567","points":500}"#,
            #"{"phone":"12"}"#,
            #"{"card":"7000000001","external":"x1","email":"a@b.org"}"#,
            #"{"card":"7000000002","phone":"+79161234567"}"#,
            #"{"name":"Boris","card":"7000000003","points":500,"turnover":4000000}"#,
        ].joined(separator: ",")
        let answer = world.localOperator().request("IMPORT_CUSTOMERS", #"{"rows":[\#(rows)]}"#).ok
        #expect(answer?["created"]?.integer == 1)
        #expect(answer?["updated"]?.integer == 2)
        let refused = answer?["refused"]?.elements ?? []
        #expect(refused.map { $0["row"]?.integer } == [2, 4])
        #expect(refused.map { $0["code"]?.text } == ["bad_field", "ambiguous"])
        #expect(till.request("IDENTIFY", #"{"email":"a@b.org"}"#).ok?["customer_id"]?.text == "c-1")
        #expect(till.request("IDENTIFY", #"{"card":"7000000001"}"#).ok?["points"]?["available"]?.integer == 0)
        let boris = till.request("IDENTIFY", #"{"card":"7000000003"}"#).ok
        #expect(boris?["points"]?["available"]?.integer == 500)
        #expect(boris?["tier"]?["name"]?.text == "silver")
        #expect(try world.journal.read { try $0.audit(at: VirtualClock.beginning) }.findings == [])
    }
}
