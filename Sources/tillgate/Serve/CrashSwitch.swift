#if DEBUG
import Glibc
import Journal
import Locking

/// Lets a test kill this process at a named point: `TILLGATE_CRASH_AT=committed:3` is the third time that it comes by.
/// In debug builds only, and read once.
enum CrashSwitch {
    static let variable = "TILLGATE_CRASH_AT"

    /// What is to be done at each point; nil when nothing is.
    static func fromEnvironment() -> (@Sendable (CrashPoint) -> Void)? {
        guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let point = CrashPoint(rawValue: String(parts[0])), let times = Int(parts[1]) else {
            return nil
        }
        let passings = Atomic<Int>(0)
        return { passed in
            guard passed == point, passings.wrappingAdd(1, ordering: .relaxed).newValue == times else { return }
            // As a power cut would: no handler runs, nothing is flushed.
            kill(getpid(), SIGKILL)
            pause()
        }
    }
}
#endif
