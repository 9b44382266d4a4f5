import Dispatch

/// Does something again and again beside the work: what is due by the clock and asked for by nobody.
final class TimeKeeper: @unchecked Sendable {
    private let queue = DispatchQueue(label: "time")
    /// Touched on the queue only.
    private var timer: (any DispatchSourceTimer)?

    /// Calls `body` every so many seconds, one call at a time.
    func start(everySeconds seconds: Int, _ body: @escaping @Sendable () -> Void) {
        queue.sync {
            let source = DispatchSource.makeTimerSource(queue: queue)
            source.schedule(deadline: .now() + .seconds(seconds), repeating: .seconds(seconds), leeway: .seconds(1))
            source.setEventHandler(handler: body)
            source.activate()
            timer = source
        }
    }

    /// Ends it; returns when a call that is under way has ended.
    func stop() {
        queue.sync {
            timer?.cancel()
            timer = nil
        }
    }
}
