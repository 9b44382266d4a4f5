import Retail

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

    /// The programmes that upstream or an operator has sent, in their order; empty when none were.
    package func programmesSent() throws(SQLError) -> [ProgrammeRecord] {
        try statement(
            """
            SELECT p.hash, p.id, p.version, p.document FROM programme_sent s JOIN programme p ON p.hash = s.hash
            ORDER BY s.position
            """
        ).all(ProgrammeRecord.init(row:))
    }
}

extension JournalTransaction {
    /// Keeps the documents of programmes that are in force from now on; those that are known already stay.
    package func keep(_ programmes: [ProgrammeRecord], at now: Instant) throws(SQLError) {
        for programme in programmes {
            try statement(
                """
                INSERT OR IGNORE INTO programme (hash, id, version, document, first_in_force_at) VALUES (?, ?, ?, ?, ?)
                """
            )
            .bind(programme.hash).bind(programme.id).bind(programme.version).bind(programme.document)
            .bind(now.millisecondsSinceEpoch).run()
        }
    }

    /// Makes these the programmes that were sent.
    package func replaceSent(_ programmes: [ProgrammeRecord], at now: Instant) throws(SQLError) {
        try keep(programmes, at: now)
        try statement("DELETE FROM programme_sent").run()
        for (position, programme) in programmes.enumerated() {
            try statement("INSERT INTO programme_sent (position, hash) VALUES (?, ?)").bind(position)
                .bind(programme.hash).run()
        }
    }
}

extension ProgrammeRecord {
    fileprivate init(row: SQLRow) {
        self.init(hash: row.text(0), id: row.text(1), version: Int(row.integer(2)), document: row.text(3))
    }
}
