import Loyalty

/// The numbers of lots: ascending over all customers, taken from the store a block at a time.
///
/// A block that was taken and not used up when the process ends leaves a gap, which does no harm.
struct LotNumbers {
    /// How many numbers are taken at once: one write of the counter for so many lots.
    static let blockSize: Int64 = 1_024
    /// How many lots one change can need at most: a receipt's, a gift's and a return's.
    static let changeMaximum: Int64 = 16

    /// The first number that is free.
    var next: Int64 = 0
    /// The end of the block.
    var end: Int64 = 0
}

extension JournalTransaction {
    /// The number that the next lot gets.
    func nextLot() throws(SQLError) -> LotID {
        if numbers.lots.end - numbers.lots.next < LotNumbers.changeMaximum {
            let stored = try statement("SELECT next FROM counter WHERE name = 'lot'").first { $0.integer(0) } ?? 1
            let begin = max(numbers.lots.next, stored)
            try statement("INSERT OR REPLACE INTO counter (name, next) VALUES ('lot', ?)")
                .bind(begin + LotNumbers.blockSize).run()
            numbers.lots = LotNumbers(next: begin, end: begin + LotNumbers.blockSize)
        }
        return LotID(number: numbers.lots.next)
    }

    /// Notes the numbers that a posting has used.
    func advanceLots(to next: LotID) throws(SQLError) {
        precondition(next.number <= numbers.lots.end, "a change needs no more lots than were set aside")
        numbers.lots.next = max(numbers.lots.next, next.number)
    }
}
