import LineProtocol
import TestSupport
import Testing

@testable import TillClient

@Suite("Request table")
struct RequestTableTests {
    private func request(_ text: String = "{}", repeats: Bool = true) -> OutgoingRequest {
        OutgoingRequest(verb: .sale, body: Array(text.utf8), isRepeatable: repeats)
    }

    private func table(requests: Int, capacity: Int = 100, pipeline: Int = 64) -> RequestTable {
        var table = RequestTable(capacity: capacity, pipelineLimit: pipeline)
        for _ in 0..<requests { _ = table.add(request()) }
        return table
    }

    private func sendAll(_ table: inout RequestTable, at now: UInt64 = 0) -> [UInt64] {
        var numbers: [UInt64] = []
        while let next = table.takeNext(nowNanoseconds: now) { numbers.append(next.number) }
        return numbers
    }

    @Test("requests go out in the order in which they were made")
    func order() {
        var table = table(requests: 3)
        #expect(sendAll(&table) == [1, 2, 3])
    }

    @Test("no more are under way than the pipeline takes, and an answer makes room for one")
    func pipeline() {
        var table = table(requests: 5, pipeline: 2)
        #expect(sendAll(&table) == [1, 2])
        #expect(table.finish(2) == true)
        #expect(sendAll(&table) == [3])
    }

    @Test("a full table takes nothing more until something is answered")
    func capacity() {
        var table = table(requests: 2, capacity: 2)
        #expect(table.add(request()) == nil)
        _ = sendAll(&table)
        #expect(table.finish(1) == true)
        #expect(table.add(request()) == 3)
    }

    @Test("after a lost connection everything unanswered goes out again, the oldest first")
    func connectionLost() {
        var table = table(requests: 4, pipeline: 3)
        #expect(sendAll(&table) == [1, 2, 3])
        #expect(table.finish(2) == true)
        let lost = table.connectionLost()
        #expect(lost.repeated == 2)
        #expect(table.underWayCount == 0)
        #expect(sendAll(&table) == [1, 3, 4])
    }

    @Test("what is not repeatable is gone with its connection, unless it had not been sent")
    func notRepeatable() {
        var table = RequestTable(capacity: 9, pipelineLimit: 1)
        _ = table.add(request(repeats: false))
        _ = table.add(request(repeats: false))
        #expect(sendAll(&table) == [1])
        #expect(table.connectionLost().dropped == [1])
        #expect(sendAll(&table) == [2])
    }

    @Test("a request that was given up keeps its place in the pipeline until its late answer, which is for nobody")
    func abandoned() {
        var table = table(requests: 2, pipeline: 1)
        #expect(sendAll(&table) == [1])
        table.abandon(1)
        #expect(sendAll(&table) == [])
        #expect(table.finish(1) == false)
        #expect(sendAll(&table) == [2])
    }

    @Test("a request that was given up is not sent again on the next connection")
    func abandonedAndLost() {
        var table = table(requests: 2, pipeline: 2)
        _ = sendAll(&table)
        table.abandon(1)
        _ = table.connectionLost()
        #expect(sendAll(&table) == [2])
    }

    @Test("a request that waits can be given up, and is never sent")
    func abandonedBeforeSending() {
        var table = table(requests: 3, pipeline: 1)
        table.abandon(2)
        #expect(sendAll(&table) == [1])
        #expect(table.finish(1) == true)
        #expect(sendAll(&table) == [3])
        #expect(table.count == 1)
    }

    @Test("a paused request makes room, stays paused through a lost connection, and then takes its old place")
    func paused() {
        var table = table(requests: 3, pipeline: 1)
        #expect(sendAll(&table) == [1])
        table.pause(1)
        #expect(sendAll(&table) == [2])
        _ = table.connectionLost()
        table.sendAgain(1)
        #expect(sendAll(&table) == [1])
    }

    @Test("the oldest request under way is known, given up or not")
    func oldest() {
        var table = table(requests: 2, pipeline: 1)
        #expect(table.oldestSentNanoseconds == nil)
        _ = sendAll(&table, at: 5)
        table.abandon(1)
        #expect(table.oldestSentNanoseconds == 5)
        _ = table.finish(1)
        _ = sendAll(&table, at: 9)
        #expect(table.oldestSentNanoseconds == 9)
    }

    @Test("an answer to something that was never asked changes nothing")
    func unknownAnswer() {
        var table = table(requests: 1)
        #expect(table.finish(77) == false)
        #expect(table.count == 1)
    }

    @Test(
        "whatever happens, every request is answered once or given up, and order is kept",
        arguments: 1...20 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var table = RequestTable(capacity: 1_000, pipelineLimit: 4)
        var expected: Set<UInt64> = []
        var underWay: [UInt64] = []
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...3: if let number = table.add(request()) { expected.insert(number) }
            case 4...6:
                if let next = table.takeNext(nowNanoseconds: 0) {
                    #expect(underWay.allSatisfy { $0 != next.number }, "seed \(seed)")
                    #expect(expected.contains(next.number), "seed \(seed)")
                    underWay.append(next.number)
                }
            case 7:
                guard let number = underWay.randomElement(using: &generator) else { continue }
                underWay.removeAll { $0 == number }
                #expect(table.finish(number) == (expected.remove(number) != nil), "seed \(seed)")
            case 8:
                if let number = expected.randomElement(using: &generator) {
                    table.abandon(number)
                    expected.remove(number)
                }
            default:
                _ = table.connectionLost()
                underWay = []
            }
            #expect(table.underWayCount == underWay.count && underWay.count <= 4, "seed \(seed)")
            #expect(table.count == expected.count, "seed \(seed)")
        }
        _ = table.connectionLost()
        table.pipelineLimit = .max
        #expect(sendAll(&table) == expected.sorted(), "seed \(seed)")
    }
}
