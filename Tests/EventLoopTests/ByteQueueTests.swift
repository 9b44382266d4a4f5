import TestSupport
import Testing

@testable import EventLoop

extension EventLoopTests {
    @Suite("The byte queue")
    struct ByteQueueTests {
        @Test("appending and dropping in any mix keeps the order, and an empty queue holds no block")
        func againstModel() {
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SeededGenerator(seed: seed)
            var (queue, pool, model) = (ByteQueue(), BufferPool(), [UInt8]())
            for _ in 0..<3_000 {
                if random.next() % 2 == 0 {
                    let count = Int(random.next() % (random.next() % 8 == 0 ? 70_000 : 500))
                    let added = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                    added.withUnsafeBytes { queue.append($0, pool: &pool) }
                    model += added
                } else {
                    let dropped = Int(random.next() % UInt64(model.count + 1))
                    queue.dropFirst(dropped, pool: &pool)
                    model.removeFirst(dropped)
                }
                #expect(queue.count == model.count, "seed \(seed)")
                #expect(queue.bytes.elementsEqual(model), "seed \(seed)")
                if model.isEmpty { #expect(queue.bytes.baseAddress == nil, "seed \(seed)") }
            }
            queue.removeAll(pool: &pool)
            #expect(pool.keptBytes <= BufferPool.keptBytesMaximum)
            pool.removeAll()
            #expect(pool.keptBytes == 0)
        }

        @Test(
            "blocks come in powers of two", arguments: [(1, 4_096), (4_096, 4_096), (4_097, 8_192), (100_000, 131_072)])
        func capacities(count: Int, capacity: Int) {
            #expect(BufferPool.capacity(for: count) == capacity)
        }
    }

    @Suite("Ticket keys")
    struct TicketKeyTests {
        @Test("a ticket is good for the period it was sealed in and the next")
        func rotation() {
            let period = TicketKeys.periodNanoseconds
            let keys = TicketKeys(nowNanoseconds: 10)
            let name = keys.sealing(nowNanoseconds: 10).name
            func isOld(_ now: UInt64) -> Bool? {
                name.withUnsafeBytes { keys.opening(name: $0, nowNanoseconds: now)?.isOld }
            }
            #expect(isOld(10 + period - 1) == false)
            #expect(isOld(10 + period) == true)
            #expect(keys.sealing(nowNanoseconds: 10 + period).name != name)
            #expect(isOld(10 + 2 * period) == nil)
            // Nobody came for days: the last key is as old as it gets.
            #expect(isOld(10 + 20 * period) == nil)
        }
    }

    @Suite("The connection census")
    struct CensusTests {
        private func peer(_ text: String, low: UInt64, isLoopback: Bool = false) -> PeerAddress {
            PeerAddress(text: text, isLoopback: isLoopback, isLocalSocket: false, host: HostKey(high: 0, low: low))
        }

        @Test("each address has its share, loopback is exempt, and who leaves makes room")
        func perAddress() {
            let census = ConnectionCensus(limits: ListenerLimits(connectionsMaximum: 5, perAddressMaximum: 2))
            let (till, other) = (peer("10.0.0.1:1", low: 1), peer("10.0.0.2:1", low: 2))
            let local = peer("127.0.0.1:1", low: 3, isLoopback: true)
            #expect(census.enter(till) == nil && census.enter(till) == nil)
            #expect(census.enter(till) == .tooManyFromAddress(limit: 2))
            #expect(census.enter(other) == nil)
            #expect(census.enter(local) == nil && census.enter(local) == nil)
            #expect(census.enter(local) == .tooManyConnections(limit: 5))
            census.leave(till)
            #expect(census.enter(till) == nil)
            #expect(census.total == 5)
        }
    }
}
