import Journal
import Locking

/// Counts the journal's commits, and makes one of them fail as a full disk would.
final class CountedCommits: Sendable {
    struct Full: Error {}

    private struct State {
        var count = 0
        var failing: Int?
    }

    private let state = Mutex(State())

    var hooks: JournalHooks {
        var hooks = JournalHooks()
        hooks.beforeCommit = { [self] in
            try state.withLock { state in
                if state.failing == state.count {
                    state.failing = nil
                    throw Full()
                }
                state.count += 1
            }
        }
        return hooks
    }

    var count: Int { state.withLock { $0.count } }

    /// The commit after so many more fails.
    func failAfter(_ commits: Int) { state.withLock { $0.failing = $0.count + commits } }
}
