import Foundation

/// A folder that goes with its owner. In memory where the system has such a place: tests build thousands of worlds.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// Makes an empty folder with a name of its own.
    package init() throws {
        let memory = "/dev/shm"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = parent + "/tillgate-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
