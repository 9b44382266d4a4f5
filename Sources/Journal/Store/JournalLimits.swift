/// The journal's own limits.
package enum JournalLimits {
    /// Changes that may wait for the writer before a further one is refused as busy.
    package static let waitingChangesMaximum = 65_536
    /// Changes that one commit takes: more would delay the first answer without making the disk cheaper.
    package static let changesPerCommitMaximum = 512
    /// Changes, or rows of one, after which the writer lets others have its processor: about a millisecond. More often would
    /// cut into the batches of a few tills, and cost them more than it gives to others.
    package static let stepsBeforeOthers = 12
    /// Pause between two attempts to bring a failed store back.
    package static let recoveryPauseMilliseconds = 1_000
    /// How long a connection waits for another one's lock.
    package static let busyMilliseconds: Int32 = 5_000
    /// A database larger than this is checked in the background after an unclean stop, so that the shop can sell.
    package static let quickCheckBeforeServingBytes = 256 << 20
    /// Pages of log after which the writer carries them into the database (16 MiB): often enough that a start has little to
    /// recover, seldom enough that a page changed by many receipts is carried once.
    package static let checkpointPages = 4_000
    /// The log file is cut back to this after a checkpoint (64 MiB): one long reader must not leave a large file for ever.
    package static let logFileBytesMaximum = 64 << 20
    /// With more entries waiting for upstream than this no old receipts are removed: each step reads the outbox once.
    package static let outboxForRetentionMaximum: Int64 = 10_000
    /// A moment before any gateway (2020): what is older has its time from a clock that was not set.
    package static let earliestMomentMilliseconds: Int64 = 1_577_836_800_000
    /// A clock that is further from where it was last seen has jumped, or was not looked at for long (two days).
    package static let clockJumpMilliseconds: Int64 = 172_800_000
    /// How long nothing is removed by a clock that has jumped (a day).
    package static let clockDoubtMilliseconds: Int64 = 86_400_000
    /// How often the clock's time is noted (an hour).
    package static let clockNoteMilliseconds: Int64 = 3_600_000
    /// The writer's page cache: the ledger pages of a day's customers.
    package static let writerCacheKibibytes = 65_536
    /// Unacknowledged events kept for one device.
    package static let eventsPerDeviceMaximum = 10_000
    /// Connections that read at the same time: the load, the relay, an inquiry and a check may each have one for long, and
    /// the loops must not wait for them.
    package static let readersMaximum = 8
    /// Connections for the short questions of loops; with all of them at work a question goes to the others.
    package static let quickReadersMaximum = 4
    /// Contents that are kept beside a stored receipt under the same key; a till that changes its mind with every attempt
    /// does not fill the disk.
    package static let conflictsKeptPerReceipt = 16
    /// Answers kept for one website under its idempotency keys: 40 days of an order every four seconds.
    package static let keptAnswersPerSite: Int64 = 1_000_000
}
