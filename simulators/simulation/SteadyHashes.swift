import Foundation
import Glibc

/// The order of sets and dictionaries must follow from the seed: Swift chooses it anew for each process unless it is told
/// not to before the process begins.
enum SteadyHashes {
    private static let variable = "SWIFT_DETERMINISTIC_HASHING"

    /// Begins the program anew with steady hashes, if it has none.
    static func require() throws {
        guard ProcessInfo.processInfo.environment[variable] == nil else { return }
        setenv(variable, "1", 1)
        // The path that the system knows, whatever the program was called by.
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
        throw CocoaError(.executableLoad)
    }
}
