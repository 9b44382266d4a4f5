import Retail

/// How much of a stream upstream has not confirmed.
package struct Backlog: Sendable, Equatable {
    package var unsent: Int64
    package var oldestAt: Instant?

    /// A backlog of `unsent` entries, the oldest of which was written at `oldestAt`.
    package init(unsent: Int64, oldestAt: Instant?) {
        self.unsent = unsent
        self.oldestAt = oldestAt
    }
}

/// A stream of the outbox and what is unsent of it.
package struct StreamBacklog: Sendable, Equatable {
    package var stream: String
    package var backlog: Backlog
}

extension JournalView {
    /// What is unsent of one stream, or of all. Costs the same however much it is: the streams are counted as they grow
    /// and shrink (`relay_stream`).
    package func backlog(stream: String? = nil) throws(SQLError) -> Backlog {
        if let stream {
            let unsent = try statement("SELECT unsent FROM relay_stream WHERE stream = ?").bind(stream)
                .first { $0.integer(0) }
            return Backlog(unsent: unsent ?? 0, oldestAt: try oldestAt(ofStream: stream))
        }
        let unsent = try statement("SELECT coalesce(sum(unsent), 0) FROM relay_stream").first { $0.integer(0) }
        let oldest = try statement("SELECT created_at FROM outbox ORDER BY sequence LIMIT 1").first { $0.integer(0) }
        return Backlog(unsent: unsent ?? 0, oldestAt: oldest.map(Instant.init(millisecondsSinceEpoch:)))
    }

    /// The streams of which something is unsent, those with most of it first.
    package func streamBacklogs(limit: Int) throws(SQLError) -> [StreamBacklog] {
        let streams = try statement(
            "SELECT stream, unsent FROM relay_stream WHERE unsent > 0 ORDER BY unsent DESC, stream LIMIT ?"
        ).bind(limit).all { (stream: $0.text(0), unsent: $0.integer(1)) }
        var backlogs: [StreamBacklog] = []
        for (stream, unsent) in streams {
            let backlog = Backlog(unsent: unsent, oldestAt: try oldestAt(ofStream: stream))
            backlogs.append(StreamBacklog(stream: stream, backlog: backlog))
        }
        return backlogs
    }

    private func oldestAt(ofStream stream: String) throws(SQLError) -> Instant? {
        try statement("SELECT created_at FROM outbox WHERE stream = ? ORDER BY sequence LIMIT 1").bind(stream)
            .first { Instant(millisecondsSinceEpoch: $0.integer(0)) }
    }

    /// The counts of the streams must be those of their entries.
    func backlogFindings() throws(SQLError) -> [AuditFinding] {
        try findings(
            """
            SELECT coalesce(s.stream, o.stream), coalesce(s.unsent, 0), coalesce(o.entries, 0)
            FROM relay_stream s
            FULL JOIN (SELECT stream, count(*) AS entries FROM outbox GROUP BY stream) o ON o.stream = s.stream
            WHERE coalesce(s.unsent, 0) <> coalesce(o.entries, 0)
            """
        ) { row in
            AuditFinding(
                kind: "outbox", key: row.text(0),
                message: "\(row.integer(1)) entries are counted as unsent, there are \(row.integer(2))")
        }
    }
}
