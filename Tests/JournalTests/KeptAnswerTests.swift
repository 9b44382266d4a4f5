import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("Answers kept under idempotency keys")
struct KeptAnswerTests {
    private let folder: TemporaryFolder
    private let journal: Journal
    private let start = Instant(millisecondsSinceEpoch: 1_795_339_800_000)

    init() throws {
        folder = try TemporaryFolder()
        journal = try Journal.open(folder: folder.path)
    }

    private func answer(_ text: String) -> KeptAnswer {
        KeptAnswer(request: [1, 2], status: 201, entityTag: "\"1\"", location: "/v1/orders/1", body: Array(text.utf8))
    }

    private func keep(_ key: String, site: String = "WEB1", days: Int64 = 0, maximum: Int64 = 100) throws {
        let (answer, start) = (answer(key), start)
        try journal.perform { transaction in
            let now = start.adding(milliseconds: days * 86_400_000)
            try transaction.keep(
                answer, store: "S1", site: site, key: key, at: now,
                oldest: now.adding(milliseconds: -40 * 86_400_000), maximum: maximum)
        }
    }

    private func kept(_ key: String, site: String = "WEB1") throws -> KeptAnswer? {
        try journal.read { try $0.keptAnswer(store: "S1", site: site, key: key) }
    }

    @Test("an answer is found under its key and its site, with everything that it has")
    func found() throws {
        try keep("k")
        #expect(try kept("k") == answer("k"))
        #expect(try kept("other") == nil)
        #expect(try kept("k", site: "WEB2") == nil)
    }

    @Test("answers older than the limit go, a few with each new one; younger ones stay")
    func aged() throws {
        for number in 0..<6 { try keep("old-\(number)") }
        try keep("young", days: 30)
        try keep("new", days: 41)
        #expect(try (0..<6).map { try kept("old-\($0)") != nil } == [false, false, false, false, true, true])
        try keep("newer", days: 41)
        #expect(try kept("old-5") == nil)
        #expect(try kept("young") != nil)
        #expect(try kept("new") != nil)
    }

    @Test("a site has so many at most: the oldest give way, and other sites' stay")
    func bounded() throws {
        try keep("other", site: "WEB2")
        for number in 0..<8 { try keep("k-\(number)", maximum: 3) }
        #expect(
            try (0..<8).map { try kept("k-\($0)") != nil } == [false, false, false, false, false, true, true, true])
        #expect(try kept("other", site: "WEB2") != nil)
    }
}
