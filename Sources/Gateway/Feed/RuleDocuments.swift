import LineProtocol
import ProgrammeFiles
import Retail

/// The documents of all programmes, as changes from upstream rewrite them: whole, or one promotion of them.
struct RuleDocuments {
    struct Document: Equatable {
        var id: String
        /// One JSON object; what a file has in YAML cannot be rewritten.
        var text: String
    }

    private(set) var documents: [Document]

    init(_ loaded: LoadedProgrammes) {
        documents = loaded.documents.map { Document(id: $0.programme.id, text: $0.text) }
    }

    /// Does what a change says, without a look at whether the rules fit together.
    mutating func apply(_ content: UpstreamChange.Content) throws(Refusal) {
        switch content {
        case .programmes(let body):
            var fresh: [Document] = []
            for (index, programme) in body.programmes.enumerated() {
                fresh.append(
                    Document(
                        id: Self.id(of: programme.bytes) ?? "programmes[\(index)]",
                        text: String(decoding: programme.bytes, as: UTF8.self)))
            }
            documents = fresh
        case .promotion(let body):
            try rewrite(body.programme) { promotions throws(Refusal) in
                promotions.removeAll { $0.id == body.id }
                promotions.append((body.id, body.promotion.bytes))
            }
        case .promotionWithdrawn(let body):
            try rewrite(body.programme) { promotions throws(Refusal) in promotions.removeAll { $0.id == body.id } }
        default: throw Refusal(.internal, "not a change of programmes")
        }
    }

    /// Checks everything as PROGRAMME_PUT does.
    func load() throws(FileRefused) -> LoadedProgrammes {
        var loaded: [LoadedProgramme] = []
        for document in documents {
            loaded.append(
                try ProgrammeFolder.parse(document.text, name: document.id, hash: ProgrammeFolder.documentHash))
        }
        return try LoadedProgrammes(validating: loaded, place: "programmes")
    }

    // MARK: One promotion

    private mutating func rewrite(
        _ programme: String,
        _ edit: (inout [(id: String?, text: [UInt8])]) throws(Refusal) -> Void
    ) throws(Refusal) {
        guard let index = documents.firstIndex(where: { $0.id == programme }) else {
            var refusal = Refusal(.notFound, "no programme of this id is in force")
            refusal.field = "body.programme"
            throw refusal
        }
        let text = Array(documents[index].text.utf8)
        var members: [(name: String, text: [UInt8])] = []
        var promotions: [(id: String?, text: [UInt8])] = []
        do {
            try Self.read(text) { document in
                for member in document.members {
                    let name = member.name.string() ?? ""
                    if name == "promotions" {
                        promotions = member.value.elements.map { ($0["id"]?.string(), Array($0.rawBytes)) }
                    } else {
                        members.append((name, Array(member.value.rawBytes)))
                    }
                }
            }
        } catch {
            throw Refusal.badField("body.programme", "its document is not JSON: send the programmes whole first")
        }
        try edit(&promotions)
        let writer = ByteWriter(capacity: text.count + 512)
        writer.beginObject()
        for member in members {
            writer.name(text: member.name)
            member.text.withUnsafeBytes { writer.rawValue($0) }
        }
        if !promotions.isEmpty {
            writer.name("promotions")
            writer.beginArray()
            for promotion in promotions { promotion.text.withUnsafeBytes { writer.rawValue($0) } }
            writer.endArray()
        }
        writer.endObject()
        documents[index].text = String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func id(of text: [UInt8]) -> String? {
        var id: String?
        try? read(text) { id = $0["id"]?.string() }
        return id
    }

    private static func read(_ text: [UInt8], _ body: (JSONValue) -> Void) throws {
        let reader = JSONReader(
            limits: JSONLimits(depth: 64, membersPerObject: 4_096, textBytes: ProtocolLimits.changeBytes))
        try text.withUnsafeBytes { bytes in
            try withExtendedLifetime(reader) { body(try reader.read(bytes)) }
        }
    }
}
