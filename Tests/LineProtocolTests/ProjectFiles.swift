import Foundation

/// Files of the project and beside it, found from the place of this source file.
enum ProjectFiles {
    /// The folder that `Package.swift` is in.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the protocol's specification.
    static func specification(_ name: String) -> URL {
        root.appendingPathComponent("protocol-spec").appendingPathComponent(name)
    }

    /// Data that is kept beside the project and not in it.
    static func sharedData(_ name: String) -> URL {
        root.deletingLastPathComponent().appendingPathComponent("shared/data").appendingPathComponent(name)
    }

    /// The objects of one list in a file of the specification.
    static func specificationList(_ file: String, _ list: String) throws -> [[String: Any]] {
        let data = try Data(contentsOf: specification(file))
        let whole = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return whole?[list] as? [[String: Any]] ?? []
    }
}
