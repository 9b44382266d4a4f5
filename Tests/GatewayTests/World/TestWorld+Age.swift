import TestSupport
import Testing

@testable import Gateway

extension TestWorld {
    /// Waits until upstream has confirmed everything that is queued.
    func isConfirmed() -> Bool {
        eventually { (try? journal.read { try $0.backlog().unsent }) == 0 }
    }

    /// Lets days pass, and a day before the end of them a gateway look at its clock, which it would not believe otherwise.
    func pass(days: Int) throws {
        let day = 86_400_000
        clock.advance(milliseconds: (days - 1) * day)
        let now = clock.now()
        try journal.perform { _ = try $0.seeClock(at: now) }
        clock.advance(milliseconds: day)
    }

    /// Runs passes of the retention until one finds nothing more; how many receipts are gone.
    func removeOldReceipts() throws -> Int {
        var removed = 0
        while true {
            let answer = Gathered<Int>()
            gateway.retention.pass { answer.add($0) }
            try #require(answer.wait(count: 1))
            guard let count = answer.all.first, count > 0 else { return removed }
            removed += count
        }
    }
}
