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

    /// What a website has acknowledged the first time is sent once more.
    package static let webhookSentTwice = PlantedFaults(rawValue: 1 << 18)
    /// A website's refusal is taken for its acknowledgement.
    package static let webhookStepSkipped = PlantedFaults(rawValue: 1 << 19)
    /// How far the feed came is written down before what it brought.
    package static let cursorBeforeChange = PlantedFaults(rawValue: 1 << 20)
    /// What upstream knew of a customer long ago replaces what it has said since.
    package static let olderRecordWins = PlantedFaults(rawValue: 1 << 21)
    /// A till waits for upstream's word on a customer for as long as it takes.
    package static let lookupWithoutDeadline = PlantedFaults(rawValue: 1 << 22)
    /// A basket that was sold can be sold again.
    package static let basketSoldTwice = PlantedFaults(rawValue: 1 << 23)
    /// An order can be picked beyond what it asks for.
    package static let pickedBeyondOrder = PlantedFaults(rawValue: 1 << 24)
    /// A website amends what it has not seen.
    package static let amendmentOverlooksVersion = PlantedFaults(rawValue: 1 << 25)
    /// Of two customers who become one, the points of the one who goes come along twice.
    package static let mergeDoublesPoints = PlantedFaults(rawValue: 1 << 26)
    /// Customers in memory do not learn that they have become one.
    package static let mergeNotTold = PlantedFaults(rawValue: 1 << 27)
    /// A correction takes goods off the shelves.
    package static let correctionMovesStock = PlantedFaults(rawValue: 1 << 28)
    /// Goods that were paid on the website stay on the books when they are handed over.
    package static let handoverKeepsStock = PlantedFaults(rawValue: 1 << 29)
    /// A device that was revoked goes on until it connects again.
    package static let revocationNoticedLate = PlantedFaults(rawValue: 1 << 30)

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
        ("webhook-sent-twice", .webhookSentTwice), ("webhook-step-skipped", .webhookStepSkipped),
        ("cursor-before-change", .cursorBeforeChange), ("older-record-wins", .olderRecordWins),
        ("lookup-without-deadline", .lookupWithoutDeadline), ("basket-sold-twice", .basketSoldTwice),
        ("picked-beyond-order", .pickedBeyondOrder), ("amendment-overlooks-version", .amendmentOverlooksVersion),
        ("merge-doubles-points", .mergeDoublesPoints), ("merge-not-told", .mergeNotTold),
        ("correction-moves-stock", .correctionMovesStock), ("handover-keeps-stock", .handoverKeepsStock),
        ("revocation-noticed-late", .revocationNoticedLate),
    ]
}
