import Loyalty

/// Loads loyalty programmes: a file, a folder with one for everyone and others for single segments, or the built-in one.
package enum ProgrammeFolder {
    /// Loads and checks everything; one bad value anywhere and nothing is loaded.
    ///
    /// - Parameters:
    ///   - path: a YAML or JSON file, or a folder of them (hidden files and folders inside are left alone); `nil` means
    ///     the built-in programme.
    ///   - hash: makes the hash of a document's bytes that answers carry.
    /// - Throws: the first thing that is wrong, with its file and path.
    package static func load(
        _ path: String?, hash: ([UInt8]) -> String
    ) throws(FileRefused) -> LoadedProgrammes {
        try LoadedProgrammes(validating: read(path, hash: hash), place: path ?? builtIn)
    }

    /// Reads and checks every document by itself, but not whether they fit together: a single file may be one of several
    /// that only together serve every customer.
    package static func read(
        _ path: String?, hash: ([UInt8]) -> String
    ) throws(FileRefused) -> [LoadedProgramme] {
        guard let path else { return [try parse(BuiltInProgramme.text, name: builtIn, hash: hash)] }
        var documents: [LoadedProgramme] = []
        for file in try files(path) {
            let text: String
            do {
                text = try DocumentFile.text(file)
            } catch {
                throw FileRefused(.programme, file, error)
            }
            documents.append(try parse(text, name: file, hash: hash))
        }
        return documents
    }

    /// The programme of a customer's segment. A single file is taken as it is, whoever it is for: it is being tried out.
    package static func programme(
        _ path: String?, segment: String?, hash: ([UInt8]) -> String
    ) throws(FileRefused) -> Programme {
        let documents = try read(path, hash: hash)
        if documents.count == 1 { return documents[0].programme }
        return try LoadedProgrammes(validating: documents, place: path ?? builtIn).set.programme(for: segment)
    }

    /// Reads one document, for example one that upstream has sent.
    ///
    /// - Parameter name: what an error calls the document.
    package static func parse(
        _ text: String, name: String, hash: ([UInt8]) -> String
    ) throws(FileRefused) -> LoadedProgramme {
        do {
            let document = try DocumentFile.decode(ProgrammeDocument.self, from: text)
            let programme = try Programme(validating: document, hash: hash(Array(text.utf8)))
            return LoadedProgramme(file: name, text: text, programme: programme)
        } catch {
            throw FileRefused(.programme, name, error)
        }
    }

    private static let builtIn = "built in"

    private static func files(_ path: String) throws(FileRefused) -> [String] {
        let files: [String]?
        do {
            files = try DocumentFile.files(in: path)
        } catch {
            throw FileRefused(.programme, path, error)
        }
        guard let files else { return [path] }
        guard !files.isEmpty else {
            throw FileRefused(
                .programme, path,
                ProgrammeError(path: "", reason: .unreadable("the folder has no .yaml, .yml or .json file")))
        }
        return files
    }
}
