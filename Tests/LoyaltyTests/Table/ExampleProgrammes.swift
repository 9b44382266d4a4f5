import Foundation
import Yams

@testable import Loyalty

/// The programmes that the project ships as examples.
enum ExampleProgrammes {
    static let names = ["jeweller", "grocer", "electronics", "gifts"]

    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../../../programmes/examples").standardized

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "\(name).yaml"), encoding: .utf8)
    }

    static func document(_ name: String) throws -> ProgrammeDocument {
        try YAMLDecoder().decode(ProgrammeDocument.self, from: text(name))
    }

    static func named(_ name: String) throws -> Programme {
        try Programme(validating: try document(name), hash: name)
    }
}
