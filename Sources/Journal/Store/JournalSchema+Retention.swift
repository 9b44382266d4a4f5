extension JournalSchema {
    /// What is asked of each receipt that is old enough to be removed: whether upstream has refused it and a person still
    /// has to look at it.
    static let retention = """
        CREATE INDEX quarantine_by_receipt ON quarantine (receipt) WHERE receipt IS NOT NULL;
        """
}
