import Crew
import Dispatch
import Glibc
import Locking
import Loyalty
import Retail
import TestSupport

@testable import Journal

/// A journal in a folder of its own.
final class JournalWorld {
    let folder: TemporaryFolder
    private(set) var journal: Journal

    init(
        folder: TemporaryFolder? = nil, hooks: JournalHooks = JournalHooks(), crew: any Crew = MachineCrew()
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        journal = try Journal.open(folder: folder.path, hooks: hooks, crew: crew)
    }

    deinit { journal.close() }

    /// Closes the journal and opens it again.
    func reopen() throws {
        journal.close()
        journal = try Journal.open(folder: folder.path)
    }

    static let beginning = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
}

/// Counts commits, lets them wait, and makes them fail.
final class CommitProbe: Sendable {
    struct Broken: Error {}

    let begun = Gathered<Bool>()
    let ended = Gathered<Bool>()
    private let gate = Mutex<Gate?>(nil)
    private let failures = Mutex(0)

    var hooks: JournalHooks {
        var hooks = JournalHooks()
        hooks.beforeCommit = { [self] in
            begun.add(true)
            gate.withLock { $0 }?.pass()
            let fails = failures.withLock { failures in
                defer { failures = max(0, failures - 1) }
                return failures > 0
            }
            if fails { throw Broken() }
        }
        hooks.afterCommit = { [self] in ended.add(true) }
        return hooks
    }

    /// Commits wait from now on until the gate is opened.
    func hold() -> Gate {
        let fresh = Gate()
        gate.withLock { $0 = fresh }
        return fresh
    }

    func letGo() { gate.withLock { $0 = nil } }

    func fail(times: Int) { failures.withLock { $0 = times } }
}

extension JournalTransaction {
    /// Adds a customer that is known by a card.
    func enrol(card: String) throws -> CustomerID {
        let id = try insertCustomer(CustomerProfile(), at: JournalWorld.beginning)
        try attach(.card(card), to: id)
        return id
    }

    /// Posts what a sale over one unit of money does to its customer.
    func buy(_ number: String, sequence: Int64, _ customer: CustomerID, earning points: Int64) throws {
        let key = ReceiptKey(store: "S1", till: "T01", shift: 1, number: number)
        var posting = try open(customer)
        posting.turnover = Money(minorUnits: 100)
        posting.purchases = 1
        posting.entries = try posting.account.points.earn(
            Grant(points: points, origin: .receipt, receipt: key, activeFrom: JournalWorld.beginning),
            at: JournalWorld.beginning)
        let sale = PostingCause.Sale(sequence: sequence, key: key)
        _ = try post(
            posting, PostingCause("sale", receipt: sequence, original: sale, at: JournalWorld.beginning))
    }

    /// What SQLite says to a question about the writer's connection.
    func setting(_ question: StaticString) throws -> String { try statement(question).first { $0.text(0) } ?? "" }

    /// Stores a receipt with an answer, and queues it.
    ///
    /// - Parameter padding: makes the receipt so many bytes longer.
    @discardableResult
    func storeReceipt(
        _ number: String, till: String = "T01", customer: CustomerID? = nil, padding: Int = 0
    ) throws -> Int64 {
        let key = ReceiptKey(store: "S1", till: till, shift: 1, number: number)
        let sequence = try nextReceiptSequence()
        try insert(
            NewReceipt(
                sequence: sequence, key: key, kind: .sale, customer: customer, total: Money(minorUnits: 100),
                receivedAt: JournalWorld.beginning,
                body: Array("{\"number\":\"\(number)\"\(String(repeating: " ", count: padding))}".utf8)),
            answer: Array("{}".utf8), effects: nil)
        try enqueueReceipt(sequence, key: key, at: JournalWorld.beginning)
        return sequence
    }
}
