import Foundation
import LineProtocol
import Testing

/// The suite of nst/JSONTestSuite: `y_` must be read, `n_` must not, `i_` may go either way.
@Suite("JSON conformance suite")
struct JSONConformanceTests {
    private static let folder = ProjectFiles.sharedData("json-test-suite")
    private static let repeatedNames: Set = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]
    private static let wide = JSONLimits(depth: 1_000, membersPerObject: 1_000, textBytes: 1 << 20)

    private static func files(_ prefix: String) throws -> [(name: String, bytes: [UInt8])] {
        guard FileManager.default.fileExists(atPath: folder.path) else {
            print("note: the conformance suite is not at \(folder.path); skipped")
            return []
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }.sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
        }
    }

    @Test("the suite is whole when it is there")
    func suiteIsWhole() throws {
        let count = try Self.files("").count
        #expect(count == 0 || count == 318)
    }

    @Test("every text that must be accepted is read")
    func acceptsWhatMustBeAccepted() throws {
        for (name, bytes) in try Self.files("y_") {
            let error = refusal(bytes, limits: Self.wide, duplicateKeys: .accepted)
            #expect(error == nil, "\(name)")
        }
    }

    @Test("as messages, the accepted texts are read too, but for the two that name a member twice")
    func refusesRepeatedNamesInMessages() throws {
        for (name, bytes) in try Self.files("y_") {
            let expected: JSONSyntaxError.Reason? = Self.repeatedNames.contains(name) ? .duplicateKey : nil
            #expect(refusal(bytes)?.reason == expected, "\(name)")
        }
    }

    @Test("every text that must be refused is refused, whatever the limits")
    func refusesWhatMustBeRefused() throws {
        for (name, bytes) in try Self.files("n_") {
            #expect(refusal(bytes) != nil, "\(name)")
            #expect(refusal(bytes, limits: Self.wide, duplicateKeys: .accepted) != nil, "\(name)")
            let deep = JSONLimits(depth: 1 << 20, membersPerObject: 1 << 20, textBytes: 1 << 20)
            #expect(refusal(bytes, limits: deep, duplicateKeys: .accepted) != nil, "\(name)")
        }
    }

    @Test("texts that are left to the reader do not harm it")
    func survivesTheRest() throws {
        for (_, bytes) in try Self.files("i_") {
            _ = refusal(bytes)
            _ = refusal(bytes, limits: Self.wide, duplicateKeys: .accepted)
        }
    }
}
