extension JournalSchema {
    /// What a website was answered under a key of its own choice. Numbers count a site's answers, so that the oldest
    /// can give way without counting rows.
    static let idempotency = """
        CREATE TABLE kept_answer (
            store TEXT NOT NULL, site TEXT NOT NULL, key TEXT NOT NULL, number INTEGER NOT NULL,
            request BLOB NOT NULL, status INTEGER NOT NULL, entity_tag TEXT, location TEXT, body BLOB NOT NULL,
            kept_at INTEGER NOT NULL,
            PRIMARY KEY (store, site, key)) WITHOUT ROWID;
        CREATE UNIQUE INDEX kept_answer_by_number ON kept_answer (store, site, number);
        """
}
