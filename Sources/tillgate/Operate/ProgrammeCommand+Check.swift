import ArgumentParser
import Foundation
import ProgrammeFiles

extension ProgrammeCommand {
    /// `tillgate programme check PATH`: loads everything as the gateway would and says what it found.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a programme, or a folder of them, and its texts, without a gateway.",
            discussion: """
                Prints a line for each programme: id, version, the first digits of the hash that answers carry, how many \
                tiers and promotions it has, and for whom it is; then a line for each language of the folder texts in it or \
                beside it. Exits with 65 and the file, the path inside it and the reason when anything is wrong.

                tillgate programme check programmes/examples/grocer.yaml
                """)

        @Argument(help: "Programme, YAML or JSON, or a folder of them.")
        var path: String

        func run() throws {
            do throws(FileRefused) {
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                // A single file may be one of several that only together serve every customer.
                let documents =
                    isFolder.boolValue
                    ? try ProgrammeFolder.load(path).documents
                    : try ProgrammeFolder.read(path, hash: ProgrammeFolder.documentHash)
                for document in documents { Console.result("\(document.file): \(document.summary)") }
                guard let texts = TextFolder.path(besideProgrammes: path) else { return }
                Console.result("\(texts): texts in \(try TextFolder.load(texts).tags.joined(separator: ", "))")
            } catch {
                throw Console.fail("\(error)", .badInput)
            }
        }
    }
}
