import ArgumentParser
import Foundation
import ImportFiles
import LineProtocol

/// `tillgate import customers|catalogue|stock FILE`
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring customers, products or stock in from a file.",
        discussion: """
            The file has one JSON object a line, or comma-separated values in UTF-8 with a heading (--format csv, or a \
            name that ends in .csv); several texts in one cell have | between them.

            A customer has the fields of ENROL (name, card, phone, email, external, birthday, segment; consents in \
            JSON only) and, for those not known yet, points and turnover (minor units). A product has sku, name, price and \
            min_price (minor units), tax_rate (20 % is 2000), barcodes, category, brand, tags, unit, marking_required, \
            related (SKUs), priority. Stock has store, sku, quantity, as_of (RFC 3339).

            A row that is wrong is named with its line, and the others go on; bringing the same file in twice changes \
            nothing.
            """,
        subcommands: [Customers.self, Catalogue.self, Stock.self])

    /// Brings customers in.
    struct Customers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Bring customers in.")
        @OptionGroup var source: ImportSource

        func run() async throws { try await source.run(.importCustomers, .customers) }
    }

    /// Brings products in.
    struct Catalogue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Bring products in.")
        @OptionGroup var source: ImportSource

        func run() async throws { try await source.run(.importCatalogue, .catalogue) }
    }

    /// Brings stock in.
    struct Stock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Bring in what stores have of products.")
        @OptionGroup var source: ImportSource

        func run() async throws { try await source.run(.importStock, .stock) }
    }
}

extension ImportFormat: ExpressibleByArgument {}

/// What all imports are told.
struct ImportSource: ParsableArguments {
    private static let pieceBytes = 65_536

    @OptionGroup var place: DataFolder
    @Argument(help: "The file; - reads standard input.")
    var file: String
    @Option(help: "How the file is written: ndjson or csv. (default: by the ending of its name)")
    var format: ImportFormat?
    @Flag(help: "Print one JSON object.")
    var json = false

    /// Reads the file piece by piece and sends its rows, never more in memory than a request has.
    func run(_ verb: Verb, _ table: ImportTable) async throws {
        guard let handle = file == "-" ? .standardInput : FileHandle(forReadingAtPath: file) else {
            throw Console.fail("cannot read \(file)", .badInput)
        }
        let source = ImportReader(format ?? ImportFormat(fileName: file), table)
        let total = try await place.converse(makingFolder: true) { ask in
            var reader = source
            var batch = ImportBatch(verb, printsRefused: !json)
            do {
                while let piece = try handle.read(upToCount: Self.pieceBytes), !piece.isEmpty {
                    for row in try reader.take(piece) { try await batch.add(row, ask) }
                }
                for row in try reader.finish() { try await batch.add(row, ask) }
            } catch let error as ImportFileError {
                throw Console.fail("\(file), \(error)", .badInput)
            }
            try await batch.send(ask)
            return batch.total
        }
        Console.result(json ? total.json : total.text)
        if total.refusedCount > 0 { throw ExitCode.badInput }
    }
}

/// What became of a file.
private struct ImportTotal {
    /// Refused rows that the result lists; a file that is wrong from end to end is not held in memory.
    private static let refusedListed = 1_000

    var created = 0
    var updated = 0
    var refusedCount = 0
    private var refused: [ImportReply.RefusedRow] = []

    mutating func refuse(_ row: ImportReply.RefusedRow) {
        refusedCount += 1
        if refused.count < Self.refusedListed { refused.append(row) }
    }

    var text: String { "\(created) new, \(updated) known, \(refusedCount) refused" }

    var json: String {
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        ImportReply(created: created, updated: updated, refused: refused).writeMembers(to: writer)
        writer.field("refused_count", refusedCount)
        writer.endObject()
        return String(decoding: UnsafeRawBufferPointer(rebasing: writer.bytes[...]), as: UTF8.self)
    }
}

/// The rows of one request. Rows are named by their line of the file.
private struct ImportBatch {
    typealias Ask = (OperatorRequest) async throws -> OperatorAnswer

    /// Far below the protocol's limit: while a loop reads a request, and the journal takes it, tills wait.
    private static let rowsMaximum = 100
    private static let bytesMaximum = ProtocolLimits.lineBytes / 2

    private let verb: Verb
    private let printsRefused: Bool
    private var body: [UInt8] = []
    /// The lines of the rows in the body.
    private var lines: [Int] = []
    private(set) var total = ImportTotal()

    init(_ verb: Verb, printsRefused: Bool) {
        self.verb = verb
        self.printsRefused = printsRefused
    }

    mutating func add(_ row: ImportReader.Row, _ ask: Ask) async throws {
        switch row {
        case .success(let row):
            if lines.count >= Self.rowsMaximum || body.count + row.json.count > Self.bytesMaximum {
                try await send(ask)
            }
            body += lines.isEmpty ? Array(#"{"rows":["#.utf8) : [UInt8(ascii: ",")]
            body += row.json
            lines.append(row.line)
        case .failure(let row):
            refuse(ImportReply.RefusedRow(row: row.line, code: .badField, message: row.reason, field: row.field))
        }
    }

    /// Sends what there is and waits for the answer.
    mutating func send(_ ask: Ask) async throws {
        guard !lines.isEmpty else { return }
        let reply: ImportReply = try await ask(OperatorRequest(verb, body: body + Array("]}".utf8))).message()
        total.created += reply.created
        total.updated += reply.updated
        for var row in reply.refused {
            // The field of a row is named within the row: `barcodes[0]`, not `rows[7].barcodes[0]`.
            row.field = row.field.map { $0.replacing("rows[\(row.row - 1)].", with: "") }
            row.row = lines[row.row - 1]
            refuse(row)
        }
        body.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
    }

    private mutating func refuse(_ row: ImportReply.RefusedRow) {
        total.refuse(row)
        if printsRefused { Console.note("line \(row.row): \(row.field.map { "\($0): " } ?? "")\(row.message)") }
    }
}
