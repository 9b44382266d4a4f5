import Locking
import TestSupport
import Upstream

/// An upstream that sends down what the test has written, and fails when it is told to.
final class ScriptedSource: ChangeSource, CustomerSource {
    private struct State {
        var description = "scripted"
        var changes: [String] = []
        var snapshot: [String] = []
        var complete: [String] = []
        /// Where changes go on after the snapshot.
        var snapshotCursor = 0
        /// Cursors below are too old.
        var oldest = 0
        /// Changes per page at most, whatever was asked for.
        var pageMaximum = Int.max
        var failures: [SourceFailure] = []
        var customers: [String: CustomerAnswer] = [:]
        var gate: Gate?
        /// A page is answered with so many changes of the one before in front.
        var repeated = 0
        /// Answers in place of the script's, until there are none.
        var pages: (@Sendable (String) -> ChangePage?)?
        var snapshots: (@Sendable (String?) -> SnapshotPage)?
    }

    private let state = Mutex(State())
    /// Each question, in words.
    let questions = Gathered<String>()

    var description: String { state.withLock { $0.description } }

    /// It is another upstream from now on.
    func rename(_ name: String) { state.withLock { $0.description = name } }

    /// Changes that come after those before.
    func add(_ changes: String...) { state.withLock { $0.changes += changes } }

    func add(all changes: [String]) { state.withLock { $0.changes += changes } }

    /// What a snapshot says from now on; changes go on behind it.
    func setSnapshot(_ changes: [String], complete: [String] = []) {
        state.withLock { state in
            state.snapshot = changes
            state.snapshotCursor = state.changes.count
            state.complete = complete
        }
    }

    /// Cursors from before are too old, and what they have not seen is told by snapshots only.
    func forget() {
        state.withLock { state in
            state.oldest = state.changes.count + 1
            state.snapshotCursor = state.changes.count
        }
    }

    func limitPages(to count: Int) { state.withLock { $0.pageMaximum = count } }

    /// Pages overlap: each begins with the last changes of the one before.
    func repeatChanges(_ count: Int) { state.withLock { $0.repeated = count } }

    /// Answers every question for changes from now on, nil that the cursor is too old; without an answer all is as ever.
    func answerPages(with answer: (@Sendable (String) -> ChangePage?)?) {
        state.withLock { state in
            state.pages = answer
            state.snapshots = nil
        }
    }

    /// Answers every question for a page of the snapshot from now on.
    func answerSnapshots(with answer: @escaping @Sendable (String?) -> SnapshotPage) {
        state.withLock { $0.snapshots = answer }
    }

    /// The next questions fail.
    func fail(_ failures: SourceFailure...) { state.withLock { $0.failures += failures } }

    func changes(after cursor: String, limit: Int, waitMilliseconds: Int) throws(SourceFailure) -> ChangePage {
        questions.add("changes \(cursor) \(limit)")
        let page: Result<ChangePage, SourceFailure> = state.withLock { state in
            if !state.failures.isEmpty { return .failure(state.failures.removeFirst()) }
            if let answer = state.pages { return answer(cursor).map { .success($0) } ?? .failure(.startAgain) }
            guard let place = Int(cursor), place >= state.oldest || place == state.changes.count,
                place <= state.changes.count
            else { return .failure(.startAgain) }
            let end = min(state.changes.count, place + min(limit, state.pageMaximum))
            let start = max(0, place - state.repeated)
            return .success(
                ChangePage(
                    changes: end == place ? [] : state.changes[start..<end].map { Array($0.utf8) }, cursor: "\(end)",
                    hasMore: end < state.changes.count))
        }
        return try page.get()
    }

    func snapshot(page: String?, limit: Int) throws(SourceFailure) -> SnapshotPage {
        questions.add("snapshot \(page ?? "-") \(limit)")
        let result: Result<SnapshotPage, SourceFailure> = state.withLock { state in
            if !state.failures.isEmpty { return .failure(state.failures.removeFirst()) }
            if let answer = state.snapshots { return .success(answer(page)) }
            guard let start = Int(page ?? "0"), start <= state.snapshot.count else { return .failure(.startAgain) }
            let end = min(state.snapshot.count, start + min(limit, state.pageMaximum))
            let changes = state.snapshot[start..<end].map { Array($0.utf8) }
            let next: SnapshotPage.Next =
                end < state.snapshot.count
                ? .page("\(end)") : .changes(cursor: "\(state.snapshotCursor)", complete: state.complete)
            return .success(SnapshotPage(changes: changes, next: next))
        }
        return try result.get()
    }

    // MARK: Single customers

    /// Whom upstream knows by an identifier, from now on.
    func know(_ kind: String, _ value: String, _ body: String, at: String = "2026-11-01T00:00:00Z") {
        state.withLock { $0.customers[kind + value] = .found(Array(#"{"at":"\#(at)","body":\#(body)}"#.utf8)) }
    }

    func answer(_ kind: String, _ value: String, with answer: CustomerAnswer) {
        state.withLock { $0.customers[kind + value] = answer }
    }

    /// Questions for customers wait at a gate.
    func hold() -> Gate {
        let gate = Gate()
        state.withLock { $0.gate = gate }
        return gate
    }

    func letGo() { state.withLock { $0.gate = nil } }

    func customer(kind: String, value: String, deadlineMilliseconds: Int) -> CustomerAnswer {
        questions.add("customer \(kind)")
        state.withLock { $0.gate }?.pass()
        return state.withLock { $0.customers[kind + value] } ?? .unknown
    }

    func stop() {}
}
