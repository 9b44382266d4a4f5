import TestSupport
import Testing

@testable import EventLoop

extension EventLoopTests {
    @Suite("The timer heap")
    struct TimerHeapTests {
        /// What ran, in order.
        final class Log {
            var numbers: [Int] = []
        }

        @Test("equal times run in the order of scheduling")
        func ties() {
            var heap = TimerHeap()
            let log = Log()
            for number in 0..<100 { _ = heap.insert(dueNanoseconds: 5) { log.numbers.append(number) } }
            let isEarly = heap.popDue(nowNanoseconds: 4) != nil
            #expect(!isEarly)
            while let work = heap.popDue(nowNanoseconds: 5) { work() }
            #expect(log.numbers == Array(0..<100))
        }

        @Test("any mix of scheduling, calling off and passing time gives what a sorted list gives")
        func againstModel() {
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            var heap = TimerHeap()
            let log = Log()
            var model: [(due: UInt64, number: Int)] = []
            var tokens: [Int: TimerToken] = [:]
            var now: UInt64 = 0
            for number in 0..<5_000 {
                switch random.next() % 4 {
                case 0, 1:
                    let due = now + random.next() % 1_000
                    model.append((due, number))
                    tokens[number] = heap.insert(dueNanoseconds: due) { log.numbers.append(number) }
                case 2:
                    guard let victim = model.indices.randomElement(using: &random) else { continue }
                    guard let token = tokens[model.remove(at: victim).number] else { continue }
                    let (first, second) = (heap.cancel(token), heap.cancel(token))
                    #expect(first && !second, "seed \(seed)")
                default:
                    now += random.next() % 100
                    let due = model.filter { $0.due <= now }.sorted { ($0.due, $0.number) < ($1.due, $1.number) }
                    model.removeAll { $0.due <= now }
                    log.numbers = []
                    while let work = heap.popDue(nowNanoseconds: now) { work() }
                    #expect(log.numbers == due.map(\.number), "seed \(seed)")
                }
                #expect(heap.count == model.count, "seed \(seed)")
                // Waking up for work that was called off would be waking up for nothing, again and again.
                #expect(heap.nextDueNanoseconds == model.map(\.due).min() ?? .max, "seed \(seed)")
            }
        }

        @Test("work that was called off does not pile up")
        func deadEntries() {
            var heap = TimerHeap()
            for number in 0..<10_000 {
                let token = heap.insert(dueNanoseconds: UInt64(1_000_000 + number)) {}
                heap.cancel(token)
            }
            #expect(heap.count == 0 && heap.entryCount < 200)
        }
    }
}
