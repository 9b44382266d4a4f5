import Retail

/// IMPORT_CUSTOMERS (rows are `Enrol`), IMPORT_CATALOGUE (rows are `ProductRow`) and IMPORT_STOCK (rows are
/// `StockRow`).
///
/// A row that cannot be taken does not stop the others, so each row is a success or a failure of its own.
public struct ImportRequest<Row: MessageBody>: MessageBody {
    /// The rows, in the request's order.
    public var rows: [Result<Row, FieldError>]

    /// Makes a request.
    public init(rows: [Row]) {
        self.rows = rows.map { .success($0) }
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        let list = try fields.requiredValue("rows")
        try fields.checkList(list, limit: ProtocolLimits.importRows)
        guard list.count > 0 else { throw fields.bad("rows", "must not be empty") }
        rows = []
        rows.reserveCapacity(list.count)
        for element in list.elements {
            do throws(FieldError) {
                rows.append(.success(try Row(fields.reader(element))))
            } catch {
                rows.append(.failure(error))
            }
        }
    }

    /// Writes the members; rows that could not be taken are left out.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("rows", rows.compactMap { try? $0.get() })
    }
}

/// The reply to an import.
public struct ImportReply: MessageBody {
    /// A row that changed nothing.
    public struct RefusedRow: MessageBody {
        /// The row of the request, counted from 1.
        public var row: Int
        /// The error code.
        public var code: String
        /// What is wrong.
        public var message: String
        /// With which field.
        public var field: String?

        /// Makes a refusal.
        public init(row: Int, code: ErrorCode, message: String, field: String? = nil) {
            self.row = row
            self.code = "\(code.name)"
            self.message = message
            self.field = field
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            row = Int(try fields.integer("row", in: 1...Int64(ProtocolLimits.importRows)))
            code = try fields.text("code", max: ProtocolLimits.codeCharacters)
            message = try fields.text("message", min: 0, max: ProtocolLimits.noteCharacters)
            field = try fields.optionalNameText("field")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("row", row)
            writer.field("code", code)
            writer.field("message", message)
            writer.optionalField("field", field)
        }
    }

    /// Rows that made something new.
    public var created: Int
    /// Rows that found something known.
    public var updated: Int
    /// Rows that changed nothing.
    public var refused: [RefusedRow]

    /// Makes a reply.
    public init(created: Int, updated: Int, refused: [RefusedRow]) {
        self.created = created
        self.updated = updated
        self.refused = refused
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        created = try fields.count("created")
        updated = try fields.count("updated")
        refused = try fields.bodies("refused", limit: ProtocolLimits.importRows)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("created", created)
        writer.field("updated", updated)
        writer.field("refused", refused)
    }
}
