import Testing

@testable import Upstream

@Suite("Reading the upstream's answers")
struct UpstreamAnswerTests {
    private func outcome(_ body: String, status: Int = 200) -> RequestOutcome {
        let answer = UpstreamAnswer(status: status, body: Array(body.utf8), retryAfterMilliseconds: nil)
        return answer.outcome(for: makeEvents(1...2)[...])
    }

    @Test("verdicts go by id, whatever the order and whatever else is in the answer")
    func verdictsById() {
        let body = """
            {"results":[{"id":"other","status":"stored"},{"id":"e2","status":"refused","reason":"no"},
            {"id":"e1","status":"duplicate","more":1}],"more":{}}
            """
        #expect(outcome(body) == .answered([.stored, .refused(reason: "no")]))
    }

    @Test(
        "its own words are for the operator, and not for the log: they may name a customer",
        arguments: [401, 429, 500, 503])
    func words(_ status: Int) throws {
        let body = #"{"message":"phone +79035551234 of Petra Privatova is blocked"}"#
        guard case .failed(let failure) = outcome(body, status: status) else {
            Issue.record("\(status) is no failure")
            return
        }
        #expect(failure.reason.contains("Privatova"))
        #expect(failure.loggable == "HTTP \(status)")
        let nonsense = #"{"results":[{"id":"e1","status":"Privatova"}]}"#
        guard case .failed(let malformed) = outcome(nonsense) else { return #expect(Bool(false)) }
        #expect(malformed.reason.contains("Privatova") && !malformed.loggable.contains("Privatova"))
    }

    @Test("an upstream may say that it takes an event later")
    func later() {
        let body = #"{"results":[{"id":"e1","status":"stored"},{"id":"e2","status":"later","reason":"locked"}]}"#
        #expect(outcome(body) == .answered([.stored, .retry(reason: "locked")]))
    }

    @Test("an event without a result is delivered again")
    func missingResult() {
        #expect(outcome(results(["e2"])) == .answered([.retry(reason: "the answer has no result for it"), .stored]))
    }

    @Test(
        "an answer that cannot be relied on is no verdict on any event",
        arguments: [
            "", "{", "[]", "null", "{}", #"{"results":null}"#, #"{"results":{}}"#, #"{"results":[{"id":"e1"}]}"#,
            #"{"results":[{"id":1,"status":"stored"}]}"#, #"{"results":[]}"#, results(["e3", "e4"]),
            results(["e1", "e2"], status: "ok"), results(["e1", "e2"], status: "STORED"),
            #"{"results":[{"id":"e1","status":"stored"},{"id":"e1","status":"refused"}]}"#,
            String(results(["e1", "e2"]).dropLast()), "<html>stored</html>",
        ])
    func malformed(body: String) {
        guard case .failed(let failure) = outcome(body) else {
            Issue.record("\(body) was taken for an answer")
            return
        }
        #expect(failure.reason.hasPrefix("malformed answer"))
        #expect(failure.cause == .unclear)
    }

    @Test("a refusal carries the upstream's words, free of control characters and not endless")
    func refusalText() {
        #expect(outcome(#"{"message":"a\nb\u001b[2J"}"#, status: 400) == .refused(reason: "HTTP 400: a b [2J"))
        #expect(outcome(#"{"title":"x","detail":"why"}"#, status: 422) == .refused(reason: "HTTP 422: why"))
        #expect(outcome("<html>", status: 413) == .refused(reason: "HTTP 413"))
        let long = String(repeating: "x", count: 10_000)
        #expect(outcome(#"{"error":"\#(long)"}"#, status: 400) == .refused(reason: "HTTP 400: \(long.prefix(500))"))
    }
}
