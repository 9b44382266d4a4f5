import ArgumentParser
import Foundation
import LineProtocol

/// `tillgate import customers|catalogue FILE`
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring customers or articles in from a file of JSON lines.",
        discussion: """
            Each line is one JSON object. A customer has the fields of ENROL (name, card, phone, email, external, \
            birthday, segment, consents) and, for those not known yet, points and turnover (minor units). An article \
            has sku, name, price (minor units), category, barcodes. Bringing the same file in twice changes nothing.
            """,
        subcommands: [Customers.self, Catalogue.self])

    /// Brings customers in.
    struct Customers: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Bring customers in.")
        @OptionGroup var source: ImportSource

        func run() async throws { try await source.run(.importCustomers) }
    }

    /// Brings articles in.
    struct Catalogue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Bring articles in.")
        @OptionGroup var source: ImportSource

        func run() async throws { try await source.run(.importCatalogue) }
    }
}

/// What both imports are told.
struct ImportSource: ParsableArguments {
    /// Rows of one request: below the protocol's limit, and short enough for a line.
    private static let rowsPerRequest = 1_000
    private static let bytesPerRequest = ProtocolLimits.lineBytes / 2

    @OptionGroup var place: DataFolder
    @Argument(help: "File of JSON lines; - reads standard input.")
    var file: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run(_ verb: Verb) async throws {
        guard
            let data = file == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
        else { throw Console.fail("cannot read \(file)", .badInput) }
        let rows = data.split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy { $0 == 0x20 || $0 == 0x0D } }
        let batches = Self.batches(rows)
        let answers = try await place.ask(batches.map { OperatorRequest(verb, body: Self.body($0)) })
        var total = ImportReply(created: 0, updated: 0, refused: [])
        var first = 0
        for (batch, answer) in zip(batches, answers) {
            let reply: ImportReply = try answer.message()
            total.created += reply.created
            total.updated += reply.updated
            for var row in reply.refused {
                row.row += first
                total.refused.append(row)
            }
            first += batch.count
        }
        report(total)
        if !total.refused.isEmpty { throw ExitCode.badInput }
    }

    private static func batches(_ rows: [Data.SubSequence]) -> [[Data.SubSequence]] {
        var batches: [[Data.SubSequence]] = []
        var bytes = 0
        for row in rows {
            if batches.isEmpty || batches[batches.count - 1].count >= rowsPerRequest
                || bytes + row.count > bytesPerRequest
            {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(row)
            bytes += row.count + 1
        }
        return batches
    }

    private static func body(_ rows: [Data.SubSequence]) -> [UInt8] {
        var body = Array(#"{"rows":["#.utf8)
        for (index, row) in rows.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += row
        }
        return body + Array("]}".utf8)
    }

    private func report(_ total: ImportReply) {
        if json {
            let writer = ByteWriter(capacity: 512)
            total.write(to: writer)
            return Console.result(String(decoding: UnsafeRawBufferPointer(rebasing: writer.bytes[...]), as: UTF8.self))
        }
        for row in total.refused { Console.note("row \(row.row): \(row.field ?? ""): \(row.message)") }
        Console.result("\(total.created) new, \(total.updated) known, \(total.refused.count) refused")
    }
}
