import Dispatch
import EventLoop
import Glibc
import Locking

/// Ctrl-C and its likes, so that everything that was started is ended before this program is.
final class Interruption: Sendable {
    /// Somebody wants this to end.
    struct Interrupted: Error {}

    private let flag = Atomic<Bool>(false)
    private let queue = DispatchQueue(label: "interruption")

    /// Watches from now on; for as long as the token lives.
    func watch() -> [SignalWatch.Token] {
        [SIGINT, SIGTERM, SIGHUP].map { number in
            SignalWatch.onSignal(number, queue: queue) { [self] in flag.store(true, ordering: .relaxed) }
        }
    }

    /// - Throws: `Interrupted` when somebody wants this to end.
    func check() throws(Interrupted) {
        if flag.load(ordering: .relaxed) { throw Interrupted() }
    }

    /// Waits until something is so.
    ///
    /// - Returns: false when it was not so within the time.
    /// - Throws: `Interrupted`, and what `isSo` throws.
    func wait(milliseconds: Int, until isSo: () throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while try !isSo() {
            try check()
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
        return true
    }
}

/// A run that cannot go on.
struct RunFailure: Error, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}
