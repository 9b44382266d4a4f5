import Foundation

/// A folder that goes with its owner. In memory where the system has such a place: tests build thousands of worlds.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// Makes an empty folder with a name of its own.
    package init() throws {
        path = Self.freshPath()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Copies a folder as it stands at this moment.
    package init(copyOf other: String) throws {
        path = Self.freshPath()
        try FileManager.default.copyItem(atPath: other, toPath: path)
    }

    private static func freshPath() -> String {
        let memory = "/dev/shm"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        return parent + "/tillgate-" + UUID().uuidString
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
