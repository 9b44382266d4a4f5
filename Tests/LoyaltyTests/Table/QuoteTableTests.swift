import Foundation
import Testing

@testable import Loyalty

/// The table of cases that a retailer can read: one file per rule, each case a sentence, a basket and an answer.
///
/// `Cases/rules` is written by hand; `Tests/Oracle/cases` belongs to a second implementation of the rules in another
/// language, which answers them too: two implementations must give the same kopeck.
@Suite("The table of cases")
struct QuoteTableTests {
    private static let tests = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../..").standardized

    static let files: [String] = ["LoyaltyTests/Cases/rules", "Oracle/cases"].flatMap { folder in
        let names = try? FileManager.default.contentsOfDirectory(atPath: tests.appending(path: folder).path())
        return (names ?? []).filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
    }

    @Test("the table is there")
    func present() throws {
        let own = Self.files.filter { $0.hasPrefix("LoyaltyTests/") }
        let cases = try own.flatMap { try QuoteCase.all(in: Self.tests.appending(path: $0)) }
        #expect(cases.count >= 70)
        #expect(Set(cases.map(\.name)).count == cases.count)
    }

    @Test("every case of the table is answered to the minor unit and the point", arguments: files)
    func answered(file: String) throws {
        let cases = try QuoteCase.all(in: Self.tests.appending(path: file))
        #expect(!cases.isEmpty)
        for given in cases {
            #expect(try given.answered() == given.expected, "\(file): \(given.name)")
        }
    }

    @Test("explaining a quote changes nothing in it", arguments: files)
    func explained(file: String) throws {
        for given in try QuoteCase.all(in: Self.tests.appending(path: file)) {
            let programme = try given.request.programme.validated()
            let (quote, trace) = try explainedQuote(
                given.request.basket(), in: given.request.context(), programme: programme)
            #expect(CaseAnswer(quote) == given.expected, "\(file): \(given.name)")
            #expect(trace.promotions.count == programme.promotions.count)
        }
    }

    /// `make oracle` writes random requests with the oracle's answers, one JSON object a line, and names the file here.
    private static let randomCases = ProcessInfo.processInfo.environment["ORACLE_CASES"]

    @Test("random cases of the oracle are answered as the oracle does", .enabled(if: randomCases != nil))
    func randomCasesOfTheOracle() throws {
        struct RandomCase: Decodable {
            var seed: Int
            var request: CaseRequest
            var expected: CaseAnswer
        }
        let lines = try String(contentsOfFile: Self.randomCases ?? "", encoding: .utf8).split(separator: "\n")
        #expect(!lines.isEmpty)
        let decoder = JSONDecoder()
        for line in lines {
            #expect(throws: Never.self, "\(line.prefix(60))") {
                let given = try decoder.decode(RandomCase.self, from: Data(line.utf8))
                let answer = try quote(
                    given.request.basket(), in: given.request.context(),
                    programme: given.request.programme.validated())
                #expect(CaseAnswer(answer) == given.expected, "seed \(given.seed)")
                let explained = try explainedQuote(
                    given.request.basket(), in: given.request.context(),
                    programme: given.request.programme.validated())
                #expect(explained.quote == answer, "seed \(given.seed)")
            }
        }
    }
}
