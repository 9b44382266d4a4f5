import TestSupport
import Testing
import Upstream

@Suite("Pauses between attempts")
struct BackoffTests {
    @Test("pauses double from half a second to a minute, each a quarter off at most", arguments: 1...50)
    func growth(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var backoff = Backoff()
        for expected in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000] {
            let pause = backoff.pause(using: &generator)
            #expect((expected * 3 / 4...expected * 5 / 4).contains(pause), "seed \(seed)")
        }
    }

    @Test("gateways that failed together do not come back together")
    func jitter() {
        let pauses = (1...20).map { (seed: UInt64) -> Int in
            var generator = SeededGenerator(seed: seed)
            var backoff = Backoff()
            return backoff.pause(using: &generator)
        }
        #expect(Set(pauses).count > 10)
    }

    @Test("after a success it begins again")
    func reset() {
        var generator = SeededGenerator(seed: 1)
        var backoff = Backoff()
        for _ in 1...10 { _ = backoff.pause(using: &generator) }
        backoff.reset()
        #expect(backoff.pause(using: &generator) <= 625)
    }

    @Test("never earlier than the upstream asked, and never earlier than its own pause", arguments: 1...50)
    func retryAfter(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var backoff = Backoff()
        #expect((20_000...20_125).contains(backoff.pause(retryAfterMilliseconds: 20_000, using: &generator)))
        #expect(backoff.pause(retryAfterMilliseconds: 1, using: &generator) >= 750, "seed \(seed)")
    }
}
