import Locking
import TestSupport
import Upstream

/// An upstream that knows some cards, and answers when a test lets it.
final class SlowSource: CustomerSource {
    private let cards = Mutex<Set<String>>([])
    private let gate = Mutex<Gate?>(nil)

    func know(_ card: String) { cards.withLock { _ = $0.insert(card) } }

    /// Questions wait at a gate from now on.
    func hold() -> Gate {
        let gate = Gate()
        self.gate.withLock { $0 = gate }
        return gate
    }

    func customer(kind: String, value: String, deadlineMilliseconds: Int) -> CustomerAnswer {
        gate.withLock { $0 }?.pass()
        guard cards.withLock({ $0.contains(value) }) else { return .unknown }
        let body = #"{"external":"K-\#(value)","full":true,"identifiers":[{"kind":"card","value":"\#(value)"}]}"#
        return .found(Array(#"{"at":"2026-11-22T09:00:00Z","body":\#(body)}"#.utf8))
    }

    func stop() {}
}
