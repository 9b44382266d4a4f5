import Journal
import Locking
import TestSupport

/// The disk under a journal as the test wants it: it can fail, and it can be slow.
final class Disk: Sendable {
    struct Broken: Error {}

    private struct State {
        var failures = 0
        var gate: Gate?
    }

    /// One word for each commit that has begun.
    let begun = Gathered<Bool>()
    private let state = Mutex(State())

    var hooks: JournalHooks {
        var hooks = JournalHooks()
        hooks.beforeCommit = { [self] in try beforeCommit() }
        return hooks
    }

    /// The next commits fail.
    func fail(times: Int) { state.withLock { $0.failures = times } }

    /// Commits wait at a gate from now on.
    func hold() -> Gate {
        let gate = Gate()
        state.withLock { $0.gate = gate }
        return gate
    }

    /// Commits that begin from now on do not wait.
    func letGo() { state.withLock { $0.gate = nil } }

    private func beforeCommit() throws {
        begun.add(true)
        let (gate, fails) = state.withLock { state in
            defer { state.failures = max(0, state.failures - 1) }
            return (state.gate, state.failures > 0)
        }
        gate?.pass()
        if fails { throw Broken() }
    }
}
