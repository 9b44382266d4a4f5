import Foundation
import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("A process that is killed")
struct KilledProcessTests {
    @Test("has left everything that it acknowledged", arguments: [1, 2, 3, 4, 5])
    func acknowledged(_ seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, seed = seed as UInt64] in
            try Victim(path: path, seed: seed).work()
        }
        let acknowledged = try String(contentsOfFile: path + "/acknowledged", encoding: .utf8)
            .split(separator: "\n").map(String.init)
        #expect(acknowledged.count >= Victim.leastAcknowledged, "seed \(seed)")
        let journal = try Journal.open(folder: path)
        defer { journal.close() }
        #expect(!journal.startReport.stoppedCleanly)
        #expect(journal.startReport.quickChecked)
        let missing = try journal.read { view in
            try acknowledged.filter { number in
                try view.receipt(ReceiptKey(store: "S1", till: "T01", shift: 1, number: number)) == nil
            }
        }
        #expect(missing == [], "seed \(seed)")
        let (receipts, queued) = try journal.read { (try $0.receiptCount(), try $0.outbox(limit: 100_000).count) }
        #expect(Int(receipts) == queued)
        let findings = try journal.read { try $0.audit(at: JournalWorld.beginning) }.findings
        #expect(findings == [])
        // It goes on where it was.
        try journal.perform { _ = try $0.storeReceipt("next") }
    }
}

/// Writes receipts and notes each one that is acknowledged, until it kills itself at a moment that follows from a seed.
struct Victim {
    static let leastAcknowledged = 100

    var path: String
    var seed: UInt64

    func work() throws {
        var generator = SeededGenerator(seed: seed)
        let last = Int.random(in: Self.leastAcknowledged...600, using: &generator)
        let isBeforeCommit = Bool.random(using: &generator)
        let acknowledged = Gathered<Bool>()
        let note = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var hooks = JournalHooks()
        let dieWhenDue: @Sendable () -> Void = {
            if acknowledged.all.count >= last { kill(getpid(), SIGKILL) }
        }
        if isBeforeCommit { hooks.beforeCommit = dieWhenDue } else { hooks.afterCommit = dieWhenDue }
        let journal = try Journal.open(folder: path, hooks: hooks)
        for number in 1...100_000 {
            // A few are always under way.
            guard acknowledged.wait(seconds: 20, until: { $0.count + 8 >= number }) else { return }
            journal.submit {
                try $0.storeReceipt("\(number)")
            } completion: { result in
                guard case .success = result else { return }
                let line = Array("\(number)\n".utf8)
                _ = line.withUnsafeBytes { write(note, $0.baseAddress, $0.count) }
                acknowledged.add(true)
            }
        }
    }
}
