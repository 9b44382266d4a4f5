import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("ORDER_FOLLOW")
struct OrderFeedTests {
    /// A page: `order/number` of each change, their sequences, and where the next one begins.
    private struct Page: Equatable {
        var changes: [String]
        var sequences: [Int64]
        var next: String?
    }

    private func follow(_ website: TestClient, _ after: String? = nil, limit: Int? = nil) -> Page {
        let members = [after.map { #""after":"\#($0)""# }, limit.map { #""limit":\#($0)"# }].compactMap { $0 }
        let reply = website.request("ORDER_FOLLOW", "{\(members.joined(separator: ","))}").ok
        let changes = reply?["changes"]?.elements ?? []
        return Page(
            changes: changes.map { "\($0["order"]?.text ?? "")/\($0["number"]?.integer ?? 0)" },
            sequences: changes.compactMap { $0["sequence"]?.integer }, next: reply?["next"]?.text)
    }

    /// Reads page after page until there is nothing new.
    private func followAll(_ website: TestClient, limit: Int, between: () throws -> Void = {}) throws -> [String] {
        var all: [String] = []
        var next: String?
        // A feed that goes round in circles must not keep the test for ever.
        for _ in 0..<500 {
            let page = follow(website, next, limit: limit)
            if page.changes.isEmpty { return all }
            all += page.changes
            next = page.next
            try between()
        }
        Issue.record("the feed has no end")
        return all
    }

    @Test("a website reads every change of its own orders, and of nobody else's")
    func own() throws {
        let world = try TestWorld()
        let till = try world.till()
        let website = try world.greeted(.website, "S1", "WEB1")
        let other = try world.greeted(.website, "S1", "WEB2")
        #expect(follow(website) == Page(changes: [], sequences: [], next: "f0"))
        _ = website.request("ORDER_PUSH", PushText(order: "1").json)
        _ = other.request("ORDER_PUSH", PushText(order: "1").json)
        _ = till.request("ORDER_ACCEPT", #"{"source":"WEB2","order":"1"}"#)
        _ = website.request("ORDER_PUSH", PushText(order: "2").json)
        _ = till.request("ORDER_ACCEPT", #"{"source":"WEB1","order":"1","person":"Olga"}"#)
        // Repeating changes nothing, and is no change.
        _ = till.request("ORDER_ACCEPT", #"{"source":"WEB1","order":"1","person":"Olga"}"#)
        #expect(follow(website) == Page(changes: ["1/1", "2/1", "1/2"], sequences: [1, 4, 5], next: "f5"))
        #expect(follow(other) == Page(changes: ["1/1", "1/2"], sequences: [2, 3], next: "f3"))
        let change = website.request("ORDER_FOLLOW", #"{"after":"f4"}"#).ok?["changes"]?[0]
        #expect(change?["state"]?.text == "accepted")
        #expect(change?["by"]?["person"]?.text == "Olga")
        #expect(change?["store"]?.text == "S1")
    }

    @Test("a website of the same name in another store sees nothing of it")
    func otherStore() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        _ = website.request("ORDER_PUSH", PushText().json)
        let namesake = try world.greeted(.website, "S2", "WEB1")
        #expect(follow(namesake).changes == [])
        #expect(follow(website).changes == ["1001/1"])
    }

    @Test("the same cursor gives the same, and pages lose and double nothing while orders change")
    func paging() throws {
        let world = try TestWorld()
        let till = try world.till()
        let website = try world.greeted(.website, "S1", "WEB1")
        var made: [String] = []
        var order = 0
        func change() throws {
            order += 1
            _ = website.request("ORDER_PUSH", PushText(order: "\(order)").json)
            _ = till.request("ORDER_ACCEPT", PushText(order: "\(order)").reference)
            made += ["\(order)/1", "\(order)/2"]
        }
        for _ in 1...7 { try change() }
        let first = follow(website, limit: 3)
        #expect(first.changes == Array(made.prefix(3)))
        let second = follow(website, first.next, limit: 3)
        var more = 5
        let all = try followAll(website, limit: 3) {
            if more > 0 { try change() }
            more -= 1
        }
        #expect(all == made)
        #expect(follow(website, first.next, limit: 3) == second)
        try world.restart()
        let back = try world.greeted(.website, "S1", "WEB1")
        #expect(follow(back, first.next, limit: 3) == second)
        #expect(try followAll(back, limit: 200) == made)
    }

    @Test("a reader beside several writers sees each change once, each order's in its order", arguments: [1, 2, 3])
    func concurrent(seed: UInt64) throws {
        let world = try TestWorld()
        var generator = SeededGenerator(seed: seed)
        let tills = try (1...3).map { try world.till("T0\($0)") }
        let website = try world.greeted(.website, "S1", "WEB1")
        let orders = (1...12).map { "\($0)" }
        for order in orders { website.send("ORDER_PUSH p\(order) \(PushText(order: order).json)") }
        let verbs = ["ORDER_ACCEPT", "ORDER_READY", "ORDER_CLAIM", "ORDER_RELEASE", "ORDER_CLAIM"]
        var place: String?
        var seen: [String] = []
        var tag = 0
        for round in 0..<40 {
            // Not waited for: what the writer makes of it comes in between the pages.
            for till in tills {
                let order = orders.randomElement(using: &generator) ?? "1"
                let verb = verbs.randomElement(using: &generator) ?? "ORDER_ACCEPT"
                tag += 1
                till.send("\(verb) w\(tag) \(PushText(order: order).reference)")
            }
            guard round % 2 == 0 else { continue }
            let page = follow(website, place, limit: Int.random(in: 1...5, using: &generator))
            seen += page.changes
            place = page.next
        }
        try world.settle()
        for _ in 0..<500 {
            let page = follow(website, place, limit: 4)
            if page.changes.isEmpty { break }
            seen += page.changes
            place = page.next
        }
        #expect(Set(seen).count == seen.count)
        var numbers: [String: [Int]] = [:]
        for change in seen {
            let parts = change.split(separator: "/")
            numbers[String(parts[0]), default: []].append(Int(parts[1]) ?? 0)
        }
        #expect(numbers.count == orders.count)
        for order in orders {
            let history = website.request("ORDER_GET", #"{"order":"\#(order)"}"#).ok?["history"]?.elements?.count ?? 0
            #expect(numbers[order] == Array(1...history), "order \(order)")
        }
    }

    @Test("what is no place in the feed is refused and not taken for another")
    func badCursor() throws {
        let world = try TestWorld()
        let website = try world.greeted(.website, "S1", "WEB1")
        _ = website.request("ORDER_PUSH", PushText().json)
        // The last is a place that this gateway has not given yet.
        for cursor in ["1", "f", "f-1", "fx", "F1", "f2"] {
            let answer = website.request("ORDER_FOLLOW", #"{"after":"\#(cursor)"}"#)
            #expect(answer.code == "bad_field", "\(cursor)")
            #expect(answer.error?["field"]?.text == "after")
        }
        for limit in ["0", "201", "1.5", "\"1\""] {
            #expect(website.request("ORDER_FOLLOW", #"{"limit":\#(limit)}"#).code == "bad_field", "\(limit)")
        }
        #expect(follow(website, "f1").next == "f1")
    }
}
