import ImportFiles
import LineProtocol

extension FuzzTarget {
    /// Files of rows: the first byte chooses the format and the table, two more the cuts.
    static let imports = FuzzTarget("imports") { input in
        guard let choice = input.first, let cut = CutInput(UnsafeRawBufferPointer(rebasing: input[1...])) else {
            return
        }
        let format: ImportFormat = choice & 4 == 0 ? .csv : .ndjson
        let kind = Int(choice & 3) % tables.count
        let found = cut.ways.map { rows($0, format, tables[kind]) }
        precondition(found.allSatisfy { $0 == found[0] }, "rows do not depend on the cuts")
        for case .success(let row) in found[0].rows {
            let taken: Void? = try? row.json.withUnsafeBytes { bytes in
                try withJSON(bytes) { value in
                    guard let fields = try? FieldReader(value) else { return }
                    switch kind {
                    case 0: roundTrip(ProductRow.self, fields)
                    case 1: roundTrip(StockRow.self, fields)
                    default: break
                    }
                }
            }
            precondition(taken != nil, "a row is JSON")
        }
    }
}

private let tables: [ImportTable] = [.catalogue, .stock, .customers]

private struct Rows: Equatable {
    var rows: [ImportReader.Row] = []
    var error: ImportFileError?
}

private func rows(_ pieces: [[UInt8]], _ format: ImportFormat, _ table: ImportTable) -> Rows {
    var reader = ImportReader(format, table)
    var found = Rows()
    do throws(ImportFileError) {
        for piece in pieces { found.rows += try reader.take(piece) }
        found.rows += try reader.finish()
    } catch {
        // What came before a heading that cannot be understood is nothing; the file is not read any further.
        found = Rows(error: error)
    }
    return found
}
