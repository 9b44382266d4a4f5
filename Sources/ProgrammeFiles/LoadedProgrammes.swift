import Loyalty

/// A programme and the document that it was read from.
package struct LoadedProgramme: Hashable, Sendable {
    /// The file, or what the document is called when it was sent.
    package let file: String
    /// The document as it was read, which upstream and auditors can be shown.
    package let text: String
    /// The checked programme; its `hash` is that of the text.
    package let programme: Programme
}

/// All programmes that are in force together, and where they came from.
package struct LoadedProgrammes: Hashable, Sendable {
    /// The checked programmes.
    package let set: ProgrammeSet
    /// The documents, in the order in which they were read.
    package let documents: [LoadedProgramme]

    /// Checks that programmes fit together.
    ///
    /// - Parameter place: the folder that an error names when no single file is to blame.
    package init(validating documents: [LoadedProgramme], place: String) throws(FileRefused) {
        do {
            set = try ProgrammeSet(validating: documents.map(\.programme))
        } catch {
            throw LoadedProgrammes.located(error, documents, place: place)
        }
        self.documents = documents
    }

    /// A set names the programme in front of the path; people look for a file. Of two programmes that are the same, the
    /// later file is the one too many.
    private static func located(
        _ error: ProgrammeError, _ documents: [LoadedProgramme], place: String
    ) -> FileRefused {
        for document in documents.reversed() {
            let prefix = document.programme.id + "."
            guard error.path.hasPrefix(prefix) else { continue }
            let path = String(error.path.dropFirst(prefix.count))
            return FileRefused(.programme, document.file, ProgrammeError(path: path, reason: error.reason))
        }
        return FileRefused(.programme, place, error)
    }
}
