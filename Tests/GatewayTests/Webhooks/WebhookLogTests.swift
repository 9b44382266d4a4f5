import Logging
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("What the log says of webhooks")
struct WebhookLogTests {
    /// Keeps what is logged.
    private struct Keeper: LogHandler {
        let lines: Gathered<String>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.add("\(event.level) \(event.message) \(event.metadata ?? [:])")
        }
    }

    @Test("a site that fails is named once in ten minutes, and once when it is well again; no secret is")
    func flood() throws {
        let lines = Gathered<String>()
        let log = Logger(label: "tests", factory: { _ in Keeper(lines: lines) })
        let site = ScriptedSite { _ in ScriptedSite.status(500) }
        let stage = try WebhookStage(site, log: log)
        try stage.hook(more: #","secret":"very-secret-indeed""#)
        for order in 0..<50 {
            try stage.push("\(order)")
            stage.deliver()
            stage.pass(seconds: 30, every: 10)
        }
        #expect(site.sent.all.count > 300)
        #expect(lines.all.count == 3)
        #expect(lines.all.allSatisfy { $0.hasPrefix("warning a website does not take") && $0.contains("HTTP 500") })
        site.answer { _ in ScriptedSite.ok }
        stage.pass(seconds: 1_200, every: 20)
        #expect(lines.all.count == 4)
        #expect(lines.all.last?.hasPrefix("notice a website takes") == true)
        #expect(lines.all.allSatisfy { $0.contains("WEB1") && !$0.contains("very-secret") })
    }
}
