import Dispatch
import Locking
import Retail
import TestSupport
import Testing

@testable import Journal

@Suite("Short questions of loops")
struct LookUpTests {
    private func world(named name: String) throws -> JournalWorld {
        let world = try JournalWorld()
        try world.journal.perform { try $0.put(ProductRecord(sku: "A", name: name), replacing: nil) }
        return world
    }

    @Test("see every change that was acknowledged before they were asked")
    func ownWrites() throws {
        let world = try world(named: "0")
        for number in 1...50 {
            try world.journal.perform { transaction in
                try transaction.put(
                    ProductRecord(sku: "A", name: "\(number)"), replacing: try transaction.product(sku: "A"))
            }
            #expect(try world.journal.lookUp { try $0.product(sku: "A") }?.name == "\(number)")
        }
    }

    @Test("see one state of the journal, whatever is written while they read")
    func oneState() throws {
        let world = try world(named: "before")
        let journal = world.journal
        try journal.lookUp { view in
            #expect(try view.product(sku: "A")?.name == "before")
            try journal.perform { transaction in
                try transaction.put(
                    ProductRecord(sku: "A", name: "after"), replacing: try transaction.product(sku: "A"))
            }
            #expect(try view.product(sku: "A")?.name == "before")
        }
        #expect(try journal.lookUp { try $0.product(sku: "A") }?.name == "after")
    }

    @Test("are answered from many threads at once, also when there are more than connections")
    func manyThreads() throws {
        let world = try world(named: "A")
        let journal = world.journal
        let right = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 12) { _ in
            for _ in 1...100 where (try? journal.lookUp { try $0.product(sku: "A") })??.name == "A" {
                right.withLock { $0 += 1 }
            }
        }
        #expect(right.withLock { $0 } == 1_200)
        func nested(_ depth: Int) throws -> String? {
            try journal.lookUp { view in
                depth == 0 ? try view.product(sku: "A")?.name : try nested(depth - 1)
            }
        }
        #expect(try nested(JournalLimits.quickReadersMaximum) == "A")
    }

    @Test("give their connection back when they fail, and are refused after closing")
    func failing() throws {
        struct Failed: Error {}
        let world = try world(named: "A")
        for _ in 1...20 {
            #expect(throws: Failed.self) {
                try world.journal.lookUp { view in
                    _ = try view.product(sku: "A")
                    throw Failed()
                }
            }
        }
        #expect(try world.journal.lookUp { try $0.product(sku: "A") }?.name == "A")
        world.journal.close()
        #expect(throws: JournalError.closed) { try world.journal.lookUp { try $0.productCount() } }
    }
}
