import Loyalty

extension ProgrammeFolder {
    /// The documents of files and folders as JSON, each in one line, for sending them to a gateway.
    ///
    /// Everything is checked as the gateway would check it, because here an error can name the file. YAML lets the reader
    /// guess what a value is; a document that JSON would make another programme of is refused too.
    ///
    /// - Throws: the first thing that is wrong, with its file and path.
    package static func json(of paths: [String]) throws(FileRefused) -> [String] {
        var documents: [LoadedProgramme] = []
        for path in paths { documents += try read(path, hash: withoutHash) }
        _ = try LoadedProgrammes(validating: documents, place: paths.joined(separator: ", "))
        var texts: [String] = []
        for document in documents { texts.append(try json(document)) }
        return texts
    }

    private static func json(_ document: LoadedProgramme) throws(FileRefused) -> String {
        let json: String
        do {
            json = try DocumentFile.json(document.text)
        } catch {
            throw FileRefused(.programme, document.file, error)
        }
        guard try parse(json, name: document.file, hash: withoutHash).programme == document.programme else {
            throw FileRefused(
                .programme, document.file,
                ProgrammeError(path: "", reason: .unreadable("as JSON it would mean something else: quote its texts")))
        }
        return json
    }

    /// The same for every text: programmes are compared by what they say.
    private static func withoutHash(_ bytes: [UInt8]) -> String { "" }
}
