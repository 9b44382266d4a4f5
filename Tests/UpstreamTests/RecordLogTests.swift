import Glibc
import Testing

@testable import Upstream

/// A file in memory whose nth call fails; a write that fails leaves half of its bytes behind.
// Used by one thread only; a lock would say nothing about the code under test.
final class FaultyFile: RecordFile, @unchecked Sendable {
    /// What a reader sees.
    private(set) var content: [UInt8] = []
    /// What the disk has: a failed fsync drops what it did not write.
    private(set) var durable: [UInt8] = []
    private var callsUntilFault: Int

    init(failingCall: Int) {
        callsUntilFault = failingCall
    }

    private func fails() -> Bool {
        callsUntilFault -= 1
        return callsUntilFault == 0
    }

    func sizeBytes() throws(FileFault) -> Int64 {
        if fails() { throw FileFault(.inspect, errorNumber: EIO) }
        return Int64(content.count)
    }

    func read(at offset: Int64, count: Int) throws(FileFault) -> [UInt8] {
        if fails() { throw FileFault(.read, errorNumber: EIO) }
        return Array(content[Int(offset)..<Int(offset) + count])
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws(FileFault) {
        let isFaulty = fails()
        precondition(Int(offset) == content.count, "a hole or an overwritten line")
        content += isFaulty ? bytes.prefix(bytes.count / 2) : bytes[...]
        dirty = true
        if isFaulty { throw FileFault(.write, errorNumber: ENOSPC) }
    }

    func truncate(to sizeBytes: Int64) throws(FileFault) {
        if fails() { throw FileFault(.truncate, errorNumber: EIO) }
        content.removeSubrange(Int(sizeBytes)...)
        durable.removeSubrange(min(Int(sizeBytes), durable.count)...)
        dirty = true
    }

    func synchronize() throws(FileFault) {
        // As on Linux: after a failure the pages count as clean, and the next fsync has nothing to write.
        let wasDirty = dirty
        dirty = false
        if fails() { throw FileFault(.synchronize, errorNumber: EIO) }
        if wasDirty { durable = content }
    }

    private var dirty = false
}

@Suite("A file of events on a failing disk")
struct RecordLogTests {
    private func lines(_ numbers: ClosedRange<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in makeEvents(numbers) {
            EventEnvelope.append(event, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    @Test("whichever call fails, what was acknowledged is on the disk, once and in order", arguments: 1...12)
    func everyCallFails(failingCall: Int) {
        let file = FaultyFile(failingCall: failingCall)
        guard let log = try? RecordLog(file, path: "memory") else { return }
        let upstream = NDJSONUpstream(path: "memory", log: log)
        var acknowledged = 0
        // A retried batch comes with what has arrived meanwhile.
        for last in [2, 3, 5, 6, 7, 9] {
            if case .answered = upstream.deliver(makeEvents(acknowledged + 1...last)) { acknowledged = last }
            if acknowledged > 0 {
                #expect(file.durable.starts(with: lines(1...acknowledged)))
            }
        }
        #expect(acknowledged == 9)
        #expect(file.durable == lines(1...9))
    }

    @Test("the reason of a failure is the system's")
    func reason() throws {
        // Opening an empty file takes two calls.
        let file = FaultyFile(failingCall: 3)
        let upstream = NDJSONUpstream(path: "memory", log: try RecordLog(file, path: "memory"))
        let expected = DeliveryOutcome.failed(
            DeliveryFailure("write failed: No space left on device", cause: .away))
        #expect(upstream.deliver(makeEvents(1...1)) == expected)
        #expect(upstream.deliver(makeEvents(1...1)) == .answered([.stored]))
    }
}
