import CScheduling
import Dispatch
import Foundation

/// The machine's own threads, queues, timers, ticks and dice.
package struct MachineCrew: Crew {
    /// The pieces of time that the threads of ``begin(_:_:)`` and ``employ(_:waker:step:)`` ask the kernel for. With long
    /// ones a loop that has something to do is let in before them, and when they give way they give up the whole of one.
    private static let sliceNanoseconds: UInt64 = 4_000_000

    /// There is only one machine.
    package init() {}

    package func queue(_ name: String, isConcurrent: Bool) -> any WorkQueue {
        MachineQueue(queue: DispatchQueue(label: name, attributes: isConcurrent ? .concurrent : []))
    }

    package func begin(_ name: String, _ work: @escaping @Sendable () -> Void) {
        let thread = Thread {
            shim_prefer_slices(Self.sliceNanoseconds)
            work()
        }
        thread.name = name
        thread.start()
    }

    package func waker() -> Waker { Waker() }

    package func latch() -> Latch { Latch() }

    package func employ(_ name: String, waker: Waker, step: @escaping @Sendable () -> Rest) -> Employment {
        let ended = latch()
        begin(name) {
            work: while true {
                switch step() {
                case .none: continue
                case .untilCalled: waker.wait()
                case .milliseconds(let rest): waker.wait(milliseconds: rest)
                case .ended: break work
                }
            }
            ended.open()
        }
        return Employment(ended: ended)
    }

    package func timeKeeper() -> any TimeKeeper { MachineTimeKeeper() }

    package func giveWay() { sched_yield() }

    package func milliseconds() -> Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }

    package func random() -> UInt64 { .random(in: .min ... .max) }
}

private struct MachineQueue: WorkQueue {
    let queue: DispatchQueue

    func async(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    func sync<Value>(_ work: () throws -> Value) rethrows -> Value { try queue.sync(execute: work) }
}

private final class MachineTimeKeeper: TimeKeeper, @unchecked Sendable {
    private let queue = DispatchQueue(label: "time")
    /// Touched on the queue only.
    private var timer: (any DispatchSourceTimer)?

    func start(everySeconds seconds: Int, _ body: @escaping @Sendable () -> Void) {
        queue.sync {
            let source = DispatchSource.makeTimerSource(queue: queue)
            source.schedule(deadline: .now() + .seconds(seconds), repeating: .seconds(seconds), leeway: .seconds(1))
            source.setEventHandler(handler: body)
            source.activate()
            timer = source
        }
    }

    func stop() {
        queue.sync {
            timer?.cancel()
            timer = nil
        }
    }
}
