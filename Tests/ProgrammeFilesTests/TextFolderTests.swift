import Foundation
import Loyalty
import TestSupport
import Testing

@testable import ProgrammeFiles

@Suite("Languages of a folder")
struct TextFolderTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static func example() throws -> String {
        try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../programmes/texts/de.yaml").standardized, encoding: .utf8)
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
    }

    @Test("the shipped German joins the supplied languages")
    func german() throws {
        try write("de.yaml", Self.example())
        let languages = try TextFolder.load(folder.path)
        #expect(languages.tags == ["de", "en", "ru"])
        #expect(languages["de"]?.texts.points(1) == "1 Punkt")
        #expect(languages["ru"] == .russian)
        #expect(languages["fr"] == nil)
    }

    @Test("a file may give a supplied language other words")
    func otherWords() throws {
        try write("en.yaml", Self.example().replacing("language: de", with: "language: en"))
        let languages = try TextFolder.load(folder.path)
        #expect(languages["en"]?.texts.points(2) == "2 Punkte")
    }

    @Test(
        "a refusal names the file, the key and the reason",
        arguments: [
            ("language: de", "language: fr", "language: is not de as the file is called"),
            ("Bis zu {points} einlösbar", "Bis zu", "sentences.spending_possible: does not say {points}"),
            ("plural: one_other", "plural: [", "cannot be read: line "),
        ] as [(String, String, String)])
    func faults(old: String, new: String, expected: String) throws {
        try write("de.yaml", Self.example().replacing(old, with: new))
        do {
            _ = try TextFolder.load(folder.path)
            Issue.record("the file was taken")
        } catch {
            #expect("\(error)".hasPrefix("texts \(folder.path)/de.yaml: \(expected)"))
        }
    }

    @Test("texts lie in the folder of the programmes, or beside a single one")
    func place() throws {
        #expect(TextFolder.path(besideProgrammes: folder.path) == nil)
        try FileManager.default.createDirectory(
            atPath: folder.path + "/texts", withIntermediateDirectories: false)
        try write("shop.yaml", "")
        #expect(TextFolder.path(besideProgrammes: folder.path) == folder.path + "/texts")
        #expect(TextFolder.path(besideProgrammes: folder.path + "/shop.yaml") == folder.path + "/texts")
        #expect(TextFolder.path(besideProgrammes: folder.path + "/absent") == nil)
    }
}
