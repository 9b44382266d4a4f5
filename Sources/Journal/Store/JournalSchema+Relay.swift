extension JournalSchema {
    /// What the relay and those who ask about it find without reading everything that is unsent.
    ///
    /// Triggers count, because whoever adds to the outbox or takes from it must not be able to forget it.
    static let relayStreams = """
        CREATE INDEX outbox_by_stream ON outbox (stream, sequence);
        CREATE INDEX quarantine_by_id ON quarantine (id);

        CREATE TABLE relay_stream (stream TEXT PRIMARY KEY, unsent INTEGER NOT NULL) WITHOUT ROWID;
        INSERT INTO relay_stream SELECT stream, count(*) FROM outbox GROUP BY stream;

        CREATE TRIGGER outbox_grew AFTER INSERT ON outbox BEGIN
            INSERT INTO relay_stream VALUES (new.stream, 1)
            ON CONFLICT (stream) DO UPDATE SET unsent = unsent + 1;
        END;
        CREATE TRIGGER outbox_shrank AFTER DELETE ON outbox BEGIN
            UPDATE relay_stream SET unsent = unsent - 1 WHERE stream = old.stream;
        END;
        """
}
