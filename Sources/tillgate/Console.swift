import ArgumentParser
import Foundation

/// What commands say and where they say it: results on standard output, everything else on standard error.
enum Console {
    static func result(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Says why and ends with the code.
    static func fail(_ text: String, _ code: ExitCode) -> ExitCode {
        note("tillgate: \(text)")
        return code
    }
}
