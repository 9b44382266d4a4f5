import Foundation
import Journal
import Locking
import TestSupport

/// Takes the disk's image at a commit, as a crash at that moment would leave it.
final class CrashCamera: Sendable {
    /// When the power goes.
    enum Moment: CaseIterable, Sendable {
        /// What is being committed never was.
        case beforeCommit
        /// It is on the disk, and nobody has been told.
        case afterCommit
    }

    private struct Shot {
        var moment: Moment
        var commitsBefore: Int
        var folder: String
    }

    private struct State {
        var armed: Shot?
        var image: TemporaryFolder?
    }

    private let state = Mutex(State())

    var hooks: JournalHooks {
        var hooks = JournalHooks()
        hooks.beforeCommit = { [self] in pass(.beforeCommit) }
        hooks.afterCommit = { [self] in pass(.afterCommit) }
        return hooks
    }

    /// The disk is remembered at that moment of a commit to come.
    ///
    /// - Parameter commitsBefore: commits that go well first.
    func arm(_ moment: Moment, commitsBefore: Int, folder: String) {
        state.withLock { $0 = State(armed: Shot(moment: moment, commitsBefore: commitsBefore, folder: folder)) }
    }

    /// The image; of the disk as it is now when there was no such commit.
    func take(folder: String) throws -> TemporaryFolder {
        let image = state.withLock { state in
            defer { state = State() }
            return state.image
        }
        return try image ?? Self.copy(of: folder)
    }

    private func pass(_ moment: Moment) {
        state.withLock { state in
            guard let shot = state.armed, shot.moment == moment else { return }
            if shot.commitsBefore > 0 {
                state.armed?.commitsBefore -= 1
            } else {
                state.armed = nil
                state.image = try? Self.copy(of: shot.folder)
            }
        }
    }

    /// Database and log, which is what a disk keeps.
    private static func copy(of folder: String) throws -> TemporaryFolder {
        let image = try TemporaryFolder()
        for file in ["journal.sqlite", "journal.sqlite-wal"] {
            let path = folder + "/" + file
            guard FileManager.default.fileExists(atPath: path) else { continue }
            try FileManager.default.copyItem(atPath: path, toPath: image.path + "/" + file)
        }
        return image
    }
}
