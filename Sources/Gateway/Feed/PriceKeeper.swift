import Journal
import Locking
import Logging
import Retail

/// Puts prices in force whose time has come.
final class PriceKeeper: Sendable {
    /// Prices that one commit puts in force.
    private static let pricesPerCommit = 200

    private let journal: Journal
    private let intake: ChangeIntake
    private let clock: any WallClock
    private let log: Logger

    init(journal: Journal, intake: ChangeIntake, clock: any WallClock, log: Logger) {
        self.journal = journal
        self.intake = intake
        self.clock = clock
        self.log = log
    }

    /// Puts what is due in force, a piece at a time. Blocks; asked every second, it costs a look at an index.
    func passTime() {
        do {
            while let due = try journal.lookUp({ try $0.nextPriceAt() }), due <= clock.now() {
                try intake.commit { application in
                    for price in try application.transaction.pricesDue(
                        at: application.now, limit: Self.pricesPerCommit)
                    {
                        try application.apply(price)
                    }
                }
            }
        } catch {
            log.error("prices whose time has come could not be put in force", metadata: ["reason": "\(error)"])
        }
    }
}
