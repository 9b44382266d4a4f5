import Foundation
import Loyalty
import Yams

/// Reads documents as people write them. JSON is YAML, so one reader does for both.
package enum DocumentFile {
    /// A chain's largest programme has ten thousand promotions, which take a tenth of this.
    static let bytesMaximum = 32 << 20

    /// Files that a folder may hold beside hidden ones and those of other kinds.
    static let extensions: Set<String> = ["yaml", "yml", "json"]

    /// The text of a file.
    static func text(_ file: String) throws(ProgrammeError) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw ProgrammeError(path: "", reason: .unreadable(reason(error)))
        }
        guard data.count <= bytesMaximum else {
            throw ProgrammeError(path: "", reason: .unreadable("it has more than \(bytesMaximum) bytes"))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ProgrammeError(path: "", reason: .unreadable("it is not UTF-8"))
        }
        return text
    }

    /// The files of a folder that can hold a document, by name; `nil` when the path is no folder.
    static func files(in folder: String) throws(ProgrammeError) -> [String]? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            return nil
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw ProgrammeError(path: "", reason: .unreadable(reason(error)))
        }
        return names.filter { name in
            !name.hasPrefix(".") && extensions.contains(String(name.split(separator: ".").last ?? ""))
        }.sorted().map { URL(filePath: folder).appending(path: $0).relativePath }
    }

    /// Decodes a document; what any decoder complains about becomes a path and a reason.
    package static func decode<Document: Decodable>(
        _ type: Document.Type, from text: String
    ) throws(ProgrammeError) -> Document {
        do {
            return try YAMLDecoder().decode(type, from: text)
        } catch let error as ProgrammeError {
            throw error
        } catch let error as DecodingError {
            if case .dataCorrupted(let context) = error, let syntax = context.underlyingError as? YamlError {
                throw ProgrammeError(path: "", reason: .unreadable(reason(syntax)))
            }
            throw ProgrammeError(error)
        } catch {
            throw ProgrammeError(path: "", reason: .unreadable("\(error)"))
        }
    }

    private static func reason(_ error: YamlError) -> String {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let meanwhile = context.map { " (\($0.text))" } ?? ""
            return "line \(mark.line), column \(mark.column): \(problem)\(meanwhile)"
        case .reader(let problem, let offset, _, _): return "byte \(offset ?? 0): \(problem)"
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().joined(separator: ", ")
            return "line \(context.mark.line), column \(context.mark.column): \(names) stands there twice"
        default: return "\(error)"
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile: "there is no such file"
        case .fileReadNoPermission: "this user may not read it"
        default: error.localizedDescription
        }
    }
}

extension DocumentFile {
    /// Reads and decodes a file.
    package static func read<Document: Decodable>(
        _ content: FileRefused.Content, _ file: String
    ) throws(FileRefused) -> Document {
        do throws(ProgrammeError) {
            return try decode(Document.self, from: try text(file))
        } catch {
            throw FileRefused(content, file, error)
        }
    }
}
