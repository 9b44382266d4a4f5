import Loyalty
import ProgrammeFiles

extension FuzzTarget {
    /// Programmes as people write them, in YAML or JSON: where the command makes JSON of one, it is the same programme.
    static let programmes = FuzzTarget("programmes", bytesMaximum: 3_000) { input in
        guard let text = String(validating: input, as: UTF8.self),
            let programme = try? ProgrammeFolder.parse(text, name: "fuzz", hash: { _ in "" }).programme
        else { return }
        guard let json = try? DocumentFile.json(text),
            let again = try? ProgrammeFolder.parse(json, name: "fuzz", hash: { _ in "" }).programme
        else { return }
        precondition(again == programme, "as JSON it is the same programme")
    }
}
