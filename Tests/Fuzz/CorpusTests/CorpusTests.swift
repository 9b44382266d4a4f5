import Foundation
import GatewayTargets
import ReaderTargets
import Testing

/// What libFuzzer has found worth keeping is tried here without it: a target that does not hold stops the test program,
/// and its precondition says why.
@Suite("Kept inputs", .serialized)
struct CorpusTests {
    private static let targets = readerTargets + gatewayTargets
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "corpora")

    @Test("each entry point has inputs, and each folder of inputs an entry point")
    func folders() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(names.filter { !$0.hasPrefix(".") }) == Set(Self.targets.map(\.name)))
    }

    @Test("each is taken or refused as its entry point promises", arguments: targets.map(\.name))
    func inputs(_ name: String) async throws {
        let target = try #require(Self.targets.first { $0.name == name })
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder.appending(path: name), includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        let inputs = try files.sorted { $0.path < $1.path }.map { try Data(contentsOf: $0) }
        await Self.onThreadOfItsOwn {
            for input in inputs { input.withUnsafeBytes { target($0) } }
        }
    }

    /// A gateway is waited for, which the threads of the tests are too few for.
    private static func onThreadOfItsOwn(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                work()
                continuation.resume()
            }
            // As much as the first thread of a program has, where libFuzzer calls the targets.
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
