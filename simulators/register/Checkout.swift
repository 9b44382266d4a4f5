import Retail
import SimulatorKit

/// Takes planned receipts one after the other, some of them at a time.
struct Checkout {
    let till: Till
    /// Receipts at a time.
    let pipeline: Int

    private var lastHandedOver = Gate()
    private var customersDone: [String: Gate] = [:]

    init(till: Till, pipeline: Int) {
        self.till = till
        self.pipeline = pipeline
        lastHandedOver.open()
    }

    /// Rings up everything that `next` gives, in its order, until it gives nil or the till has given up.
    mutating func run(_ next: () throws -> PlannedReceipt?) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var underWay = 0
            var shift: Int?
            while !till.tally.isGivenUp, let plan = try next() {
                if let book = till.shifts, plan.shift != shift {
                    // A shift ends when all of its receipts are recorded.
                    while underWay > 0 {
                        try await group.next()
                        underWay -= 1
                    }
                    if let shift { await book.close(shift, at: .now(), till) }
                    await book.open(plan.shift, at: plan.at, till)
                    shift = plan.shift
                }
                if underWay == pipeline {
                    try await group.next()
                    underWay -= 1
                }
                let (turn, handedOver, before, done) = place(plan)
                let till = self.till
                group.addTask {
                    // What a customer's quote says depends on the customer's receipts before.
                    await before?.pass()
                    await till.ring(plan, turn: turn, handedOver: handedOver)
                    done.open()
                }
                underWay += 1
            }
            try await group.waitForAll()
            if let shift { await till.shifts?.close(shift, at: .now(), till) }
        }
    }

    private mutating func place(
        _ plan: PlannedReceipt
    ) -> (turn: Gate, handedOver: Gate, before: Gate?, done: Gate) {
        let turn = lastHandedOver
        let done = Gate()
        lastHandedOver = Gate()
        var before: Gate?
        if let customer = plan.customer { before = customersDone.updateValue(done, forKey: customer) }
        return (turn, lastHandedOver, before, done)
    }
}
