import Dispatch
import EventLoop
import Glibc
import Locking
import Testing

extension EventLoopTests {
    @Suite("A loop runs what it is given")
    struct LoopTests {
        @Test("work from many threads runs on the loop, each thread's in its order")
        func executeFromManyThreads() throws {
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            let seen = Mutex<[[Int]]>(Array(repeating: [], count: 8))
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for number in 0..<5_000 {
                    loop.execute {
                        loop.preconditionOnLoop()
                        seen.withLock { $0[thread].append(number) }
                    }
                }
            }
            try waitFor(loop)
            let expected = Array(0..<5_000)
            for thread in 0..<8 { #expect(seen.withLock { $0[thread] } == expected) }
        }

        @Test("work that gives new work is not forgotten")
        func nested() throws {
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            let done = Mailbox<Int>()
            @Sendable func step(_ left: Int) {
                if left == 0 { done.put(0) } else { loop.execute { step(left - 1) } }
            }
            step(1_000)
            #expect(try done.take() == 0)
        }

        @Test("timers run in the order of their time; those that were called off do not run")
        func timers() throws {
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            let order = Mailbox<Int>()
            loop.execute {
                var calledOff: [TimerToken] = []
                for delay in [30, 5, 20, 1, 10] {
                    loop.schedule(afterMilliseconds: delay) { order.put(delay) }
                    calledOff.append(loop.schedule(afterMilliseconds: delay) { order.put(-1) })
                }
                for token in calledOff { loop.cancel(token) }
            }
            for expected in [1, 5, 10, 20, 30] { #expect(try order.take() == expected) }
            try waitFor(loop)
            #expect(order.count == 0)
        }

        @Test("work that schedules itself again at once does not keep others waiting")
        func greedyTimer() throws {
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            @Sendable func again() {
                loop.schedule(afterMilliseconds: 0) { again() }
            }
            loop.execute { again() }
            for _ in 0..<10 { try waitFor(loop) }
        }

        @Test("a timer set directly on the queue runs, and not before its time")
        func timerFromTheQueue() throws {
            let loop = try EventLoop(label: "test")
            defer { loop.stop() }
            let done = Mailbox<UInt64>()
            let began = DispatchTime.now().uptimeNanoseconds
            loop.queue.async {
                loop.schedule(afterMilliseconds: 25) { done.put(DispatchTime.now().uptimeNanoseconds) }
            }
            #expect(try done.take() >= began + 25_000_000)
        }

        @Test("work given to a stopped loop still runs, and connecting from it fails cleanly")
        func afterStop() throws {
            let loop = try EventLoop(label: "test")
            let stopped = Mailbox<Bool>()
            loop.stop { stopped.put(true) }
            _ = try stopped.take()
            try waitFor(loop)
            let client = Recorder.sink()
            connect(to: .tcp("127.0.0.1", 9), on: loop, tls: nil, handler: client, deadlineMilliseconds: 1_000)
            #expect(try client.closed.take() == .loopStopped)
        }

        @Test("a stopped loop goes away")
        func release() throws {
            final class Witness: Sendable {
                let gone: Mailbox<Bool>
                init(_ gone: Mailbox<Bool>) { self.gone = gone }
                deinit { gone.put(true) }
            }
            let gone = Mailbox<Bool>()
            weak var seen: EventLoop?
            do {
                let loop = try EventLoop(label: "test")
                seen = loop
                let witness = Witness(gone)
                loop.execute { loop.schedule(afterMilliseconds: 60_000) { _ = witness } }
                try waitFor(loop)
                loop.stop()
                // What is scheduled too late is not kept, or it would keep the loop that it holds.
                loop.execute { loop.schedule(afterMilliseconds: 60_000) { _ = loop } }
            }
            #expect(try gone.take())
            // The sources' last work holds the loop for a moment.
            for _ in 0..<100_000 where seen != nil { sched_yield() }
            #expect(seen == nil)
        }

        @Test("a signal is work on a queue")
        func signals() throws {
            let arrived = Mailbox<Bool>()
            let watch = SignalWatch.onSignal(SIGUSR2, queue: DispatchQueue(label: "signals")) { arrived.put(true) }
            // Dispatch starts watching a moment later and ignores what came before.
            var hasArrived = false
            for _ in 0..<100 where !hasArrived {
                kill(getpid(), SIGUSR2)
                hasArrived = (try? arrived.take(withinMilliseconds: 50)) ?? false
            }
            #expect(hasArrived)
            watch.cancel()
        }
    }
}
