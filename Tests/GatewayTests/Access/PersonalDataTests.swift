import Foundation
import Logging
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway
@testable import Journal

@Suite("Personal data is in no log, no error and no file's name", .timeLimit(.minutes(3)))
struct PersonalDataTests {
    private let log = LogKeeper(.trace)

    /// Nothing of the person is in the log.
    private func expectQuiet(_ where: String) {
        for line in log.lines {
            #expect(PersonalData.found(in: line).isEmpty, "\(`where`): \(line)")
        }
    }

    private func expectQuiet(_ answer: WireLine, _ request: String) {
        guard let code = answer.code else { return }
        let found = PersonalData.found(in: "\(answer.body)")
        #expect(found.isEmpty, "\(request.prefix(200)): \(code) repeats \(found)")
    }

    private func clients(_ world: TestWorld) throws -> [TestClient] {
        [
            try world.till(), try world.greeted(.app, "S1", "APP1"), try world.greeted(.website, "S1", "WEB1"),
            world.localOperator(),
        ]
    }

    @Test("requests that are wrong in every way, by everybody: the error names the field and never what stands in it")
    func errors() throws {
        let world = try TestWorld(log: log.logger)
        var refused = 0
        for client in try clients(world) {
            for (verb, body) in PersonalData.wrong {
                let answer = client.request(verb, body)
                expectQuiet(answer, "\(verb) \(body)")
                if answer.code != nil { refused += 1 }
            }
        }
        #expect(refused > PersonalData.wrong.count * 3)
        for line in ["IDENTIFY +79035551234 {}", "+79035551234", "Petra Privatova", #"{"phone":"+79035551234"}"#] {
            let client = try world.till()
            client.send(line)
            try world.settle()
            for answer in client.lines where answer.code != nil { expectQuiet(answer, line) }
        }
        for token in ["PRIVATE-PRIVATE-PRIVATE", "PRIVATE", String(repeating: "PRIVATE", count: 60)] {
            expectQuiet(world.stranger().request("HELLO", #"{"protocol":1,"token":"\#(token)"}"#), token)
        }
        expectQuiet(
            world.stranger().request("HELLO", #"{"protocol":1,"role":"PRIVATE","client":"Privatova"}"#), "HELLO")
        expectQuiet("errors")
        #expect(!log.lines.isEmpty)
    }

    @Test("rows of an import that are refused are named by their place and field")
    func imports() throws {
        let world = try TestWorld(log: log.logger)
        let operation = world.localOperator()
        _ = operation.request("IMPORT_CUSTOMERS", #"{"rows":[{"card":"7771234567"},{"phone":"+79035550002"}]}"#)
        let reply = operation.request(
            "IMPORT_CUSTOMERS", #"{"rows":[\#(PersonalData.badRows.joined(separator: ","))]}"#)
        let text = "\(reply.body)"
        #expect(PersonalData.found(in: text).isEmpty, "\(text)")
        #expect((reply.ok?["refused"]?.elements?.count ?? PersonalData.badRows.count) >= PersonalData.badRows.count - 1)
        expectQuiet("imports")
    }

    @Test(
        "a day with the person in it, with an upstream and websites that repeat what they were told, on a failing disk")
    func day() throws {
        let disk = Disk()
        let upstream = ScriptedUpstream { attempt, events in
            switch attempt % 4 {
            case 0:
                .failed(
                    DeliveryFailure("HTTP 500: \(PersonalData.upstreamWords)", loggable: "HTTP 500", cause: .unclear))
            case 1: .answered(events.map { _ in .retry(reason: PersonalData.upstreamWords) })
            case 2: .answered(events.map { _ in .refused(reason: PersonalData.upstreamWords) })
            default: .answered(events.map { _ in .stored })
            }
        }
        let world = try TestWorld(hooks: disk.hooks, adapter: upstream, log: log.logger)
        try shop(world)
        #expect(upstream.deliveries.wait(count: 6, seconds: 60))
        let till = try world.till("T02")
        disk.fail(times: 2)
        for (verb, body) in people { expectQuiet(till.request(verb, body), body) }
        #expect(world.available())
        // An hour and then days: nobody takes the order, it is late, and in the end it is not collected.
        for milliseconds in [600_000, 600_000, 3_600_000, 86_400_000, 864_000_000] {
            world.clock.advance(milliseconds: milliseconds)
            world.gateway.passTime()
            world.gateway.passOrderTime()
            world.gateway.passPriceTime()
            try world.settle(tolerant: true)
        }
        try world.restart(adapter: upstream)
        expectQuiet("day")
        #expect(log.lines.contains { $0.contains("in quarantine") })
        #expect(log.lines.contains { $0.contains("nobody takes an order") })
        // The operator, who may know, finds upstream's words with the event.
        let quarantine = world.localOperator().request("RELAY_QUARANTINE")
        #expect("\(quarantine.body)".contains("is blocked"))
        let files = FileManager.default.subpaths(atPath: world.folderPath) ?? []
        #expect(files.count >= 3)
        #expect(files.flatMap(PersonalData.found).isEmpty, "\(files)")
    }

    @Test("whatever the relay tells the log, upstream's own words are not in it")
    func relay() {
        let relayLog = RelayLog(log.logger)
        let place = RelayedPlace(sequence: 1, stream: "S1/T01", id: "S1/T01/1/7", type: "receipt")
        let words = PersonalData.upstreamWords
        let news: [RelayCourse.Consequence] = [
            .opened(reason: "HTTP 500", failures: 3), .closed(afterMilliseconds: 5), .held(place),
            .released(stream: "S1/T01"), .quarantine(place, reason: words),
        ]
        for consequence in news { relayLog.tell(consequence, at: 0) }
        #expect(log.lines.count == news.count)
        expectQuiet("relay")
    }

    private let people: [(verb: String, body: String)] = [
        (
            "ENROL",
            #"{"name":"Petra Privatova","phone":"+79035551234","email":"petra.privat@example.org","card":"7771234567","#
                + #""birthday":"1987-03-09"}"#
        ),
        ("IDENTIFY", #"{"phone":"8 903 555-12-34"}"#), ("IDENTIFY", #"{"email":"Petra.Privat@example.org"}"#),
        ("SALE", ReceiptText(number: "7", customer: "c-1", more: #","comment":"PRIVATE, Secretnaya 17""#).json),
        ("SALE", ReceiptText(number: "7", customer: "c-1", more: #","comment":"PRIVATE, Secretnaya 18""#).json),
    ]

    private func shop(_ world: TestWorld) throws {
        let till = try world.till()
        let app = try world.greeted(.app, "S1", "APP1")
        let site = try world.greeted(.website, "S1", "WEB1")
        for (verb, body) in people { expectQuiet(till.request(verb, body), body) }
        let customer =
            #","customer":{"name":"Petra Privatova","phone":"+79035551234"},"comment":"Secretnaya 17","address":"Secretnaya""#
        for order in ["1", "2"] {
            #expect(site.request("ORDER_PUSH", PushText(order: order, more: customer).json).ok != nil)
        }
        expectQuiet(site.request("ORDER_PUSH", PushText(order: "1", more: customer + #","x":1"#).json), "conflict")
        #expect(app.request("BASKET_SEND", FloorShop.content("b1", more: #","note":"PRIVATE""#)).ok != nil)
        #expect(app.request("NOTE_ADD", #"{"note":"n1","customer_id":"c-1","text":"PRIVATE"}"#).ok != nil)
        expectQuiet(app.request("NOTE_ADD", #"{"note":"n1","customer_id":"c-1","text":"PRIVATE!"}"#), "conflict")
        let visit =
            #"{"visit":"v1","reason":"price","at":"2026-11-22T09:30:00Z","customer_id":"c-1","comment":"PRIVATE"}"#
        #expect(app.request("VISIT", visit).ok != nil)
        #expect(till.request("ENROL", #"{"card":"7771230000"}"#).ok != nil)
        expectQuiet(till.request("ENROL", #"{"card":"7771230000","phone":"+79035551234"}"#), "ambiguous")
        let name = "Petra Privatova"
        expectQuiet(till.request("ORDER_REJECT", #"{"source":"WEB1","order":"2","reason":"\#(name)"}"#), "reject")
        expectQuiet(till.request("ORDER_ACCEPT", #"{"source":"WEB1","order":"2","person":"\#(name)"}"#), "state")
    }

    @Test("what is stored and cannot be read any more breaks a request, and says nothing of what is in it")
    func damaged() throws {
        let world = try TestWorld(log: log.logger)
        try shop(world)
        try world.settle()
        try world.journal.perform { transaction in
            let broken = Array(#"{"text":"PRIVATE","phone":"+79035551234","name":"Petra Privatova""#.utf8)
            try transaction.statement("UPDATE customer_note SET body = ?").bind(broken).run()
            try transaction.statement("UPDATE receipt SET body = ?").bind(broken).run()
            try transaction.statement("UPDATE pickup_order SET body = ?").bind(broken).run()
            try transaction.statement("UPDATE floor_basket SET sent = ?").bind(broken).run()
        }
        let requests = [
            ("CUSTOMER", #"{"customer_id":"c-1"}"#), ("ORDER_CLAIM", #"{"source":"WEB1","order":"1"}"#),
            ("ORDER_PICK", #"{"source":"WEB1","order":"1","lines":[{"line":1,"picked":1}]}"#),
            ("BASKET_OPEN", FloorShop.reference("b1")), ("EXPLAIN", #"{"key":"S1/T01/1/7"}"#), ("AUDIT", "{}"),
            ("RECEIPT_LIST", #"{"from":"2026-11-22","until":"2026-11-22"}"#),
            ("RETURN", ReceiptText(number: "8", more: #","original":"S1/T01/1/7""#).json),
        ]
        var failed = 0
        for client in try clients(world) {
            for (verb, body) in requests {
                let answer = client.request(verb, body)
                expectQuiet(answer, verb)
                if answer.code != nil, answer.code != "forbidden" { failed += 1 }
            }
        }
        #expect(failed > 2)
        world.clock.advance(milliseconds: 3_600_000)
        world.gateway.passOrderTime()
        try world.settle(tolerant: true)
        expectQuiet("damaged")
    }

    @Test("upstream's changes that are refused, and lookups that fail, are told without what was in them")
    func changes() throws {
        let upstream = ScriptedSource()
        let world = try TestWorld(
            changeSource: upstream, customerSource: BrokenSource(), log: log.logger)
        upstream.add(
            all: [
                #"{"identifiers":"+79035551234"}"#, #"{"identifiers":[{"kind":"phone","value":"9035551234x"}]}"#,
                #"{"identifiers":[{"kind":"PRIVATE","value":"petra.privat"}]}"#, #"{"name":["Petra Privatova"]}"#,
                #"{"birthday":"1987-03-09x"}"#,
            ].enumerated().map { number, body in
                #"{"id":"u-\#(number)","type":"customer","at":"2026-11-22T09:30:00Z","body":{"external":"K-\#(number)","#
                    + body.dropFirst() + "}"
            })
        let feed = try #require(world.gateway.feed)
        world.clock.advance(milliseconds: 120_000)
        for _ in 0..<100 where feed.step() == 0 {}
        try world.settle()
        let refused = try world.journal.read { try $0.refusedChanges(after: 0, limit: 10) }
        #expect(refused.count == 5, "\(refused.map(\.id))")
        let till = try world.till()
        for body in [#"{"phone":"+79035551234"}"#, #"{"email":"petra.privat@example.org"}"#, #"{"card":"7771234567"}"#]
        {
            expectQuiet(till.request("IDENTIFY", body), body)
        }
        #expect(log.lines.count >= 2)
        expectQuiet("changes")
    }

    @Test("websites that do not take a webhook's messages, and repeat them in their answers")
    func webhooks() throws {
        let site = ScriptedSite { _ in .unreachable(reason: "no route") }
        let stage = try WebhookStage(site, log: log.logger)
        try stage.hook()
        let customer = #","customer":{"name":"Petra Privatova","phone":"+79035551234"},"comment":"Secretnaya 17""#
        _ = try stage.client("website", "WEB1").request("ORDER_PUSH", PushText(order: "1", more: customer).json)
        stage.deliver()
        site.answer { _ in ScriptedSite.status(422) }
        stage.pass(seconds: 1_200, every: 60)
        #expect(!log.lines.isEmpty)
        expectQuiet("webhooks")
        #expect(PersonalData.found(in: "\(String(describing: stage.listed()))").isEmpty)
    }
}

/// An upstream that answers questions after a customer with something that cannot be used.
private final class BrokenSource: CustomerSource {
    func customer(kind: String, value: String, deadlineMilliseconds: Int) -> Upstream.CustomerAnswer {
        kind == "card"
            ? .failed(reason: "HTTP 500")
            : .found(Array(#"{"at":"2026-11-22T09:00:00Z","body":{"external":["\#(value)"],"name":"Privatova"}}"#.utf8))
    }

    func stop() {}
}
