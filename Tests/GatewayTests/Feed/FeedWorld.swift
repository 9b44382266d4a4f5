import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

/// A shop with an upstream that sends things down, in virtual time.
final class FeedWorld {
    let shop: Shop
    let upstream: ScriptedSource
    private var lastID = 0

    var world: TestWorld { shop.world }

    /// A shop whose upstream has an empty snapshot unless the test gives it another.
    init(
        programmes: [String] = [TestProgramme.text], source: ProgrammeSource = .builtIn,
        programmeFiles: ProgrammeTexts? = nil, hooks: JournalHooks = JournalHooks(), folder: TemporaryFolder? = nil,
        upstream: ScriptedSource = ScriptedSource(), clock: VirtualClock = VirtualClock()
    ) throws {
        self.upstream = upstream
        shop = Shop(
            try TestWorld(
                folder: folder, hooks: hooks, programmes: programmes, source: source, programmeFiles: programmeFiles,
                clock: clock, changeSource: upstream, customerSource: upstream))
    }

    /// A change with an id of its own; `at` is minutes after the world's beginning.
    func change(_ type: String, _ body: String, at minutes: Int64 = 0, id: String? = nil) -> String {
        lastID += 1
        let moment = VirtualClock.beginning.adding(milliseconds: minutes * 60_000)
        return #"{"id":"\#(id ?? "u-\(lastID)")","type":"\#(type)","at":"\#(moment.rfc3339)","body":\#(body)}"#
    }

    func customer(_ external: String, _ more: String = "", at minutes: Int64 = 0) -> String {
        change("customer", #"{"external":"\#(external)"\#(more)}"#, at: minutes)
    }

    /// Takes in everything that upstream has.
    func feed() throws {
        let feed = try #require(world.gateway.feed)
        world.clock.advance(milliseconds: 120_000)
        for _ in 0..<10_000 {
            if feed.step() > 0 { break }
        }
        if case .failing(_, let reason) = feed.report.pace { Issue.record("the feed fails: \(reason)") }
        try world.settle()
    }

    /// Upstream sends these changes, and they are taken in.
    func send(_ changes: String...) throws {
        upstream.add(all: changes)
        try feed()
    }

    /// What is kept of refused changes: id, code, field, reason.
    func refused() throws -> [[String]] {
        try world.journal.read { view in
            try view.refusedChanges(after: 0, limit: 1_000).map {
                [$0.id, $0.code, $0.field ?? "-", $0.reason] + ($0.waitsFor.map { [$0] } ?? [])
            }
        }
    }

    /// Events on their way upstream, by type.
    func events(_ type: String) throws -> [JSONTree] {
        try world.journal.read { view in
            try view.outbox(limit: 1_000).filter { $0.type == type }.map { try JSONTree($0.body) }
        }
    }

    func identify(_ identifier: String) throws -> JSONTree? {
        try shop.till().request("IDENTIFY", "{\(identifier)}").ok
    }

    /// Who has an identifier.
    func id(_ identifier: String) throws -> String? { try identify(identifier)?["customer_id"]?.text }

    var state: FeedState {
        get throws { try world.journal.read { try $0.feedState() } }
    }

    /// What the journal says of everything that the feed can change, for comparing two worlds.
    func picture() throws -> [String] {
        let people = try world.journal.read { view in
            var lines: [String] = []
            try view.forEachCustomer { image in
                lines.append("\(image.id.number)")
            }
            return lines
        }
        var picture: [String] = []
        for person in people {
            let answer = try shop.till().request("IDENTIFY", #"{"customer_id":"c-\#(person)"}"#)
            picture.append("\(answer)")
        }
        return picture
    }
}
