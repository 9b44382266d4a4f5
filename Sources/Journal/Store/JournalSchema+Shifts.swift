extension JournalSchema {
    /// Shifts of tills as they were opened and closed, and the numbers that a till has named and the gateway has not: each
    /// receipt looks itself up there, and there are none of them as a rule.
    static let shifts = """
        CREATE TABLE till_shift (
            store TEXT NOT NULL, till TEXT NOT NULL, shift INTEGER NOT NULL,
            open_body BLOB, open_answer BLOB, opened_at INTEGER,
            close_body BLOB, closed_at INTEGER, completed_at INTEGER,
            PRIMARY KEY (store, till, shift)) WITHOUT ROWID;

        CREATE TABLE shift_missing (
            store TEXT NOT NULL, till TEXT NOT NULL, shift INTEGER NOT NULL, number TEXT NOT NULL,
            PRIMARY KEY (store, till, shift, number)) WITHOUT ROWID;
        """
}
