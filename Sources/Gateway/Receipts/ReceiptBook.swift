import Crew
import Journal
import LineProtocol
import Loyalty
import Retail

/// Records sales, returns and voids: durable before the answer, the same answer to the same receipt for as long as it is
/// kept, and never two receipts under one key.
final class ReceiptBook: Sendable {
    private let journal: Journal
    private let directory: CustomerDirectory
    private let programmes: Programmes
    private let promotionTotals: PromotionTotals
    private let products: ProductMemory
    private let clock: any WallClock
    private let orders: OrderDesk
    private let relayWaker: Waker

    init(
        journal: Journal, directory: CustomerDirectory, programmes: Programmes,
        promotionTotals: PromotionTotals, products: ProductMemory, clock: any WallClock, orders: OrderDesk,
        relayWaker: Waker
    ) {
        self.journal = journal
        self.directory = directory
        self.programmes = programmes
        self.promotionTotals = promotionTotals
        self.products = products
        self.clock = clock
        self.orders = orders
        self.relayWaker = relayWaker
    }

    /// Stores a receipt and completes with the answer's JSON object once the disk has it.
    ///
    /// - Parameters:
    ///   - text: the till's JSON object, byte for byte; it is what is kept and relayed.
    ///   - completion: runs on the writer's thread.
    func record(
        _ receipt: Receipt, text: [UInt8], by principal: Principal,
        completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        let recording = ReceiptRecording(
            receipt: receipt, text: text, principal: principal,
            bench: AccountBench(active: programmes.active, clock: principal.calendar.clock(at: clock.now())),
            orders: orders, products: products)
        journal.submit { transaction in
            try recording.run(in: transaction)
        } completion: { [self] result in
            switch result {
            case .success(let outcome):
                if !journal.planted.contains(.memoryNotTold) {
                    for account in outcome.accounts { directory.take(account) }
                }
                promotionTotals.add(outcome.promotionsUsed)
                orders.deliver(outcome.events)
                relayWaker.wake()
                if let conflict = outcome.conflict {
                    completion(.failure(conflict))
                } else {
                    completion(.success(outcome.answer))
                }
            case .failure(let error):
                completion(.failure(Refusal(store: error)))
            }
        }
    }

    /// Answers what became of a receipt. Asked of the writer, so that a receipt that is under way is stored by then; while
    /// the store takes no writes nothing is under way, and what was stored can be read.
    func status(of key: ReceiptKey, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        journal.submit { transaction in
            try Self.status(of: key, in: transaction)
        } completion: { [journal] result in
            var result = result
            if case .failure(JournalError.unavailable) = result {
                result = Result { try journal.lookUp { try Self.status(of: key, in: $0) } }
            }
            completion(result.mapError { Refusal(store: $0) })
        }
    }

    private static func status(of key: ReceiptKey, in view: JournalView) throws -> [UInt8] {
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        if let stored = try view.receipt(key) {
            writer.field("state", "stored")
            writer.field("verb", stored.kind.rawValue.uppercased())
            stored.answer.withUnsafeBytes { writer.field("reply", raw: $0) }
        } else {
            writer.field("state", "unknown")
        }
        writer.endObject()
        return Array(writer.bytes)
    }
}
