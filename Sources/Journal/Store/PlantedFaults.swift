/// Mistakes that a gateway can be told to make, one by one, so that whatever looks for mistakes can show that it finds
/// them. Only a program that hands them to ``JournalHooks/planted`` has any; no configuration, option or message does.
package struct PlantedFaults: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The answers go out when a change was made, before its commit is on the disk.
    package static let answerBeforeCommit = PlantedFaults(rawValue: 1 << 0)
    /// Commits are not synced, as SQLite's `synchronous = NORMAL` has it.
    package static let lateSync = PlantedFaults(rawValue: 1 << 1)
    /// A commit that the disk refused is taken for one that it took.
    package static let failureIgnored = PlantedFaults(rawValue: 1 << 2)
    /// ACK forgets one event more than it names.
    package static let acknowledgesOneMore = PlantedFaults(rawValue: 1 << 3)
    /// A gateway that starts does not wait for tills that have claimed orders.
    package static let claimsForgottenAtStart = PlantedFaults(rawValue: 1 << 4)
    /// Nobody is asked when an order was not taken in time.
    package static let escalationLost = PlantedFaults(rawValue: 1 << 5)
    /// A hold goes on after the time that its till was told.
    package static let holdOutlivesItsEnd = PlantedFaults(rawValue: 1 << 6)
    /// Points are promised to a till although they are not there any more.
    package static let holdWithoutPoints = PlantedFaults(rawValue: 1 << 7)
    /// A receipt that comes again earns again.
    package static let repeatedReceiptEarns = PlantedFaults(rawValue: 1 << 8)
    /// Other content under a known key is answered like the first.
    package static let conflictOverlooked = PlantedFaults(rawValue: 1 << 9)
    /// A return does not take back what the sale has earned.
    package static let returnKeepsEarnings = PlantedFaults(rawValue: 1 << 10)
    /// It is not written down how much of a sale has come back.
    package static let returnsForgotten = PlantedFaults(rawValue: 1 << 11)
    /// A second till may claim what another has claimed.
    package static let secondClaim = PlantedFaults(rawValue: 1 << 12)
    /// A device that connects finds its mailbox empty.
    package static let mailboxForgotten = PlantedFaults(rawValue: 1 << 13)
    /// What goes upstream is confirmed before upstream has answered.
    package static let confirmedBeforeAnswer = PlantedFaults(rawValue: 1 << 14)
    /// What upstream asks to send later is not sent again.
    package static let laterIsNever = PlantedFaults(rawValue: 1 << 15)
    /// Customers in memory do not learn of receipts.
    package static let memoryNotTold = PlantedFaults(rawValue: 1 << 16)
    /// The last number that is missing in a shift is not told.
    package static let missingNumberHidden = PlantedFaults(rawValue: 1 << 17)

    /// Each by its name, in the order of their numbers.
    package static let all: [(name: String, fault: PlantedFaults)] = [
        ("answer-before-commit", .answerBeforeCommit), ("late-sync", .lateSync),
        ("failure-ignored", .failureIgnored), ("acknowledges-one-more", .acknowledgesOneMore),
        ("claims-forgotten-at-start", .claimsForgottenAtStart), ("escalation-lost", .escalationLost),
        ("hold-outlives-its-end", .holdOutlivesItsEnd), ("hold-without-points", .holdWithoutPoints),
        ("repeated-receipt-earns", .repeatedReceiptEarns), ("conflict-overlooked", .conflictOverlooked),
        ("return-keeps-earnings", .returnKeepsEarnings), ("returns-forgotten", .returnsForgotten),
        ("second-claim", .secondClaim), ("mailbox-forgotten", .mailboxForgotten),
        ("confirmed-before-answer", .confirmedBeforeAnswer), ("later-is-never", .laterIsNever),
        ("memory-not-told", .memoryNotTold), ("missing-number-hidden", .missingNumberHidden),
    ]
}
