import Journal
import LineProtocol
import Retail

/// Opens and closes shifts of tills, and tells at the end of the day which receipts have not arrived.
///
/// Receipts need no shift: one that comes before it was opened or after it was closed is stored like any other.
final class ShiftDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    private let orders: OrderDesk
    private let clock: any WallClock

    /// - Parameter orders: changes the journal and wakes the relay.
    init(orders: OrderDesk, clock: any WallClock) {
        self.orders = orders
        self.clock = clock
    }

    /// SHIFT_OPEN: stored, and on its way upstream. The same again is answered as the first time.
    func open(_ message: ShiftOpen, text: [UInt8], by principal: Principal, completion: @escaping Completion) {
        let key = ShiftKey(store: principal.store, till: principal.device, shift: message.shift)
        let now = clock.now()
        orders.change(completion) { transaction in
            let known = try transaction.shift(key)
            if let opened = known?.opened {
                guard isSameMessage(opened.body, text) else {
                    throw Refusal.conflict("opening", key: key.text, receivedAt: opened.at)
                }
                return (opened.answer, [])
            }
            guard known == nil else { throw Self.badState("closed", "the shift was closed") }
            var figures = ShiftFigures(try transaction.sums(of: key))
            figures.byKind = nil
            let answer = ShiftReply(
                shift: message.shift, state: .open, receivedAt: now, figures: figures,
                marks: Self.isClockOff(message.at, now) ? [.clock] : []
            ).text
            try transaction.openShift(key, body: text, answer: answer, at: now)
            try Self.enqueue("opened", key, answer: answer, text: text, at: now, transaction)
            return (answer, [])
        }
    }

    /// SHIFT_CLOSE: stored, compared with what the gateway has, and on its way upstream. The same again is told what is
    /// missing by then: a till sends that and asks until nothing is.
    func close(_ message: ShiftClose, text: [UInt8], by principal: Principal, completion: @escaping Completion) {
        let key = ShiftKey(store: principal.store, till: principal.device, shift: message.shift)
        let now = clock.now()
        orders.change(completion) { transaction in
            let known = try transaction.shift(key)
            if let closed = known?.closed, !isSameMessage(closed.body, text) {
                throw Refusal.conflict("closing", key: key.text, receivedAt: closed.at)
            }
            let figures = ShiftFigures(try transaction.sums(of: key))
            guard known != nil || figures.receipts > 0 else {
                throw Self.badState("unknown", "the shift was never opened and has no receipt")
            }
            var comparison = ShiftComparison(message, figures)
            if let named = message.numbers?.numbers {
                let isHidden = transaction.planted.contains(.missingNumberHidden)
                comparison.compare(
                    isHidden ? named.dropLast() : named, stored: try transaction.receiptNumbers(of: key),
                    awaited: known?.closed == nil ? nil : try transaction.missingNumbers(of: key))
            }
            let receivedAt = known?.closed?.at ?? now
            let answer = comparison.reply(receivedAt: receivedAt, isClockOff: Self.isClockOff(message.at, receivedAt))
                .text
            if known?.closed == nil {
                try transaction.closeShift(key, body: text, missing: comparison.missing?.numbers, at: now)
                try Self.enqueue("closed", key, answer: answer, text: text, at: now, transaction)
            }
            return (answer, [])
        }
    }

    /// Notes, in the transaction that stores a receipt, that it has arrived. When it is the last that a closed shift has
    /// waited for, upstream is told that the shift is whole.
    static func receiptArrived(_ key: ReceiptKey, at now: Instant, _ transaction: JournalTransaction) throws {
        guard try transaction.noteArrival(key, at: now) else { return }
        let shift = key.shiftKey
        let writer = ByteWriter(capacity: 512)
        writer.beginObject()
        writer.field("store", shift.store)
        writer.field("till", shift.till)
        writer.field("shift", shift.shift)
        writer.field("completed_at", now)
        writer.name("gateway")
        writer.beginObject()
        ShiftFigures(try transaction.sums(of: shift)).writeMembers(to: writer)
        writer.endObject()
        writer.endObject()
        try enqueue("completed", shift, body: Array(writer.bytes), at: now, transaction)
    }

    /// What upstream is told: the till's own members as they came, and the gateway's beside them, as with receipts.
    private static func enqueue(
        _ step: String, _ key: ShiftKey, answer: [UInt8], text: [UInt8], at now: Instant,
        _ transaction: JournalTransaction
    ) throws {
        let writer = ByteWriter(capacity: text.count + answer.count + 128)
        writer.beginObject()
        writer.field("store", key.store)
        writer.field("till", key.till)
        writer.field("received_at", now)
        answer.withUnsafeBytes { writer.field("gateway", raw: $0) }
        text.withUnsafeBytes { writer.rawMembers(ofObject: $0) }
        writer.endObject()
        try enqueue(step, key, body: Array(writer.bytes), at: now, transaction)
    }

    private static func enqueue(
        _ step: String, _ key: ShiftKey, body: [UInt8], at now: Instant, _ transaction: JournalTransaction
    ) throws {
        // A receipt's id has a number where this one has a word: the two are never the same.
        try transaction.enqueue(
            type: "shift.\(step)", id: "\(key.store)/\(key.till)/shift/\(key.shift)/\(step)",
            stream: "\(key.store)/\(key.till)", body: body, at: now)
    }

    private static func isClockOff(_ at: Instant, _ receivedAt: Instant) -> Bool {
        abs(receivedAt.millisecondsSinceEpoch - at.millisecondsSinceEpoch)
            > Int64(ProtocolLimits.clockDifferenceMilliseconds)
    }

    private static func badState(_ state: String, _ message: String) -> Refusal {
        var refusal = Refusal(.badState, message)
        refusal.state = state
        return refusal
    }
}

