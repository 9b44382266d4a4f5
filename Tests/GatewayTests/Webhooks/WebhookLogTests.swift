import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("What the log says of webhooks")
struct WebhookLogTests {
    @Test("a site that fails is named once in ten minutes, and once when it is well again; no secret is")
    func flood() throws {
        let log = LogKeeper(.trace)
        let site = ScriptedSite { _ in ScriptedSite.status(500) }
        let stage = try WebhookStage(site, log: log.logger)
        try stage.hook(more: #","secret":"very-secret-indeed""#)
        for order in 0..<50 {
            try stage.push("\(order)")
            stage.deliver()
            stage.pass(seconds: 30, every: 10)
        }
        #expect(site.sent.all.count > 300)
        #expect(log.lines.count == 3)
        #expect(log.warnings.count == 3)
        #expect(log.lines.allSatisfy { $0.hasPrefix("a website does not take") && $0.contains("HTTP 500") })
        site.answer { _ in ScriptedSite.ok }
        stage.pass(seconds: 1_200, every: 20)
        #expect(log.lines.count == 4)
        #expect(log.lines(at: .notice).last?.hasPrefix("a website takes") == true)
        #expect(log.lines.allSatisfy { $0.contains("WEB1") && !$0.contains("very-secret") })
    }
}
