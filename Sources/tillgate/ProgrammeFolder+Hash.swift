import Gateway
import Loyalty
import ProgrammeFiles

extension ProgrammeFolder {
    /// Loads the programmes of a file or folder, hashed with SHA-256; `nil` means the built-in one.
    static func load(_ path: String?) throws(FileRefused) -> LoadedProgrammes {
        try load(path, hash: documentHash)
    }

    /// The programme of a customer's segment, hashed likewise; a single file is taken whoever it is for.
    static func programme(_ path: String?, segment: String?) throws(FileRefused) -> Programme {
        try programme(path, segment: segment, hash: documentHash)
    }
}
