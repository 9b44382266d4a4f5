import Foundation
import Loyalty
import TestSupport
import Testing

@testable import ProgrammeFiles

@Suite("Programmes as JSON, for sending")
struct ProgrammeJSONTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let everyone = """
        id: shop
        version: 1
        currency: RUB
        tiers: [{name: One, threshold: 0, earn_rate: 100}]

        """

    private func write(_ name: String, _ text: String) throws -> String {
        let path = folder.path + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func refusal(_ paths: [String]) -> String? {
        do {
            _ = try ProgrammeFolder.json(of: paths)
            return nil
        } catch {
            return "\(error)".replacing(folder.path, with: "FOLDER")
        }
    }

    @Test("a document becomes one line, its members in their order and its values what they look like")
    func values() throws {
        let yaml = """
            text: plain  # a comment
            quoted: "5"
            single: 'true'
            whole: -1_000_000
            decimal: 2.50
            yes: true
            none:
            date: 2026-11-29
            hour: 22:00
            sku: 0042
            list: [1, two, {three: 3}]
            lines: |
              a "b"
              c\\d
            """
        #expect(
            try DocumentFile.json(yaml) == #"{"text":"plain","quoted":"5","single":"true","whole":-1000000,"#
                + #""decimal":2.50,"yes":true,"none":null,"date":"2026-11-29","hour":"22:00","sku":"0042","#
                + #""list":[1,"two",{"three":3}],"lines":"a \"b\"\nc\\d"}"#)
        #expect(try DocumentFile.json(#"{"a": "\u0001\t€ \/"}"#) == #"{"a":"\u0001\t€ /"}"#)
    }

    @Test("what a document says once and uses twice stands there twice")
    func anchors() throws {
        let yaml = """
            first: &first {a: 1, b: 2}
            second: *first
            third: {<<: *first, b: 3, c: 4}
            """
        #expect(
            try DocumentFile.json(yaml)
                == #"{"first":{"a":1,"b":2},"second":{"a":1,"b":2},"third":{"b":3,"c":4,"a":1}}"#)
    }

    @Test("the example programmes mean the same as JSON")
    func examples() throws {
        let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "programmes/examples").path
        let files = try #require(try DocumentFile.files(in: examples))
        #expect(files.count >= 3)
        for file in files {
            let own = try ProgrammeFolder.read(file) { _ in "" }.map(\.programme)
            guard own.allSatisfy({ $0.segments == nil }) else { continue }
            let json = try ProgrammeFolder.json(of: [file])
            #expect(json.allSatisfy { !$0.contains("\n") })
            let sent = try json.map { text in
                try ProgrammeFolder.parse(text, name: "sent") { _ in "" }.programme
            }
            #expect(sent == own, "\(file)")
        }
    }

    @Test("files and folders together must serve everybody, and the file at fault is named")
    func refusals() throws {
        let shop = try write("shop.yaml", Self.everyone)
        let premium = try write("premium.yaml", Self.everyone.replacing("shop", with: "vip") + "segments: [gold]\n")
        #expect(try ProgrammeFolder.json(of: [shop, premium]).count == 2)
        #expect(try ProgrammeFolder.json(of: [folder.path]).count == 2)
        #expect(refusal([premium])?.contains("FOLDER/premium.yaml") == true)
        #expect(refusal([shop, shop])?.contains("FOLDER/shop.yaml") == true)
        let bad = try write("bad.yaml", Self.everyone + "max_redem: 1\n")
        #expect(refusal([shop, bad])?.contains("programme FOLDER/bad.yaml: max_redem") == true)
        let guessed = try write("guessed.yaml", Self.everyone.replacing("id: shop", with: "id: True"))
        #expect(refusal([guessed])?.contains("guessed.yaml: cannot be read: as JSON it would mean") == true)
        #expect(refusal([folder.path + "/none.yaml"])?.contains("there is no such file") == true)
    }
}
