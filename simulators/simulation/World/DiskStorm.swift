import FaultyDisk

/// The disk's bad times: calls that fail, and the moment in the middle of one at which the process ends.
final class DiskStorm: @unchecked Sendable {
    /// Calls that failed.
    private(set) var faults = 0
    /// Images with writes that are torn.
    var torn = 0
    /// No further faults.
    private(set) var isOver = false
    private var dice: Dice
    private let oneIn: Int?
    private var badUntil: Int64 = 0
    private var callsLeft = 0
    private var strikes: (() -> Void)?

    init(dice: Dice, oneIn: Int?) {
        self.dice = dice
        self.oneIn = oneIn
    }

    func end() {
        isOver = true
        strikes = nil
    }

    /// Bad times begin.
    func toggle(until: Int64) { badUntil = until }

    /// Calls somebody in the middle of one of the next calls.
    func strike(afterCalls calls: Int, _ body: @escaping () -> Void) {
        callsLeft = calls
        strikes = body
    }

    func judge(_ step: FaultyDisk.Step, at now: Int64, _ trace: Trace) -> FaultyDisk.Fault? {
        guard !isOver, step.call != .lock else { return nil }
        if step.call != .open, let body = strikes {
            callsLeft -= 1
            if callsLeft <= 0 {
                strikes = nil
                faults += 1
                body()
                return .error(Codes.writeFailed)
            }
        }
        guard let oneIn, now < badUntil, dice.chance(oneIn) else { return nil }
        guard let fault = fault(of: step) else { return nil }
        faults += 1
        trace.note("the disk fails: \(step.call) of \(step.file): \(fault)")
        return fault
    }

    private func fault(of step: FaultyDisk.Step) -> FaultyDisk.Fault? {
        switch step.call {
        case .open, .lock, .delete: nil
        case .sync: dice.pick([.error(Codes.syncFailed), .syncForgotten, .syncReverted])
        case .truncate: .error(Codes.truncateFailed)
        case .write:
            dice.chance(2)
                ? .error(dice.chance(2) ? Codes.full : Codes.writeFailed)
                : .shortWrite(bytes: dice.number(1...400), Codes.writeFailed)
        }
    }
}
