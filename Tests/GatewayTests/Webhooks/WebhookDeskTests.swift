import Journal
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("Webhooks as the operator has them")
struct WebhookDeskTests {
    @Test("a secret is made for a new hook, shown once, and told nobody again")
    func secret() throws {
        let stage = try WebhookStage()
        let first = try stage.hook()
        let secret = try #require(first.ok?["secret"]?.text)
        #expect(secret.utf8.count == 64)
        #expect(first.ok?.names == ["store", "site", "url", "secret", "waiting"])
        let again = stage.put(url: "https://web.example/other")
        #expect(again.ok?.names == ["store", "site", "url", "waiting"])
        let list = stage.world.localOperator().request("WEBHOOK_LIST")
        #expect(!"\(list)".contains(secret))
        #expect(list.ok?["webhooks"]?[0]?["url"]?.text == "https://web.example/other")
        let hook = try #require(try stage.world.journal.read { try $0.webhooks() }.first)
        #expect(hook.secret.text == secret)
        #expect(!"\(hook)".contains(secret))
        #expect(!String(reflecting: hook).contains(secret))
        let other = try stage.hook("WEB2")
        #expect(other.ok?["secret"]?.text != secret)
    }

    @Test("a secret that is replaced signs for a day beside the new one")
    func rotation() throws {
        let stage = try WebhookStage()
        try stage.hook(more: #","secret":"the-first-secret""#)
        let change = stage.put(more: #","secret":"the-second-secret""#)
        #expect(change.ok?["secret"] == nil)
        #expect(change.ok?["previous_until"]?.text == "2026-11-23T09:30:00Z")
        func codes(_ order: String) throws -> [String] {
            try stage.push(order)
            stage.deliver()
            let signature = try #require(stage.site.sent.all.last?.header("Tillgate-Signature"))
            return signature.split(separator: ",").dropFirst().map(String.init)
        }
        func expected(_ secrets: [String]) throws -> [String] {
            let sent = try #require(stage.site.sent.all.last)
            let seconds = stage.world.clock.now().millisecondsSinceEpoch / 1_000
            return secrets.map { secret in
                let header = WebhookSignature.header(
                    secrets: [WebhookSecret(secret)], seconds: seconds, body: sent.message.body)
                return String(header.split(separator: ",")[1])
            }
        }
        #expect(try codes("1") == expected(["the-second-secret", "the-first-secret"]))
        stage.world.clock.advance(milliseconds: 86_399_000)
        #expect(try codes("2").count == 2)
        stage.world.clock.advance(milliseconds: 1_000)
        #expect(try codes("3") == expected(["the-second-secret"]))
        // The same secret again is no change.
        #expect(stage.put(more: #","secret":"the-second-secret""#).ok?["previous_until"] == nil)
        #expect(stage.put(more: #","new_secret":true"#).ok?["secret"]?.text?.utf8.count == 64)
    }

    @Test("what cannot be used is refused with the field")
    func refused() throws {
        let stage = try WebhookStage()
        try stage.hook()
        for url in [
            "http://web.example/hooks", "http://localhost:80/", "ftp://web.example", "https://", "web.example",
            "https://user:word@web.example/", "https://web.example/#a", "https://web.example/a b",
            #"https://web.example\\@evil.example/"#, "http://127.0.0.1.example/",
        ] {
            let answer = stage.put(url: url)
            #expect(answer.code == "bad_field", "\(url)")
            #expect(answer.error?["field"]?.text == "url", "\(url)")
        }
        for url in [
            "https://web.example/hooks?shop=1", "https://web.example:8443", "http://127.0.0.1:8080/h",
            "http://[::1]:8080/",
        ] { #expect(stage.put(url: url).ok != nil, "\(url)") }
        for (more, field) in [
            (#","secret":"short""#, "secret"), (#","secret":"with spaces in it!""#, "secret"),
            (#","states":["sold"]"#, "states[0]"), (#","states":[]"#, "states"), (#","after":-1"#, "after"),
            (#","secret":"0123456789abcdef","new_secret":true"#, "new_secret"),
        ] { #expect(stage.put(more: more).error?["field"]?.text == field, "\(more)") }
        #expect(stage.put("WEB9").code == "not_found")
        _ = try stage.client("register", "T01")
        #expect(stage.put("T01").code == "not_found")
        #expect(try stage.client("website", "WEB1").request("WEBHOOK_LIST").code == "forbidden")
    }

    @Test("64 websites have one, and no more")
    func limit() throws {
        let stage = try WebhookStage()
        for number in 1...65 {
            try stage.world.add(
                DeviceRecord(
                    store: "S1", name: "W\(number)", role: .website, fingerprint: "\(number)", tokenHash: nil,
                    createdAt: stage.world.clock.now()))
        }
        for number in 1...64 { #expect(stage.put("W\(number)").ok != nil) }
        let answer = stage.put("W65")
        #expect(answer.code == "limit")
        #expect(answer.error?["field"]?.text == "site")
        #expect(stage.put("W64").ok != nil)
        #expect(stage.world.localOperator().request("WEBHOOK_REMOVE", #"{"site":"W1"}"#).ok != nil)
        #expect(stage.put("W65").ok != nil)
    }

    @Test("a new address gets what waits, at once, whatever pauses there were")
    func newAddress() throws {
        let site = ScriptedSite { sent in
            sent.message.url.contains("old") ? .unreachable(reason: "no route") : ScriptedSite.ok
        }
        let stage = try WebhookStage(site)
        _ = try stage.client("website", "WEB1")
        #expect(stage.put(url: "https://old.example").ok != nil)
        try stage.push("1")
        stage.pass(seconds: 600)
        #expect(stage.put(url: "https://new.example").ok?["waiting"]?.integer == 1)
        stage.deliver()
        #expect(site.sent.all.last?.message.url == "https://new.example")
        #expect(stage.listed()?["waiting"]?.integer == 0)
    }

    @Test("removed, it is told nothing; set again, what happens from then on, or after a place of the feed")
    func removedAndSetAgain() throws {
        let site = ScriptedSite { _ in ScriptedSite.status(500) }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        try stage.step("ORDER_ACCEPT", "1")
        stage.look()
        #expect(stage.underWay == 1)
        let operation = stage.world.localOperator()
        #expect(operation.request("WEBHOOK_REMOVE", #"{"site":"WEB1"}"#).ok?["dropped"]?.integer == 2)
        #expect(operation.request("WEBHOOK_REMOVE", #"{"site":"WEB1"}"#).ok?["dropped"]?.integer == 0)
        #expect(operation.request("WEBHOOK_LIST").ok?["webhooks"]?.elements == [])
        #expect(stage.put().ok?["waiting"]?.integer == 0)
        // What the old hook had under way ends, and is nothing to the new one.
        site.answer { _ in ScriptedSite.ok }
        stage.deliver()
        try stage.push("2")
        stage.pass(seconds: 60)
        #expect(site.steps == ["1/1", "2/1"])
        #expect(stage.put(more: #","after":1"#).ok?["waiting"]?.integer == 2)
        stage.deliver()
        #expect(Set(site.steps.dropFirst(2)) == ["1/2", "2/1"])
        #expect(stage.put(more: #","after":0"#).ok?["waiting"]?.integer == 3)
        stage.deliver()
        #expect(site.steps.suffix(3).filter { $0.hasPrefix("1/") } == ["1/1", "1/2"])
        #expect(stage.listed()?["delivered_through"]?.integer == 3)
    }

    @Test("what was made before there was a hook is not posted unless it is asked for")
    func before() throws {
        let stage = try WebhookStage()
        try stage.push("1")
        try stage.hook()
        stage.deliver()
        #expect(stage.site.sent.all.isEmpty)
        #expect(stage.listed()?["delivered_through"]?.integer == 1)
    }

    @Test("the operator's BACKLOG says how much waits for websites, a till's does not")
    func backlog() throws {
        let stage = try WebhookStage()
        try stage.hook()
        try stage.push("1")
        try stage.push("2")
        let operation = stage.world.localOperator()
        #expect(operation.request("BACKLOG").ok?["webhooks_waiting"]?.integer == 2)
        #expect(try stage.client("register", "T01").request("BACKLOG").ok?["webhooks_waiting"] == nil)
        stage.deliver()
        #expect(operation.request("BACKLOG").ok?["webhooks_waiting"]?.integer == 0)
    }

    @Test("the list tells what waits, since when, and what is tried next")
    func list() throws {
        let site = ScriptedSite { _ in .unanswered(reason: "timed out") }
        let stage = try WebhookStage(site)
        try stage.hook(more: #","states":["cancelled","new"]"#)
        var hook = stage.listed()
        #expect(hook?["states"] == .array([.string("new"), .string("cancelled")]))
        for name in ["oldest_at", "acknowledged_at", "last_error", "failed_at", "next_attempt_at"] {
            #expect(hook?[name] == .null, "\(name)")
        }
        #expect(hook?["added_at"]?.text == "2026-11-22T09:30:00Z")
        for order in 1...30 { try stage.push("\(order)") }
        stage.world.clock.advance(milliseconds: 5_000)
        stage.deliver()
        hook = stage.listed()
        #expect(hook?["state"]?.text == "active")
        #expect(hook?["waiting"]?.integer == 30)
        #expect(hook?["failing"]?.integer == 30)
        #expect(hook?["failing_orders"]?.elements?.count == 20)
        #expect(hook?["delivered_through"]?.integer == 0)
        #expect(hook?["oldest_at"]?.text == "2026-11-22T09:30:00Z")
        #expect(hook?["failed_at"]?.text == "2026-11-22T09:30:05Z")
        #expect(hook?["last_error"]?.text == "timed out")
        #expect(hook?["next_attempt_at"]?.text?.hasPrefix("2026-11-22T09:30:0") == true)
        #expect(hook?["acknowledged_at"] == .null)
        site.answer { _ in ScriptedSite.ok }
        stage.pass(seconds: 20)
        #expect(stage.listed()?["acknowledged_at"]?.text?.hasPrefix("2026-11-22T09:30:") == true)
    }
}
