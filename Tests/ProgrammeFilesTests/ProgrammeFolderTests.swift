import Foundation
import Loyalty
import TestSupport
import Testing

@testable import ProgrammeFiles

@Suite("Programmes of a file or a folder")
struct ProgrammeFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
    }

    private func load(_ name: String? = nil) throws(FileRefused) -> LoadedProgrammes {
        try ProgrammeFolder.load(name.map { folder.path + "/" + $0 } ?? folder.path) { "\($0.count) bytes" }
    }

    /// The refusal, with the folder's own path left out.
    private func refusal(_ name: String? = nil) -> String? {
        do {
            _ = try load(name)
            return nil
        } catch {
            return "\(error)".replacing(folder.path, with: "FOLDER")
        }
    }

    private static let everyone = """
        id: shop
        version: 1
        currency: RUB
        tiers: [{name: One, threshold: 0, earn_rate: 100}]

        """

    private static func programme(_ id: String, _ more: String = "") -> String {
        everyone.replacing("id: shop", with: "id: \(id)") + more
    }

    @Test("one file is a set of one, with its text and its hash")
    func single() throws {
        try write("shop.yaml", Self.everyone)
        let loaded = try load("shop.yaml")
        #expect(loaded.set.everyoneElse.id == "shop")
        #expect(loaded.documents.map(\.text) == [Self.everyone])
        #expect(loaded.documents.map(\.programme.hash) == ["\(Self.everyone.utf8.count) bytes"])
        #expect(loaded.documents.map(\.file) == [folder.path + "/shop.yaml"])
    }

    @Test("a folder is read by name: YAML and JSON, no hidden files, no other kinds, no folders inside")
    func folders() throws {
        try write("b.yml", Self.programme("premium", "segments: [gold]\n"))
        try write("a.yaml", Self.everyone)
        try write(
            "c.json",
            """
            {"id": "staff", "version": 2, "currency": "RUB", "segments": ["staff"],
             "tiers": [{"name": "One", "threshold": 0, "earn_rate": 0}]}
            """)
        try write(".a.yaml.swp", "not: a programme")
        try write(".hidden.yaml", "not: a programme")
        try write("README.md", "not a programme")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/texts", withIntermediateDirectories: false)
        try write("texts/de.yaml", "not: a programme")
        let loaded = try load()
        #expect(loaded.documents.map(\.programme.id) == ["shop", "premium", "staff"])
        #expect(loaded.set.programme(for: "gold").id == "premium")
        #expect(loaded.set.programme(for: "staff").version == 2)
        #expect(loaded.set.programme(for: nil).id == "shop")
    }

    @Test("a refusal names the file, the path inside it, and the reason")
    func values() throws {
        try write("a.yaml", Self.everyone)
        try write(
            "grocer.yaml",
            Self.programme(
                "grocer",
                """
                segments: [x]
                promotions:
                  - {id: a, effect: {percent_off: 100}}
                  - {id: b, effect: {percent_off: 100}, when: {from: 2026-11-02, until: 2026-11-01}}
                """))
        #expect(refusal() == "programme FOLDER/grocer.yaml: promotions[1].when.until: is not after the beginning")
    }

    @Test("a fault of form is shown with its line and column")
    func syntax() throws {
        try write("shop.yaml", Self.everyone + "promotions: [\n  {id: a\n")
        let yaml = try #require(refusal("shop.yaml"))
        #expect(yaml.hasPrefix("programme FOLDER/shop.yaml: cannot be read: line 7, column 1: "))
        try write("twice.yaml", Self.everyone + "version: 2\n")
        let twice = try #require(refusal("twice.yaml"))
        #expect(twice.hasSuffix("version stands there twice"))
        #expect(twice.contains("line "))
    }

    @Test("an empty file, an empty folder, no file, and bytes that are no text are refused")
    func nothing() throws {
        #expect(refusal() == "programme FOLDER: cannot be read: the folder has no .yaml, .yml or .json file")
        try write("empty.yaml", "")
        #expect(try #require(refusal("empty.yaml")).hasPrefix("programme FOLDER/empty.yaml: "))
        #expect(refusal("absent.yaml") == "programme FOLDER/absent.yaml: cannot be read: there is no such file")
        try Data([0xFF, 0xFE, 0x00]).write(to: URL(filePath: folder.path + "/bytes.yaml"))
        #expect(refusal("bytes.yaml") == "programme FOLDER/bytes.yaml: cannot be read: it is not UTF-8")
    }

    @Test("programmes that do not fit together are refused with the file that is one too many")
    func contradictions() throws {
        try write("a.yaml", Self.everyone)
        try write("b.yaml", Self.programme("shop", "segments: [x]\n"))
        #expect(refusal() == "programme FOLDER/b.yaml: id: was used before")
        try write("b.yaml", Self.programme("other"))
        #expect(refusal() == "programme FOLDER: exactly one programme must be without segments, there are 2")
        try write("b.yaml", Self.programme("other", "segments: [x]\n").replacing("RUB", with: "EUR"))
        #expect(refusal() == "programme FOLDER/b.yaml: currency: is not RUB as in shop")
    }

    @Test("the built-in programme is in force until another is given")
    func builtIn() throws {
        let loaded = try ProgrammeFolder.load(nil) { _ in "h" }
        #expect(loaded.set.everyoneElse.id == "default")
        #expect(loaded.documents.map(\.file) == ["built in"])
    }

    @Test("a document that upstream has sent is read like a file")
    func sent() throws {
        let text = #"{"id": "a", "version": 1, "currency": "RUB", "max_redem": 5, "tiers": []}"#
        #expect(throws: FileRefused.self) { try ProgrammeFolder.parse(text, name: "from upstream") { _ in "h" } }
        do {
            _ = try ProgrammeFolder.parse(text, name: "from upstream") { _ in "h" }
        } catch {
            #expect("\(error)" == "programme from upstream: max_redem: is not a known field")
        }
    }

    @Test("the programmes that the project ships can be read", arguments: ["jeweller", "grocer", "electronics"])
    func examples(name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../programmes/examples/\(name).yaml").standardized
        let documents = try ProgrammeFolder.read(file.path) { _ in "h" }
        #expect(documents.map(\.programme.promotions.isEmpty) == [false])
    }
}
