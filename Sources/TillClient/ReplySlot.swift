import Locking

/// Where the answer to one request arrives, from the loop to whoever waits for it.
final class ReplySlot: Sendable {
    typealias Outcome = Result<[UInt8], TillClientError>

    private struct State {
        var outcome: Outcome?
        var waiting: [CheckedContinuation<Outcome, Never>] = []
        var whenFilled: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    /// Called when a task that waits is cancelled.
    private let onCancel: @Sendable (ReplySlot) -> Void

    init(onCancel: @escaping @Sendable (ReplySlot) -> Void) {
        self.onCancel = onCancel
    }

    /// The first outcome counts; later ones are dropped.
    func fill(_ outcome: Outcome) {
        let before = state.withLock { state in
            guard state.outcome == nil else { return State() }
            defer { state = State(outcome: outcome) }
            return state
        }
        for continuation in before.waiting { continuation.resume(returning: outcome) }
        before.whenFilled?()
    }

    /// Does something once there is an outcome, at once if there is one already.
    func whenFilled(_ work: @escaping @Sendable () -> Void) {
        let isFilled = state.withLock { state in
            if state.outcome == nil { state.whenFilled = work }
            return state.outcome != nil
        }
        if isFilled { work() }
    }

    /// The outcome, waited for if it is not there yet.
    func value() async throws(TillClientError) -> [UInt8] {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state in
                    if state.outcome == nil { state.waiting.append(continuation) }
                    return state.outcome
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            onCancel(self)
        }
        return try outcome.get()
    }
}
