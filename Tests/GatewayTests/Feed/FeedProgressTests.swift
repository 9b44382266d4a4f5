import Journal
import Retail
import TestSupport
import Testing
import Upstream

@testable import Gateway

@Suite("How far what upstream sends down was taken in")
struct FeedProgressTests {
    @Test("a gateway that knows nothing takes a snapshot, then changes, and goes on there after a restart")
    func resume() throws {
        let world = try FeedWorld()
        world.upstream.limitPages(to: 2)
        world.upstream.setSnapshot((1...5).map { world.customer("K-\($0)") })
        world.upstream.add(all: (6...9).map { world.customer("K-\($0)") })
        try world.feed()
        #expect(
            world.upstream.questions.all
                == ["snapshot - 1000", "snapshot 2 1000", "snapshot 4 1000", "changes 0 1000", "changes 2 1000"])
        #expect(try world.id(#""external":"K-5""#) == "c-5")
        world.upstream.add(all: (10...12).map { world.customer("K-\($0)") })
        try world.feed()
        try world.shop.restart()
        world.upstream.add(world.customer("K-13"))
        try world.feed()
        #expect(world.upstream.questions.all.suffix(2) == ["changes 6 1000", "changes 7 1000"])
        #expect(try world.id(#""external":"K-12""#) != nil)
        let state = try world.state
        #expect(state.position == .following(cursor: "8"))
        #expect(state.applied == 13)
    }

    @Test("a cursor that is too old, or of another upstream, begins with a snapshot; what it brings is known")
    func startAgain() throws {
        let world = try FeedWorld()
        let first = world.customer("K-1")
        world.upstream.setSnapshot([first])
        try world.feed()
        world.upstream.setSnapshot([first, world.customer("K-2")])
        world.upstream.add(world.customer("K-2"))
        world.upstream.forget()
        try world.feed()
        try world.feed()
        #expect(try world.id(#""external":"K-2""#) == "c-2")
        #expect(try world.state.known == 1)
        world.upstream.rename("elsewhere")
        world.upstream.setSnapshot([world.customer("K-3")])
        try world.feed()
        #expect(try world.id(#""external":"K-3""#) == "c-3")
        #expect(try world.state.source == "elsewhere")
    }

    @Test("a failure is followed by growing pauses, and by the pause that upstream asks for")
    func pauses() throws {
        let world = try FeedWorld()
        try world.feed()
        let feed = try #require(world.world.gateway.feed)
        var pauses: [Int64] = []
        for _ in 0..<8 {
            world.upstream.fail(.failed(reason: "no route", retryAfterMilliseconds: nil))
            world.world.clock.advance(milliseconds: Int(feed.step()))
            pauses.append(feed.step())
            world.world.clock.advance(milliseconds: 0)
        }
        for (index, pause) in pauses.enumerated() where index > 0 {
            let usual = min(60_000, 1_000 << Int64(index))
            #expect(pause >= usual * 3 / 4 && pause <= usual * 5 / 4, "\(pauses)")
        }
        guard case .failing(_, let reason) = feed.report.pace else {
            Issue.record("\(feed.report)")
            return
        }
        #expect(reason == "no route")
        world.world.clock.advance(milliseconds: 120_000)
        world.upstream.fail(.failed(reason: "HTTP 503", retryAfterMilliseconds: 300_000))
        #expect(feed.step() >= 300_000)
        // A clock that was put back by ten minutes makes nobody wait for ten minutes.
        world.world.clock.advance(milliseconds: -600_000)
        #expect(feed.step() <= 2_000)
        #expect(feed.report.pace == .good)
    }

    @Test("an upstream that sends nothing down is asked again now and then")
    func notOffered() throws {
        let world = try FeedWorld()
        let feed = try #require(world.world.gateway.feed)
        _ = feed.step()
        world.upstream.fail(.notOffered)
        #expect(feed.step() == 900_000)
        #expect(world.shop.operation.request("FEED_STATUS").ok?["state"]?.text == "not_offered")
        world.world.clock.advance(milliseconds: 900_000)
        world.upstream.setSnapshot([world.customer("K-1")])
        try world.feed()
        #expect(try world.id(#""external":"K-1""#) == "c-1")
    }

    @Test("a page that is too long is asked for with fewer changes, and soon with as many again")
    func tooLong() throws {
        let world = try FeedWorld()
        try world.feed()
        world.upstream.add(world.customer("K-1"))
        world.upstream.fail(.tooLong, .tooLong)
        try world.feed()
        world.upstream.add(world.customer("K-2"))
        try world.feed()
        #expect(
            world.upstream.questions.all.suffix(4)
                == ["changes 0 1000", "changes 0 250", "changes 0 62", "changes 1 124"])
        #expect(try world.id(#""external":"K-2""#) == "c-2")
    }

    // MARK: What is refused

    @Test("a change that is wrong changes nothing and stops no other; upstream and the operator are told why")
    func refused() throws {
        let world = try FeedWorld()
        let moment = #""at":"2026-11-22T09:30:00Z""#
        try world.send(
            world.customer("K-1"), #"{"id":"n1","type":"news",\#(moment),"body":{}}"#,
            #"{"type":"customer",\#(moment),"body":{"external":"K-9"}}"#, "7",
            #"{"id":"n2","type":"customer","body":{"external":"K-9"}}"#,
            #"{"id":"n3","type":"customer",\#(moment),"body":{"external":"K 9"}}"#,
            #"{"id":"n4","type":"customer",\#(moment),"#
                + #""body":{"external":"K-9","identifiers":[{"kind":"phone","value":"x"}]}}"#,
            world.customer("K-2"))
        #expect(try world.id(#""external":"K-2""#) != nil)
        #expect(try world.id(#""external":"K-9""#) == nil)
        let refused = try world.refused()
        #expect(refused.count == 6)
        #expect(refused[0] == ["n1", "bad_field", "type", refused[0][3]])
        #expect(refused[1][1...2] == ["missing_field", "id"])
        #expect(refused[2][1] == "bad_json")
        #expect(refused[3][1...2] == ["missing_field", "at"])
        #expect(refused[4][2] == "body.external")
        #expect(refused[5][2] == "body.identifiers[0].value")
        #expect(try world.events("change.refused").count == 6)
        let operation = world.shop.operation
        let status = operation.request("FEED_STATUS").ok
        #expect(status?["state"]?.text == "following")
        #expect(status?["refused"]?.integer == 6)
        #expect(status?["kept"]?.integer == 6)
        let page = operation.request("FEED_REFUSED", #"{"limit":4}"#).ok
        #expect(page?["changes"]?.elements?.count == 4)
        let next = try #require(page?["next"]?.text)
        #expect(operation.request("FEED_REFUSED", #"{"after":"\#(next)"}"#).ok?["changes"]?.elements?.count == 2)
        let one = operation.request("FEED_REFUSED", #"{"id":"n3"}"#).ok?["changes"]?[0]
        #expect(one?["change"]?["body"]?["external"]?.text == "K 9")
        #expect(operation.request("FEED_REFUSED", #"{"id":"none"}"#).code == "not_found")
        // No value of a field stands in a reason.
        #expect(!refused.joined().contains { $0.contains("K 9") })
    }

    @Test("a refused change that is sent again as it should be is not kept any more")
    func corrected() throws {
        let world = try FeedWorld()
        try world.send(world.change("customer", #"{"external":""}"#, id: "x"))
        #expect(try world.refused().count == 1)
        try world.send(world.change("customer", #"{"external":"K-1"}"#, id: "x"))
        #expect(try world.refused().isEmpty)
    }

    @Test("what can be applied meanwhile is applied when the operator says so, the rest stays")
    func retry() throws {
        let files = ProgrammeTexts(["default.yaml": TestProgramme.text])
        let world = try FeedWorld()
        try world.send(
            world.change(
                "promotion", #"{"programme":"p2","promotion":{"id":"a","effect":{"percent_off":1}}}"#, at: 10, id: "a"),
            world.change("customer", #"{"external":""}"#, id: "b"))
        _ = files
        let p2 =
            #"{"id":"p2","version":1,"currency":"RUB","point_value":100,"#
            + #""tiers":[{"name":"base","threshold":0,"earn_rate":1}]}"#
        #expect(world.shop.operation.request("PROGRAMME_PUT", #"{"programmes":[\#(p2)]}"#).ok != nil)
        let reply = world.shop.operation.request("FEED_RETRY").ok
        #expect(reply?["applied"]?.integer == 1)
        #expect(reply?["refused"]?.integer == 1)
        #expect(try world.refused().map { $0[0] } == ["b"])
        #expect(world.shop.operation.request("FEED_RETRY", #"{"id":"a"}"#).code == "not_found")
        #expect(world.shop.operation.request("FEED_RETRY", #"{"id":"b"}"#).ok?["refused"]?.integer == 1)
        // And with everything again.
        world.upstream.setSnapshot([world.customer("K-7")])
        #expect(world.shop.operation.request("FEED_RETRY", #"{"snapshot":true}"#).ok != nil)
        try world.feed()
        #expect(try world.id(#""external":"K-7""#) != nil)
    }

    @Test("what claims to be of a moment far ahead is refused, or everything after it would be too old")
    func farAhead() throws {
        let world = try FeedWorld()
        let day: Int64 = 24 * 60
        world.upstream.know("card", "7000009999", #"{"external":"K-9"}"#, at: "2036-01-01T00:00:00Z")
        try world.send(
            world.customer("K-1", #","name":"Anna""#, at: day - 10), world.customer("K-2", at: 2 * day),
            world.customer("K-3", #","opening":{"points":1,"as_of":"2036-01-01T00:00:00Z"}"#),
            world.change("rating", #"{"customer":"K-1","value":5,"at":"2036-01-01T00:00:00Z"}"#),
            world.change("promotion.withdrawn", #"{"programme":"default","id":"a"}"#, at: 2 * day))
        #expect(try world.refused().map { $0[2] } == ["at", "body.opening.as_of", "body.at", "at"])
        #expect(try world.id(#""external":"K-1""#) != nil)
        #expect(try world.id(#""external":"K-2""#) == nil)
        let answer = try world.shop.till().request("IDENTIFY", #"{"card":"7000009999"}"#)
        #expect(answer.body["upstream"]?.text == "unanswered")
    }

    @Test("an upstream that leads nowhere is a failure, with growing pauses")
    func nowhere() throws {
        let world = try FeedWorld()
        let feed = try #require(world.world.gateway.feed)
        /// The pauses after failures, until there are five.
        func pauses() -> [Int64] {
            var pauses: [Int64] = []
            for _ in 0..<200 where pauses.count < 5 {
                let pause = feed.step()
                if case .failing = feed.report.pace, pause > 0 { pauses.append(pause) }
                world.world.clock.advance(milliseconds: Int(pause))
            }
            return pauses
        }
        func check(_ what: String) {
            let found = pauses()
            #expect(found.count == 5 && (found.last ?? 0) > 8_000, "\(what): \(found)")
            world.upstream.answerPages(with: nil)
            for _ in 0..<20 { world.world.clock.advance(milliseconds: Int(feed.step())) }
            #expect(feed.report.pace == .good, "\(what)")
        }
        world.upstream.answerSnapshots { _ in SnapshotPage(changes: [], next: .page("1")) }
        check("its own page")
        world.upstream.answerPages { cursor in ChangePage(changes: [], cursor: cursor, hasMore: true) }
        check("more at the same cursor")
        let many = Array(repeating: Array("{}".utf8), count: Feed.changesPerPageMaximum + 1)
        world.upstream.answerPages { cursor in ChangePage(changes: many, cursor: cursor + "1", hasMore: false) }
        check("too many changes")
        #expect(try world.refused().isEmpty)
        world.upstream.answerPages { _ in nil }
        check("a cursor that is too old at once")
    }

    @Test("a page that does not come in time is asked for with fewer changes, after a pause")
    func tooSlow() throws {
        let world = try FeedWorld()
        try world.feed()
        let feed = try #require(world.world.gateway.feed)
        world.upstream.add(world.customer("K-1"))
        world.upstream.fail(.tooSlow(reason: "timeout"))
        world.world.clock.advance(milliseconds: 120_000)
        #expect(feed.step() > 0)
        try world.feed()
        #expect(world.upstream.questions.all.suffix(2) == ["changes 0 1000", "changes 0 250"])
    }

    @Test("a page is left between two pieces when the gateway stops, and comes again whole")
    func stopBetweenPieces() throws {
        let world = try FeedWorld()
        let reader = ChangeReader()
        let changes = (1...450).map { reader.read(Array(world.customer("K-\($0)").utf8)) }
        var pieces = 0
        #expect(throws: SourceFailure.self) {
            try world.world.gateway.intake.take(
                changes, isSnapshot: false,
                mayGoOn: {
                    pieces += 1
                    return pieces < 3
                }
            ) { _, _ in Issue.record("the page was finished") }
        }
        #expect(try world.world.journal.read { try $0.customerCount() } == 400)
    }

    @Test("corrections of points never give way to other refusals, and upstream is told of what does")
    func dropped() throws {
        let world = try FeedWorld()
        let now = world.world.clock.now()
        try world.world.journal.perform { transaction in
            for number in 1...4 {
                let type = number == 2 ? "points" : "price"
                let change = RefusedChange(
                    id: "r\(number)", type: type, body: nil, code: "not_found", field: nil, reason: "no", waitsFor: nil,
                    refusedAt: now)
                let kept = try transaction.keep(change, limit: 2)
                #expect(kept?.dropped.map(\.id) == (number == 3 ? ["r1"] : []))
            }
            let change = RefusedChange(
                id: "far", type: "price", body: nil, code: "not_found", field: nil, reason: "no", waitsFor: nil,
                refusedAt: now)
            #expect(try transaction.keep(change, limit: 10_000)?.dropped == [])
        }
        #expect(try world.refused().map { $0[0] } == ["r2", "r3", "r4", "far"])
    }

    @Test("refused changes are kept within a limit, the oldest give way")
    func limit() throws {
        let world = try FeedWorld()
        let now = world.world.clock.now()
        try world.world.journal.perform { transaction in
            for number in 1...25 {
                let change = RefusedChange(
                    id: "r\(number)", type: "t", body: nil, code: "bad_field", field: nil, reason: "no", waitsFor: nil,
                    refusedAt: now)
                let first = try transaction.keep(change, limit: 10)
                let second = try transaction.keep(change, limit: 10)
                #expect(first != nil && second == nil)
            }
        }
        #expect(try world.refused().map { $0[0] } == (16...25).map { "r\($0)" })
    }
}
