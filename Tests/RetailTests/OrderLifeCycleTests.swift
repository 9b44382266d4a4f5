import Retail
import Testing

@Suite("The life cycle of an order")
struct OrderLifeCycleTests {
    /// Written down a second time, from the picture of the life cycle: state, action, roles (R register, A app,
    /// W website, O operator) and the state after. `mine` = by the claiming till only, `prepaid` = that, when prepaid.
    private static let picture = """
        new acknowledge R delivered
        new accept RA accepted
        new reject RA rejected
        new cancel W cancelled
        new expire O expired
        delivered accept RA accepted
        delivered reject RA rejected
        delivered cancel W cancelled
        delivered expire O expired
        accepted pick RA picking
        accepted mark_ready RA ready
        accepted cancel W cancelled
        accepted expire O expired
        picking pick RA picking
        picking mark_ready RA ready
        picking cancel W cancelled
        picking expire O expired
        ready claim R claimed
        ready cancel W cancel_requested
        ready expire O expired
        claimed release R ready mine
        claimed release O ready
        claimed pay R paid mine
        claimed hand_over R handed_over prepaid
        claimed cancel W cancel_requested
        paid hand_over R handed_over
        cancel_requested confirm_cancel RA cancelled
        cancel_requested pay R paid mine
        cancel_requested hand_over R handed_over prepaid
        """

    private struct Step: Hashable {
        var state: OrderState
        var action: OrderAction
        var role: DeviceRole
    }

    private static func steps() throws -> [Step: (to: OrderState, condition: String)] {
        let letters: [Character: DeviceRole] = ["R": .register, "A": .app, "W": .website, "O": .operator]
        var steps: [Step: (to: OrderState, condition: String)] = [:]
        for row in picture.split(separator: "\n") {
            let words = row.split(separator: " ").map(String.init)
            let state = try #require(OrderState(rawValue: words[0]))
            let action = try #require(OrderAction(rawValue: words[1]))
            let next = try #require(OrderState(rawValue: words[3]))
            for letter in words[2] {
                let role = try #require(letters[letter])
                steps[Step(state: state, action: action, role: role)] = (next, words.count > 4 ? words[4] : "")
            }
        }
        return steps
    }

    @Test(
        "what the picture shows is done, and everything else is refused naming the state",
        arguments: OrderState.allCases)
    func everyPair(state: OrderState) throws {
        let steps = try Self.steps()
        for action in OrderAction.allCases {
            for role in DeviceRole.allCases {
                for holder in [nil, "T1", "T2"] {
                    for prepaid in [false, true] {
                        let situation = OrderSituation(state: state, holder: holder, prepaid: prepaid)
                        let step = steps[Step(state: state, action: action, role: role)]
                        let isHeldHere = holder == "T1"
                        let isDone =
                            switch step?.condition {
                            case "": true
                            case "mine": isHeldHere
                            case "prepaid": isHeldHere && prepaid
                            default: false
                            }
                        do throws(OrderRefusal) {
                            let next = try nextState(situation, action: action, role: role, device: "T1")
                            #expect(isDone && next == step?.to, "\(situation) \(action) by \(role) led to \(next)")
                        } catch {
                            #expect(!isDone, "\(situation) \(action) by \(role) was refused: \(error)")
                            checkRefusal(error, of: action, by: role, in: situation, among: Array(steps.keys))
                        }
                    }
                }
            }
        }
    }

    private func checkRefusal(
        _ refusal: OrderRefusal, of action: OrderAction, by role: DeviceRole, in situation: OrderSituation,
        among steps: [Step]
    ) {
        guard steps.contains(where: { $0.action == action && $0.role == role }) else {
            #expect(refusal == .roleMayNot)
            return
        }
        let isTheTillsOwn = [.claim, .release, .pay, .handOver].contains(action) && role == .register
        let isLate = situation.state == .cancelRequested && [.pay, .handOver].contains(action)
        if situation.state == .claimed || isLate, isTheTillsOwn, situation.holder == "T2" {
            #expect(refusal == .claimedBy("T2"))
        } else {
            #expect(refusal == .badState(situation.state))
        }
    }

    @Test("the table has no two rows for one case")
    func unambiguous() {
        var seen: Set<String> = []
        for rule in OrderTransitionRule.all {
            for role in rule.roles {
                #expect(seen.insert("\(rule.from) \(rule.action) \(role)").inserted)
            }
        }
    }

    @Test("nothing leads out of a final state, and from every open state a final one can be reached")
    func finalStates() {
        for state in OrderState.allCases {
            var reached: Set<OrderState> = [state]
            for _ in OrderState.allCases {
                for rule in OrderTransitionRule.all where reached.contains(rule.from) { reached.insert(rule.to) }
            }
            #expect(state.isFinal == (reached == [state]))
            #expect(state.isOpen != state.isFinal)
            #expect(reached.contains { $0.isFinal })
        }
    }

    @Test("every state but the first is led to, and every action is used")
    func complete() {
        let reached = Set(OrderTransitionRule.all.map(\.to))
        #expect(Set(OrderState.allCases).subtracting(reached) == [.new])
        #expect(Set(OrderTransitionRule.all.map(\.action)) == Set(OrderAction.allCases))
    }

    @Test("another till that comes for a claimed order learns which till has it")
    func claimedElsewhere() {
        let situation = OrderSituation(state: .claimed, holder: "T2", prepaid: false)
        #expect(throws: OrderRefusal.claimedBy("T2")) {
            try nextState(situation, action: .claim, role: .register, device: "T1")
        }
        #expect(throws: OrderRefusal.claimedBy("T2")) {
            try nextState(situation, action: .pay, role: .register, device: "T1")
        }
    }

    @Test("an order that is not prepaid is not handed over before it is paid")
    func unpaid() {
        let situation = OrderSituation(state: .claimed, holder: "T1", prepaid: false)
        #expect(throws: OrderRefusal.badState(.claimed)) {
            try nextState(situation, action: .handOver, role: .register, device: "T1")
        }
    }

    @Test("states are named as on the wire")
    func names() {
        let names = [
            "new", "delivered", "accepted", "picking", "ready", "claimed", "paid", "handed_over", "rejected", "expired",
            "cancel_requested", "cancelled",
        ]
        #expect(OrderState.allCases.map(\.rawValue) == names)
    }
}
