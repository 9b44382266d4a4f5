import Crew
import Locking
import TestSupport
import Testing

@Suite("The machine's crew")
struct MachineCrewTests {
    private let crew = MachineCrew()

    @Test("lets everybody go who waits for a latch that opens, also later")
    func latch() {
        let latch = crew.latch()
        crew.begin("opener") { latch.open() }
        latch.wait()
        #expect(latch.isOpen)
        #expect(latch.wait(seconds: 20))
    }

    @Test("gives up before a latch that stays shut")
    func shutLatch() {
        #expect(!crew.latch().wait(seconds: 0))
    }

    @Test("takes a worker's next step at once when it does not want to rest, and ends after the last")
    func steps() {
        let steps = Atomic<Int>(0)
        let done = crew.employ("worker", waker: crew.waker()) {
            steps.add(1, ordering: .relaxed).newValue < 5 ? .none : .ended
        }
        done.waitForEnd()
        #expect(steps.load(ordering: .relaxed) == 5)
    }

    @Test("wakes a worker that was called in the middle of its step")
    func calledMeanwhile() {
        let waker = crew.waker()
        let steps = Atomic<Int>(0)
        let done = crew.employ("worker", waker: waker) {
            guard steps.add(1, ordering: .relaxed).newValue == 1 else { return .ended }
            waker.wake()
            return .untilCalled
        }
        #expect(done.waitForEnd(seconds: 20))
    }

    @Test("wakes a worker when its rest is over")
    func rest() {
        let steps = Atomic<Int>(0)
        let done = crew.employ("worker", waker: crew.waker()) {
            steps.add(1, ordering: .relaxed).newValue == 1 ? .milliseconds(1) : .ended
        }
        #expect(done.waitForEnd(seconds: 20))
    }

    @Test("does a queue's work in its order")
    func queue() {
        let queue = crew.queue("work")
        let done = Gathered<Int>()
        for number in 1...100 { queue.async { done.add(number) } }
        queue.sync {}
        #expect(done.all == Array(1...100))
    }
}