/// What a till says of its shift beside what the gateway has of it.
struct ShiftComparison {
    let claim: ShiftClose
    let figures: ShiftFigures
    /// Numbers that the till has named and whose receipts have not come; nil when it has named none.
    private(set) var missing: ReceiptNumbers?
    /// Numbers that the gateway has and the till has not named; nil when it has named none.
    private(set) var unexpected: ReceiptNumbers?
    /// Receipts that the till has named, that have come and that are not kept any more.
    private var removed = 0

    init(_ claim: ShiftClose, _ figures: ShiftFigures) {
        self.claim = claim
        self.figures = figures
    }

    /// Compares number by number.
    ///
    /// - Parameters:
    ///   - numbers: what the till has named, each once.
    ///   - stored: what is kept.
    ///   - awaited: what was missing when the shift was closed and has not come since; nil when it is closed only now. What is
    ///     neither kept nor awaited has come and was removed since: sent again it would be taken for a new receipt.
    mutating func compare(_ numbers: [String], stored: [String], awaited: [String]?) {
        let named = Set(numbers)
        let unnamed = stored.filter { !named.contains($0) }
        unexpected = ReceiptNumbers(unnamed)
        if let awaited {
            missing = ReceiptNumbers(awaited)
        } else {
            let stored = Set(stored)
            missing = ReceiptNumbers(numbers.filter { !stored.contains($0) })
        }
        removed = numbers.count - (missing?.numbers.count ?? 0) - (stored.count - unnamed.count)
    }

    func reply(receivedAt: Instant, isClockOff: Bool) -> ShiftReply {
        var marks: Set<ShiftMark> = isClockOff ? [.clock] : []
        // Where receipts were removed, the figures of those that are left say nothing about the till's.
        if removed <= 0 {
            if let receipts = claim.receipts, receipts != figures.receipts { marks.insert(.receipts) }
            if let total = claim.total, total != figures.total { marks.insert(.total) }
        }
        let differing = (missing?.numbers.count ?? 0) + (unexpected?.numbers.count ?? 0)
        if differing > 0 { marks.insert(.numbers) }
        return ShiftReply(
            shift: claim.shift, state: .closed, receivedAt: receivedAt, figures: figures,
            missing: missing.map { ShiftDifference($0) }, unexpected: unexpected.map { ShiftDifference($0) },
            marks: ShiftMark.allCases.filter(marks.contains))
    }
}

extension ShiftFigures {
    /// The figures of a shift. Sums that leave the protocol's range of money stand at its end: no shop has them, and a till
    /// that writes such totals must not stop the others.
    init(_ sums: [ShiftSum]) {
        var net: Int128 = 0
        var byKind: [ReceiptKind: Kind] = [:]
        for kind in ReceiptKind.allCases { byKind[kind] = Kind() }
        for sum in sums {
            byKind[sum.kind] = Kind(receipts: sum.receipts, total: Self.money(sum.total))
            switch sum.kind {
            case .sale, .correction: net += sum.total
            case .return: net -= sum.total
            case .void: break
            }
        }
        self.init(receipts: sums.reduce(0) { $0 + $1.receipts }, total: Self.money(net), byKind: byKind)
    }

    private static func money(_ sum: Int128) -> Money {
        let limit = Int128(ProtocolLimits.moneyMinorUnits)
        return Money(minorUnits: Int64(truncatingIfNeeded: min(max(sum, -limit), limit)))
    }
}
