import Journal
import LineProtocol
import Locking
import Logging
import Retail

/// What the people of each store should do next, and the apps that are told when it changes.
///
/// Nothing is kept but who watches and what they were told: tasks are read from orders and baskets each time.
final class TaskBoard: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    /// A connection whose app has asked for tasks.
    private struct Watcher {
        weak var session: Session?
        let store: String
        /// Who began to watch earlier is told earlier: the order must not be that of objects in memory.
        let number: Int64
        /// The tasks as they were told.
        var told: [OpenTask]
        /// When it was last told of a change.
        var toldAt = Instant.distantPast
    }

    /// Questions that may wait.
    private static let waitingMaximum = 1_000
    private static var intervalMilliseconds: Int64 { Int64(ProtocolLimits.tasksChangedIntervalMilliseconds) }

    private let journal: Journal
    private let stores: StoreDirectory
    private let clock: any WallClock
    private let log: Logger
    private let queue: BoundedQueue
    private let watchers = Mutex<[ObjectIdentifier: Watcher]>([:])
    private let hasWatchers = Atomic<Bool>(false)
    private let watchersMade = Atomic<Int64>(0)
    /// A look is on its way that has not begun to read.
    private let willLook = Atomic<Bool>(false)
    /// The stores that the next look is about; nil: all of them, because time has passed.
    private let touched = Mutex<Set<String>?>([])

    init(journal: Journal, stores: StoreDirectory, clock: any WallClock, log: Logger) {
        self.journal = journal
        self.stores = stores
        self.clock = clock
        self.log = log
        queue = BoundedQueue(label: "tasks", limit: Self.waitingMaximum, crew: journal.crew)
    }

    // MARK: TASKS

    /// Answers with a page of tasks; from then on the session is told when they change.
    func list(
        _ message: TaskList, for principal: Principal, on session: Session, completion: @escaping Completion
    ) throws(Refusal) {
        let after = message.after.map { OpenTask.Place(cursor: $0) }
        if case .some(nil) = after { throw .badField("after", "is not a cursor that a list has given") }
        try queue.run { [self] in
            let tasks: [OpenTask]
            do {
                tasks = try read(store: principal.store)
            } catch {
                return completion(.failure(Refusal(store: error)))
            }
            let rest = (after ?? nil).map { place in tasks.drop { $0.place <= place } } ?? tasks[...]
            let page = rest.prefix(message.limit)
            let texts = FloorTexts(principal.settings)
            let reply = TaskList.Reply(
                tasks: page.map { $0.message(texts) },
                next: page.count < rest.count ? page.last?.place.cursor : nil)
            watch(tasks, of: principal.store, by: session)
            completion(.success(reply.text))
        }
    }

    private func read(store: String) throws -> [OpenTask] {
        try journal.read { view in
            try view.openTasks(store: store, times: stores[store].orderTimes, at: clock.now())
        }
    }

    // MARK: Changes

    private func watch(_ tasks: [OpenTask], of store: String, by session: Session) {
        watchers.withLock { watchers in
            let id = ObjectIdentifier(session)
            // A session that is gone may have left its place to another.
            let known = watchers[id]?.session === session ? watchers[id]?.toldAt : nil
            let number = watchersMade.add(1, ordering: .relaxed).newValue
            watchers[id] = Watcher(
                session: session, store: store, number: number, told: tasks, toldAt: known ?? .distantPast)
        }
        hasWatchers.store(true, ordering: .releasing)
    }

    /// Something has been committed that may have changed tasks in these stores, or in all of them: those who watch are told
    /// soon.
    func touch(_ stores: Set<String>? = nil) {
        guard hasWatchers.load(ordering: .acquiring) else { return }
        touched.withLock { touched in
            if let stores { touched?.formUnion(stores) } else { touched = nil }
        }
        guard hasWatchers.load(ordering: .acquiring), !willLook.exchange(true, ordering: .acquiringAndReleasing) else {
            return
        }
        do {
            try queue.run { [self] in
                willLook.store(false, ordering: .releasing)
                look()
            }
        } catch {
            // The next second looks again.
            willLook.store(false, ordering: .releasing)
        }
    }

    /// Tells those who watch what has changed, also by time alone; once in a while, whatever happens in between.
    private func look() {
        let now = clock.now()
        let stores = touched.withLock { touched in
            defer { touched = [] }
            return touched
        }
        let waiting = watchers.withLock { watchers in
            watchers = watchers.filter { $0.value.session != nil }
            hasWatchers.store(!watchers.isEmpty, ordering: .releasing)
            // A clock that was put back must not silence anybody.
            return watchers.filter {
                guard stores?.contains($0.value.store) ?? true else { return false }
                return $0.value.toldAt > now || $0.value.toldAt.adding(milliseconds: Self.intervalMilliseconds) <= now
            }
        }
        let inOrder = waiting.sorted { $0.value.number < $1.value.number }
        for (store, ofStore) in Dictionary(grouping: inOrder, by: \.value.store).sorted(by: { $0.key < $1.key }) {
            let tasks: [OpenTask]
            do {
                tasks = try read(store: store)
            } catch {
                log.error("tasks could not be read", metadata: ["store": "\(store)", "reason": "\(error)"])
                continue
            }
            for (id, watcher) in ofStore where watcher.told != tasks { tell(tasks, to: id, at: now) }
        }
    }

    private func tell(_ tasks: [OpenTask], to id: ObjectIdentifier, at now: Instant) {
        let session = watchers.withLock { watchers in
            watchers[id]?.told = tasks
            watchers[id]?.toldAt = now
            return watchers[id]?.session
        }
        guard let session else { return }
        var counts: [TaskKind: Int] = [:]
        for task in tasks { counts[task.place.kind, default: 0] += 1 }
        let event = DeviceEvent(
            number: 0, name: "\(EventName.tasksChanged.name)", body: TasksChanged(counts: counts).text)
        session.executor.execute { session.send(event) }
    }
}
