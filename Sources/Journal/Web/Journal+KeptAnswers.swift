import Retail

/// What a website was answered under an idempotency key.
package struct KeptAnswer: Sendable, Equatable {
    /// A hash of the request, to tell a repetition from another request under the same key.
    package var request: [UInt8]
    /// The HTTP status.
    package var status: Int
    /// The value of `ETag`, where the answer had one.
    package var entityTag: String?
    /// The value of `Location`, where the answer had one.
    package var location: String?
    package var body: [UInt8]

    /// An answer with every field given.
    package init(request: [UInt8], status: Int, entityTag: String?, location: String?, body: [UInt8]) {
        self.request = request
        self.status = status
        self.entityTag = entityTag
        self.location = location
        self.body = body
    }
}

extension JournalView {
    /// What a site was answered under a key; nil when nothing is kept.
    package func keptAnswer(store: String, site: String, key: String) throws(SQLError) -> KeptAnswer? {
        try statement(
            """
            SELECT request, status, entity_tag, location, body FROM kept_answer
            WHERE store = ? AND site = ? AND key = ?
            """
        ).bind(store).bind(site).bind(key).first { row in
            KeptAnswer(
                request: row.blob(0), status: Int(row.integer(1)), entityTag: row.textOrNil(2),
                location: row.textOrNil(3), body: row.blob(4))
        }
    }
}

extension JournalTransaction {
    /// Keeps an answer under a key that has none yet, and lets go of some that are older than the limit, and of those
    /// above the site's number.
    ///
    /// - Parameters:
    ///   - oldest: answers from before may go.
    ///   - maximum: answers kept for one site; more than that, and the oldest go whatever their age.
    package func keep(
        _ answer: KeptAnswer, store: String, site: String, key: String, at now: Instant, oldest: Instant,
        maximum: Int64 = JournalLimits.keptAnswersPerSite
    ) throws(SQLError) {
        let last = try statement("SELECT max(number) FROM kept_answer WHERE store = ? AND site = ?")
            .bind(store).bind(site).first { $0.integerOrNil(0) }
        let number = ((last ?? nil) ?? 0) + 1
        try statement(
            """
            INSERT INTO kept_answer (store, site, key, number, request, status, entity_tag, location, body, kept_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        .bind(store).bind(site).bind(key).bind(number).bind(answer.request).bind(answer.status).bind(answer.entityTag)
        .bind(answer.location).bind(answer.body).bind(now.millisecondsSinceEpoch)
        .run()
        // A few at a time: each answer pays for clearing away a little more than itself.
        try statement(
            """
            DELETE FROM kept_answer WHERE (store, site, key) IN (
                SELECT store, site, key FROM kept_answer WHERE store = ?1 AND site = ?2
                ORDER BY number LIMIT 4) AND (kept_at < ?3 OR number <= ?4)
            """
        ).bind(store).bind(site).bind(oldest.millisecondsSinceEpoch).bind(number - maximum).run()
    }
}
