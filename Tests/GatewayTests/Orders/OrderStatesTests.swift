import Retail
import Testing

@Suite("orders.states.json")
struct OrderStatesTests {
    private struct Row: Hashable {
        var from: String
        var action: String
        var roles: Set<String>
        var to: String
        var isConditional: Bool
    }

    @Test("says the same as the life cycle that the gateway keeps")
    func table() {
        // The gateway itself acts as operator.
        let written = Specification.transitions.map { row in
            Row(
                from: row.from, action: row.action,
                roles: Set(row.roles.map { $0 == "gateway" ? "operator" : $0 }), to: row.to,
                isConditional: row.condition?.contains("claiming till,") ?? false
                    || row.condition == "by the claiming till")
        }
        let kept = OrderTransitionRule.all.map { rule in
            Row(
                from: rule.from.rawValue, action: rule.action.rawValue, roles: Set(rule.roles.map(\.rawValue)),
                to: rule.to.rawValue, isConditional: rule.condition != .always)
        }
        #expect(Set(written).subtracting(kept) == [])
        #expect(Set(kept).subtracting(written) == [])
        #expect(written.count == kept.count)
    }
}
