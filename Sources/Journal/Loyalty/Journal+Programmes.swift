import Retail

/// Where programmes come from.
package enum ProgrammeSource: String, Sendable {
    /// The one that a gateway has until it is told better.
    case builtIn = "built_in"
    /// Files that the gateway was started with.
    case files
    /// Upstream, or an operator.
    case sent
}

/// A programme's document as it was in force.
package struct ProgrammeRecord: Sendable, Equatable {
    package var hash: String
    package var id: String
    package var version: Int
    /// The text that the programme was loaded from: YAML or JSON.
    package var document: String

    /// A document with every field given.
    package init(hash: String, id: String, version: Int, document: String) {
        self.hash = hash
        self.id = id
        self.version = version
        self.document = document
    }
}

extension JournalView {
    /// The programme that a receipt was judged by.
    package func programme(hash: String) throws(SQLError) -> ProgrammeRecord? {
        try statement("SELECT hash, id, version, document FROM programme WHERE hash = ?").bind(hash)
            .first(ProgrammeRecord.init(row:))
    }

    /// The programmes from a source that are in force, in their order; of those that were sent, the last ones, also
    /// while files come before them.
    package func programmes(from source: ProgrammeSource) throws(SQLError) -> [ProgrammeRecord] {
        try statement(
            """
            SELECT p.hash, p.id, p.version, p.document FROM programme_in_force f JOIN programme p ON p.hash = f.hash
            WHERE f.source = ? ORDER BY f.position
            """
        ).bind(source.rawValue).all(ProgrammeRecord.init(row:))
    }
}

extension JournalTransaction {
    /// Puts programmes in force. Their documents stay for ever; files that were in force are so no longer, and what was
    /// sent stays until something else is sent.
    package func putInForce(
        _ programmes: [ProgrammeRecord], from source: ProgrammeSource, at now: Instant
    ) throws(SQLError) {
        try statement("DELETE FROM programme_in_force WHERE source <> 'sent' OR ? = 'sent'").bind(source.rawValue).run()
        for (position, programme) in programmes.enumerated() {
            try statement(
                """
                INSERT OR IGNORE INTO programme (hash, id, version, document, first_in_force_at) VALUES (?, ?, ?, ?, ?)
                """
            )
            .bind(programme.hash).bind(programme.id).bind(programme.version).bind(programme.document)
            .bind(now.millisecondsSinceEpoch).run()
            try statement("INSERT INTO programme_in_force (source, position, hash) VALUES (?, ?, ?)")
                .bind(source.rawValue).bind(position).bind(programme.hash).run()
        }
    }
}

extension ProgrammeRecord {
    fileprivate init(row: SQLRow) {
        self.init(hash: row.text(0), id: row.text(1), version: Int(row.integer(2)), document: row.text(3))
    }
}
