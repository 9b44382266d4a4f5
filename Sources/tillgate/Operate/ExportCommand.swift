import ArgumentParser
import Foundation
import Gateway
import LineProtocol
import ReceiptExport
import Retail

/// `tillgate export`: the receipts of a period for accounting.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the receipts of a period as POSLog or as CSV.",
        discussion: """
            Days are those of each receipt's store, and both ends belong to the period. A receipt belongs to the day on \
            which the till made it, but never to a later one than that on which the gateway received it; --by received \
            takes the latter. Works while the gateway runs and without it; without it --config must say which currency and \
            time zone the stores have.

            The gateway removes receipts that upstream has had for long. When some of the period may be among them the file \
            is written all the same, standard error says so, and the exit code is 1, or 0 with --partial.

            protocol-spec/export.md describes both formats: the columns, the signs, and what of POSLog is followed.
            """)

    /// How the file is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case poslog, csv
    }

    @OptionGroup var place: DataFolder
    @Option(help: "First day, YYYY-MM-DD.")
    var from: CalendarDate
    @Option(help: "Last day, YYYY-MM-DD.")
    var until: CalendarDate
    @Option(help: "Only this store.")
    var store: String?
    @Option(help: "Which time counts: business or received.")
    var by: ReceiptPeriodBasis = .business
    @Option(help: "poslog (ARTS/OMG POSLog 6, XML) or csv (RFC 4180, UTF-8).")
    var format: Format
    @Option(help: "With csv, what a row is about: receipts, lines, payments or taxes.")
    var rows: ExportRows = .receipts
    @Flag(help: "With csv, begin with a byte order mark, by which Excel knows UTF-8.")
    var bom = false
    @Option(help: "The file; standard output if not given.")
    var out: String?
    @Option(help: "The gateway's YAML file with the stores' settings; needed when it does not run.")
    var config: String?
    @Flag(help: "Be content with what is left of a period of which receipts may have been removed.")
    var partial = false

    func validate() throws {
        guard from <= until else { throw ValidationError("--until must not be before --from") }
        guard format == .csv || (rows == .receipts && !bom) else {
            throw ValidationError("--rows and --bom are for --format csv")
        }
    }

    func run() async throws {
        let file = try ExportFile(path: out)
        do {
            let written = try await place.converse(makingFolder: false, stores: stores) { ask in
                try await write(to: file, ask)
            }
            try file.finish()
            Console.note("\(written.receipts) receipts")
            guard let removedUntil = written.removedUntil else { return }
            let reason =
                "receipts that were received until \(removedUntil.rfc3339) may have been removed: the period may lack some"
            guard partial else { throw Console.fail(reason, .failure) }
            Console.note(reason)
        } catch {
            // A file that has its name already stays.
            file.discard()
            if let refused = error as? ExportFile.Failure { throw Console.fail(refused.reason, .unavailable) }
            throw error
        }
    }

    /// The stores' settings when no gateway can be asked.
    private func stores() async throws -> StoreDirectory {
        // A guess at the currency or the day would look like the truth in somebody's books.
        guard let config else {
            throw Console.fail(
                "no gateway runs on \(place.data): --config must name the file with the stores' currency and time zone",
                .unavailable)
        }
        return try await ServeSettings(ServeOptions.parse(["--config", config])).stores
    }

    private struct Written {
        var receipts = 0
        /// Set when receipts of the period may have been removed, even if only while it was read.
        var removedUntil: Instant?
    }

    /// Asks page by page: however long the period is, one page of it is in memory.
    private func write(
        to file: ExportFile, _ ask: (OperatorRequest) async throws -> OperatorAnswer
    ) async throws -> Written {
        let writer = ByteWriter(capacity: 1 << 20)
        let poslog = POSLogExport()
        let csv = CSVExport(rows)
        let reader = ExportPage.makeReader()
        if format == .poslog { poslog.writeBeginning(to: writer) }
        if bom { writer.append("\u{FEFF}") }
        if format == .csv { csv.writeHeading(to: writer) }
        var request = ReceiptList(from: from, until: until, basis: by, store: store)
        var written = Written()
        repeat {
            let page = try ExportPage(try await ask(OperatorRequest(.receiptList, request)).body, reader)
            for receipt in page.receipts {
                if format == .poslog { poslog.write(receipt, to: writer) } else { csv.write(receipt, to: writer) }
            }
            written.receipts += page.receipts.count
            if page.mayLackReceipts(from: from) { written.removedUntil = page.removedUntil }
            try file.write(writer.bytes)
            writer.removeAll()
            request.after = page.next
        } while request.after != nil
        if format == .poslog { poslog.writeEnd(to: writer) }
        try file.write(writer.bytes)
        return written
    }
}

/// Where an export goes. A file gets its name when it is whole, so that nobody takes half of one for a month's books.
final class ExportFile {
    /// The file cannot be written.
    struct Failure: Error, CustomStringConvertible {
        var reason: String

        var description: String { reason }
    }

    private let path: String?
    private let handle: FileHandle
    private var partial: String? { path.map { $0 + ".part" } }

    init(path: String?) throws {
        self.path = path
        guard let path else {
            handle = .standardOutput
            return
        }
        guard FileManager.default.createFile(atPath: path + ".part", contents: nil),
            let handle = FileHandle(forWritingAtPath: path + ".part")
        else { throw Console.fail("cannot write \(path).part", .unavailable) }
        self.handle = handle
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw Failure(reason: "cannot write \(path ?? "standard output"): \(error.localizedDescription)")
        }
    }

    /// Gives the file its name, once the disk has it.
    func finish() throws {
        guard let path, let partial else { return }
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw Failure(reason: "cannot write \(partial): \(error.localizedDescription)")
        }
        guard rename(partial, path) == 0 else {
            throw Failure(reason: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Leaves nothing behind of an export that failed.
    func discard() {
        if let partial { try? FileManager.default.removeItem(atPath: partial) }
    }
}

extension CalendarDate: ExpressibleByArgument {
    /// A day as `YYYY-MM-DD`.
    public init?(argument: String) { self.init(iso: argument) }
}

extension ReceiptPeriodBasis: ExpressibleByArgument {}
extension ExportRows: ExpressibleByArgument {}
