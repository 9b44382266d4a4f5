import Foundation
import Loyalty

/// The languages that a gateway can speak: those that are supplied, and those of files.
package struct Languages: Hashable, Sendable {
    private let byTag: [String: Language]

    /// Languages of files come before the supplied ones of the same tag: a shop may want other words.
    package init(_ languages: [Language] = []) {
        var byTag: [String: Language] = [:]
        for language in Language.supplied + languages { byTag[language.rawValue] = language }
        self.byTag = byTag
    }

    /// The language with a tag such as `de`.
    package subscript(tag: String) -> Language? { byTag[tag] }

    /// All tags, in their order.
    package var tags: [String] { byTag.keys.sorted() }
}

/// Loads the sentences of other languages: a folder with a file `<tag>.yaml` for each.
package enum TextFolder {
    /// The folder `texts` inside a folder of programmes, or beside a single one; `nil` when there is none.
    package static func path(besideProgrammes path: String) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
        let url = URL(filePath: path)
        let parent = isFolder.boolValue ? url : url.deletingLastPathComponent()
        let texts = parent.appending(path: "texts").relativePath
        guard FileManager.default.fileExists(atPath: texts, isDirectory: &isFolder), isFolder.boolValue else {
            return nil
        }
        return texts
    }

    /// Loads and checks all files of a folder.
    ///
    /// - Throws: the first thing that is wrong, with its file and path.
    package static func load(_ folder: String) throws(FileRefused) -> Languages {
        let files: [String]
        do throws(ProgrammeError) {
            guard let found = try DocumentFile.files(in: folder) else {
                throw ProgrammeError(path: "", reason: .unreadable("there is no such folder"))
            }
            files = found
        } catch {
            throw FileRefused(.texts, folder, error)
        }
        var languages: [Language] = []
        for file in files { languages.append(try read(file)) }
        return Languages(languages)
    }

    private static func read(_ file: String) throws(FileRefused) -> Language {
        do throws(ProgrammeError) {
            let texts = try parse(try DocumentFile.text(file))
            let name = URL(filePath: file).deletingPathExtension().lastPathComponent
            guard texts.language == name else {
                throw ProgrammeError(path: "language", reason: .contradicts("is not \(name) as the file is called"))
            }
            return Language(texts)
        } catch {
            throw FileRefused(.texts, file, error)
        }
    }

    static func parse(_ text: String) throws(ProgrammeError) -> TextBook {
        try TextBook(validating: try DocumentFile.decode(TextDocument.self, from: text))
    }
}
