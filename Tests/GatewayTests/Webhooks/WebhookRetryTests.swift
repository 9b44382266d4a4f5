import Journal
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("What a website does not take comes again")
struct WebhookRetryTests {
    /// When each message went out, in milliseconds since the world began. Looks are the wider apart the longer it takes.
    private func moments(of site: ScriptedSite, _ stage: WebhookStage, seconds: Int) -> [Int64] {
        var moments: [Int64] = []
        var now: Int64 = 0
        while now < Int64(seconds) * 1_000 {
            let before = site.sent.all.count
            stage.deliver()
            moments += Array(repeating: now, count: site.sent.all.count - before)
            let step = now < 10_000 ? 50 : now < 120_000 ? 500 : 10_000
            stage.world.clock.advance(milliseconds: step)
            now += Int64(step)
        }
        return moments
    }

    @Test("after pauses that double from a second, off by a quarter at most, up to fifteen minutes")
    func growth() throws {
        let site = ScriptedSite { _ in .unanswered(reason: "timed out") }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        let moments = moments(of: site, stage, seconds: 8_000)
        let pauses = zip(moments.dropFirst(), moments).map { $0 - $1 }
        #expect(pauses.count >= 12)
        for (number, pause) in pauses.enumerated() {
            let whole = min(Int64(1_000) << min(number, 20), 900_000)
            #expect((whole * 3 / 4...whole * 5 / 4 + 10_000).contains(pause), "pause \(number): \(pause) ms")
            if number < 3 { #expect(pause <= whole * 5 / 4 + 50, "pause \(number): \(pause) ms") }
        }
        #expect(Set(pauses.suffix(3)).count > 1, "pauses are jittered")
        #expect(stage.listed()?["failing_orders"]?[0]?["attempts"]?.integer == Int64(moments.count))
    }

    @Test("not before Retry-After, and no other order either", arguments: [429, 503])
    func retryAfter(status: Int) throws {
        let site = ScriptedSite { _ in ScriptedSite.status(status, retryAfterSeconds: 30) }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        stage.deliver()
        site.answer { _ in ScriptedSite.ok }
        try stage.push("2")
        stage.pass(seconds: 29)
        #expect(site.steps == ["1/1"])
        #expect(stage.listed()?["state"]?.text == "paused")
        stage.pass(seconds: 3)
        #expect(site.steps.count == 3)
        #expect(stage.listed()?["state"]?.text == "active")
    }

    @Test("not before Retry-After although another message, under way at the same time, was acknowledged")
    func retryAfterBesideSuccess() throws {
        let site = ScriptedSite { sent in
            sent.order == "1" ? ScriptedSite.status(429, retryAfterSeconds: 30) : ScriptedSite.ok
        }
        let stage = try WebhookStage(site)
        try stage.hook()
        for order in 1...3 { try stage.push("\(order)") }
        stage.look()
        #expect(stage.underWay == 3)
        while stage.underWay > 0 { stage.finish() }
        try stage.push("4")
        stage.pass(seconds: 29)
        #expect(site.sent.all.count == 3)
        stage.pass(seconds: 3)
        #expect(site.steps.contains("4/1"))
    }

    @Test("after an hour at most, whatever Retry-After says")
    func longRetryAfter() throws {
        let site = ScriptedSite { _ in ScriptedSite.status(503, retryAfterSeconds: 10_000_000) }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        stage.deliver()
        site.answer { _ in ScriptedSite.ok }
        stage.world.clock.advance(milliseconds: 3_599_000)
        stage.deliver()
        #expect(site.steps.count == 1)
        stage.world.clock.advance(milliseconds: 2_000)
        stage.deliver()
        #expect(site.steps.count == 2)
    }

    @Test("Retry-After of another status is not heeded: it may come from anything on the way")
    func otherRetryAfter() throws {
        let site = ScriptedSite { _ in ScriptedSite.status(500, retryAfterSeconds: 3_000) }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        stage.deliver()
        stage.pass(seconds: 2)
        #expect(site.steps.count == 2)
    }

    @Test("a site that cannot be reached is tried by one message at a time, at least once a minute or so")
    func unreachable() throws {
        let site = ScriptedSite { _ in .unreachable(reason: "connection refused") }
        let stage = try WebhookStage(site)
        try stage.hook()
        for order in 1...10 { try stage.push("\(order)") }
        stage.deliver()
        #expect(site.sent.all.count == 4)
        #expect(stage.listed()?["state"]?.text == "paused")
        #expect(stage.listed()?["last_error"]?.text == "connection refused")
        // It is no order's fault.
        #expect(stage.listed()?["failing"]?.integer == 0)
        stage.pass(seconds: 600)
        let attempts = site.sent.all.count - 4
        #expect((10...20).contains(attempts), "\(attempts)")
        // Not always the same order: one of them may be what breaks the site.
        #expect(Set(site.sent.all.suffix(10).map(\.order)).count == 10)
        site.answer { _ in ScriptedSite.ok }
        let before = site.sent.all.count
        stage.pass(seconds: 80)
        #expect(Set(site.steps.dropFirst(before)).count == 10)
        #expect(stage.listed()?["waiting"]?.integer == 0)
        #expect(stage.listed()?["state"]?.text == "active")
    }

    @Test("a 410 stops the site, not the others, and WEBHOOK_RETRY goes on where it was")
    func gone() throws {
        let site = ScriptedSite { $0.body["source"]?.text == "WEB1" ? ScriptedSite.status(410) : ScriptedSite.ok }
        let stage = try WebhookStage(site)
        try stage.hook("WEB1")
        try stage.hook("WEB2")
        try stage.push("1")
        stage.deliver()
        try stage.step("ORDER_ACCEPT", "1")
        try stage.push("2", by: "WEB2")
        stage.pass(seconds: 7_200, every: 60)
        #expect(site.steps == ["1/1", "2/1"])
        #expect(stage.listed()?["state"]?.text == "stopped")
        #expect(stage.listed()?["waiting"]?.integer == 2)
        #expect(stage.listed()?["next_attempt_at"] == .null)
        site.answer { _ in ScriptedSite.ok }
        let retry = stage.world.localOperator().request("WEBHOOK_RETRY", #"{"site":"WEB1"}"#)
        #expect(retry.ok?["orders"]?.integer == 1)
        stage.deliver()
        #expect(site.steps == ["1/1", "2/1", "1/1", "1/2"])
    }

    @Test("WEBHOOK_RETRY tries at once what waits, of one order or of all")
    func retry() throws {
        let site = ScriptedSite { _ in ScriptedSite.status(500) }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        try stage.push("2")
        stage.pass(seconds: 300)
        let operation = stage.world.localOperator()
        let before = site.sent.all.count
        #expect(operation.request("WEBHOOK_RETRY", #"{"site":"WEB1","order":"2"}"#).ok?["orders"]?.integer == 1)
        stage.deliver()
        #expect(site.steps.dropFirst(before) == ["2/1"])
        #expect(operation.request("WEBHOOK_RETRY").ok?["orders"]?.integer == 2)
        stage.deliver()
        #expect(site.sent.all.count == before + 3)
        // The pauses begin anew.
        stage.pass(seconds: 2)
        #expect(site.sent.all.count == before + 5)
        #expect(operation.request("WEBHOOK_RETRY", #"{"site":"WEB9"}"#).code == "not_found")
        #expect(operation.request("WEBHOOK_RETRY", #"{"site":"WEB1","order":"9"}"#).code == "not_found")
        #expect(operation.request("WEBHOOK_RETRY", #"{"order":"1"}"#).code == "missing_field")
    }

    @Test("after a restart: with the attempts, the pauses and the error from before, and what was under way")
    func restart() throws {
        let site = ScriptedSite { $0.order == "1" ? ScriptedSite.status(500) : ScriptedSite.ok }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        stage.pass(seconds: 60)
        let before = stage.listed()
        let attempts = site.sent.all.count
        #expect(before?["failing_orders"]?[0]?["attempts"]?.integer == Int64(attempts))
        try stage.push("2")
        stage.look()
        #expect(stage.underWay == 1)
        // The gateway goes with a message under way.
        try stage.restart()
        var after = stage.listed()
        #expect(after?["failing_orders"] == before?["failing_orders"])
        #expect(after?["last_error"]?.text == "HTTP 500")
        stage.deliver()
        #expect(site.steps.last == "2/1")
        #expect(site.sent.all.count == attempts + 1)
        site.answer { _ in ScriptedSite.ok }
        stage.pass(seconds: 120)
        after = stage.listed()
        #expect(after?["waiting"]?.integer == 0)
        #expect(site.steps.last == "1/1")
    }

    @Test("when the store did not take what became of it: sent again, and nothing is lost")
    func unnoted() throws {
        let disk = Disk()
        let site = ScriptedSite()
        let stage = try WebhookStage(site, on: try TestWorld(hooks: disk.hooks))
        try stage.hook()
        try stage.push("1")
        try stage.push("2")
        stage.look()
        disk.fail(times: 1)
        stage.finish()
        #expect(stage.world.available())
        // No storm meanwhile.
        for _ in 0..<5 { stage.look() }
        #expect(stage.underWay == 1)
        stage.pass(seconds: 6)
        #expect(site.steps.sorted() == ["1/1", "1/1", "2/1"])
        #expect(stage.listed()?["waiting"]?.integer == 0)
    }

    @Test("soon, although the clock was put back by a day")
    func clockPutBack() throws {
        let site = ScriptedSite { _ in ScriptedSite.status(500) }
        let stage = try WebhookStage(site)
        try stage.hook()
        try stage.push("1")
        stage.pass(seconds: 600)
        let before = site.sent.all.count
        stage.world.clock.advance(milliseconds: -86_400_000)
        site.answer { _ in ScriptedSite.ok }
        stage.deliver()
        stage.world.clock.advance(milliseconds: 4_500_000)
        stage.deliver()
        #expect(site.sent.all.count == before + 1)
        #expect(stage.listed()?["waiting"]?.integer == 0)
    }
}
