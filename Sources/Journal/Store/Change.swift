import Crew
import Locking

/// A submitted change whose type the writer need not know.
protocol AnyChange: AnyObject, Sendable {
    /// Runs the change inside the open transaction; returns an error that concerns the store itself, not the change.
    func apply(in transaction: JournalTransaction) -> SQLError?
    /// Reports the result; `failure` replaces it when the commit did not happen.
    func complete(failure: JournalError?)
}

final class Change<Value: Sendable>: AnyChange, @unchecked Sendable {
    private let body: @Sendable (JournalTransaction) throws -> Value
    private let completion: @Sendable (Result<Value, any Error>) -> Void
    private var result: Result<Value, any Error> = .failure(JournalError.closed)

    init(
        body: @escaping @Sendable (JournalTransaction) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        self.body = body
        self.completion = completion
    }

    func apply(in transaction: JournalTransaction) -> SQLError? {
        do {
            try transaction.savepoint()
            do {
                result = .success(try body(transaction))
                try transaction.releaseSavepoint()
            } catch let error as SQLError where !error.isConstraint {
                return error
            } catch {
                // Only what this change wrote is undone; its neighbours in the commit keep theirs.
                try transaction.rollbackToSavepoint()
                result = .failure(error)
            }
            return nil
        } catch {
            return error
        }
    }

    func complete(failure: JournalError?) {
        if let failure {
            completion(.failure(failure))
        } else {
            completion(result)
        }
    }
}

/// Lets a thread that may wait stand still until a result is there.
final class Waiter<Value: Sendable>: Sendable {
    private let state = Mutex<Result<Value, any Error>?>(nil)
    private let latch: Latch

    init(_ crew: any Crew) { latch = crew.latch() }

    func fulfil(_ result: Result<Value, any Error>) {
        state.withLock { $0 = result }
        latch.open()
    }

    func wait() -> Result<Value, any Error> {
        latch.wait()
        // Nothing is there when a simulated world has come to its end meanwhile.
        return state.withLock { $0 } ?? .failure(JournalError.closed)
    }
}
