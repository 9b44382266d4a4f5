import Journal
import LineProtocol
import Loyalty
import Retail

/// Puts points aside for receipts to come, gives them back, and lets time and people change accounts.
final class PointsDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// Accounts that one change of the journal brings up to date, so that receipts do not wait behind a day's expiries.
    private static let accountsPerPass = 128

    private let journal: Journal
    private let directory: CustomerDirectory
    private let programmes: Programmes
    private let clock: any WallClock

    init(journal: Journal, directory: CustomerDirectory, programmes: Programmes, clock: any WallClock) {
        self.journal = journal
        self.directory = directory
        self.programmes = programmes
        self.clock = clock
    }

    // MARK: Holds

    /// HOLD: keeps points for a receipt to come; a hold for the same receipt is replaced.
    func hold(_ message: HoldRequest, by principal: Principal, completion: @escaping Completion) throws(Refusal) {
        let key = try Self.key(message.key(store: principal.store, device: principal.device), of: principal)
        let bench = AccountBench(active: programmes.active, clock: principal.calendar.clock(at: clock.now()))
        journal.submit { transaction -> ([AccountUpdate], [UInt8]) in
            try Self.requireOpen(key, transaction)
            guard let person = try transaction.person(message.customer) else { throw Refusal.unknownCustomer }
            var touched: [AccountUpdate] = []
            // A hold belongs to one receipt, and a receipt to one customer.
            if let other = try transaction.holder(of: key, at: bench.clock.now), other != person.id {
                touched.append(try bench.release(key, of: other, transaction).update)
            }
            let end = bench.programme(of: person).lotTerms.holdEnd(bench.clock.now)
            let update = try bench.change(person, PostingCause("hold", at: bench.clock.now), transaction) { posting in
                let later: Int64 = transaction.planted.contains(.holdOutlivesItsEnd) ? 3_600_000 : 0
                do throws(PointsError) {
                    posting.entries = try posting.account.points.hold(
                        message.points, for: key, until: end.adding(milliseconds: later), at: bench.clock.now)
                } catch {
                    if transaction.planted.contains(.holdWithoutPoints) { return }
                    throw Refusal(error)
                }
            }
            let reply = HoldReply(
                hold: HoldIdentity(key).text, points: message.points, expiresAt: end,
                available: update.standing.available)
            return (touched + [update], reply.text)
        } completion: { [directory] result in
            completion(
                result.mapError { Refusal(store: $0) }.map { updates, reply in
                    for update in updates { directory.take(update) }
                    return reply
                })
        }
    }

    /// RELEASE: the points of a receipt's hold can be spent again.
    func release(
        _ message: ReleaseRequest, by principal: Principal, completion: @escaping Completion
    ) throws(Refusal) {
        let key = try Self.key(message.key(store: principal.store, device: principal.device), of: principal)
        let bench = AccountBench(active: programmes.active, clock: principal.calendar.clock(at: clock.now()))
        journal.submit { transaction -> (AccountUpdate?, [UInt8]) in
            try Self.requireOpen(key, transaction)
            guard let holder = try transaction.holder(of: key, at: bench.clock.now) else {
                return (nil, ReleaseReply(released: 0).text)
            }
            let (update, released) = try bench.release(key, of: holder, transaction)
            return (update, ReleaseReply(released: released).text)
        } completion: { [directory] result in
            completion(
                result.mapError { Refusal(store: $0) }.map { update, reply in
                    if let update { directory.take(update) }
                    return reply
                })
        }
    }

    /// A till speaks of its own receipts; an app names the till.
    private static func key(_ key: ReceiptKey, of principal: Principal) throws(Refusal) -> ReceiptKey {
        guard principal.role != .register || key.till == principal.device else {
            throw Refusal(.forbidden, "a till holds points for its own receipts only")
        }
        return key
    }

    private static func requireOpen(_ key: ReceiptKey, _ transaction: JournalTransaction) throws {
        guard try transaction.receipt(key) != nil else { return }
        var refusal = Refusal(.badState, "the receipt \(key.text) is stored already")
        refusal.state = "committed"
        throw refusal
    }

    // MARK: Gifts

    /// Gives the points of a birthday, once for each birthday; completes in any case, because no one is kept waiting
    /// for a gift.
    func giveBirthdayGift(
        to customer: CustomerID, by principal: Principal, completion: @escaping @Sendable () -> Void
    ) {
        let bench = AccountBench(active: programmes.active, clock: principal.calendar.clock(at: clock.now()))
        journal.submit { transaction -> AccountUpdate? in
            guard let person = try transaction.person(customer) else { return nil }
            return try bench.change(person, PostingCause("birthday", at: bench.clock.now), transaction) { posting in
                try bench.giveBirthdayGift(to: person, &posting)
            }
        } completion: { [directory] result in
            if case .success(let update?) = result { directory.take(update) }
            completion()
        }
    }

    // MARK: Time

    /// Writes down what time has done: lots whose last day is over burn, holds that have ended go. Finds the accounts by
    /// the time of the change and never looks at the others; goes on until nothing is due.
    func passTime(calendar: StoreCalendar, completion: @escaping @Sendable (Result<Int, Refusal>) -> Void) {
        let bench = AccountBench(active: programmes.active, clock: calendar.clock(at: clock.now()))
        journal.submit { transaction -> [AccountUpdate] in
            let due = try transaction.accountsDue(at: bench.clock.now, limit: Self.accountsPerPass)
            return try due.compactMap { customer in
                guard let person = try transaction.person(customer) else { return nil }
                return try bench.change(person, PostingCause("time", at: bench.clock.now), transaction) { posting in
                    posting.entries = posting.account.points.settle(at: bench.clock.now)
                }
            }
        } completion: { [self] result in
            switch result {
            case .failure(let error): completion(.failure(Refusal(store: error)))
            case .success(let updates):
                for update in updates { directory.take(update) }
                // What holds keep from burning stays due: it is no reason to look again at once.
                guard updates.contains(where: \.hasChanged) else { return completion(.success(updates.count)) }
                passTime(calendar: calendar) { rest in completion(rest.map { $0 + updates.count }) }
            }
        }
    }

    // MARK: Merges

    /// CUSTOMER_MERGE: makes one customer of two; both ids go on working.
    func merge(_ message: CustomerMerge, calendar: StoreCalendar, completion: @escaping Completion) {
        let bench = AccountBench(active: programmes.active, clock: calendar.clock(at: clock.now()))
        journal.submit { transaction -> (CustomerRecord, CustomerID, [UInt8]) in
            let gone = try Self.person(message.customer, "customer_id", transaction)
            let survivor = try Self.person(message.into, "into", transaction)
            var moved = 0
            if gone == survivor {
                // Merging again is answered again; merging somebody with themselves is a mistake.
                guard message.customer != message.into, gone != message.customer else {
                    throw Refusal.badField("into", "is the same customer")
                }
            } else {
                // Whoever is behind an id that has gone already is not the one who was meant.
                guard gone == message.customer else {
                    throw Refusal.badField("customer_id", "was merged into \(gone.text) already")
                }
                moved = try transaction.merge(gone, into: survivor, at: bench.clock.now).identifiers
            }
            guard let record = try transaction.customer(survivor) else { throw Refusal.unknownCustomer }
            var points = record.account.points
            _ = points.settle(at: bench.clock.now)
            let reply = CustomerMergeReply(
                customer: survivor, merged: message.customer,
                points: CustomerMergeReply.Points(
                    available: points.available(at: bench.clock.now), held: points.held(at: bench.clock.now),
                    pending: points.pending(at: bench.clock.now), debt: points.debt),
                identifiers: moved)
            return (record, gone, reply.text)
        } completion: { [directory, journal] result in
            completion(
                result.mapError { Refusal(store: $0) }.map { record, gone, reply in
                    let isTold = gone != record.id && !journal.planted.contains(.mergeNotTold)
                    if isTold { directory.setMerged(gone, into: record) }
                    return reply
                })
        }
    }

    private static func person(
        _ id: CustomerID, _ field: String, _ transaction: JournalTransaction
    ) throws -> CustomerID {
        if let survivor = try transaction.survivor(of: id) { return survivor }
        var refusal = Refusal(.unknownCustomer, "\(field) names no customer")
        refusal.field = field
        throw refusal
    }
}

extension Refusal {
    /// Why points cannot be held.
    init(_ error: PointsError) {
        switch error {
        case .notEnough(let available):
            self = .badField("points", "more than available")
            self.available = available
        case .notPositive: self = .badField("points", "is not more than zero")
        case .overflow: self = .badField("points", "the balance would not fit into 64 bits")
        case .lotInBoth(let lot): self = Refusal(.internal, "both customers have the lot \(lot.number)")
        }
    }
}
