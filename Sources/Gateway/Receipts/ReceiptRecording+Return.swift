import Journal
import LineProtocol
import Loyalty
import Retail

extension ReceiptRecording {
    func original(_ transaction: JournalTransaction, _ marks: inout Set<ReceiptMark>) throws -> Original? {
        guard receipt.kind == .return else { return nil }
        guard let key = receipt.original, let stored = try transaction.receipt(key), stored.kind == .sale,
            let effects = stored.effects.flatMap({ ReceiptEffects($0) }),
            case let skus = stored.body.withUnsafeBytes({ soldSKUs($0) }), skus.count == effects.lines.count
        else {
            marks.insert(.originalUnknown)
            return nil
        }
        return Original(
            sequence: stored.sequence, key: key, customer: stored.customer, effects: effects, skus: skus)
    }

    func takeBack(
        _ original: Original, _ sequence: Int64, _ transaction: JournalTransaction, _ movement: inout Movement?,
        _ outcome: inout Outcome
    ) throws {
        var allocation = ReturnAllocation(
            effects: original.effects, skus: original.skus,
            returned: try transaction.returnedQuantities(receipt: original.sequence))
        for (index, line) in receipt.lines.enumerated() { try allocation.take(line, at: index) }
        for part in allocation.parts where !transaction.planted.contains(.returnsForgotten) {
            try transaction.addReturned(part.quantity, line: part.line, receipt: original.sequence)
        }
        guard let person = movement?.person, let buyer = original.customer else { return }
        let history = try transaction.movements(
            ofSale: original.sequence, key: original.key, customers: try transaction.lineage(of: buyer))
        var posting = try transaction.open(
            person.id, withLots: Set(history.compactMap(\.lot)), parts: bench.active.parts)
        posting.entries = try posting.account.points.takeBack(
            earned: transaction.planted.contains(.returnKeepsEarnings) ? 0 : allocation.earned, spent: allocation.spent,
            of: original.key, history: history, at: receivedAt,
            zone: bench.clock.zone)
        // What the sale added, line by line, whatever the till says that it paid back.
        posting.turnover = try Money.zero.subtracting(try allocation.paid ?? paid())
        let sale = PostingCause.Sale(sequence: original.sequence, key: original.key)
        let update = try bench.post(
            posting, of: person, PostingCause("return", receipt: sequence, original: sale, at: receivedAt), transaction)
        outcome.accounts.append(update)
        movement?.earned = -allocation.earned
        movement?.spent = -allocation.spent
        movement?.after = update.standing
    }

    private func paid() throws -> Money {
        do throws(QuoteError) {
            return try moneyPaid(receipt.lines, tenders: receipt.tenders)
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
    }
}

/// The products of a stored sale, line by line, read from the till's own text.
private func soldSKUs(_ body: UnsafeRawBufferPointer) -> [String] {
    // The text was read strictly when it came; what cannot be read now has no lines to return to.
    let read = try? withJSON(body) { receipt in
        receipt["lines"].map { lines in lines.elements.map { $0["sku"]?.string() ?? "" } }
    }
    return (read ?? nil) ?? []
}
