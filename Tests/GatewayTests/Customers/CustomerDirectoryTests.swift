import Dispatch
import Glibc
import Journal
import Locking
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("The customers in memory")
struct CustomerDirectoryTests {
    private func record(_ number: Int64, _ identifiers: [CustomerIdentifier], name: String? = nil) -> CustomerRecord {
        CustomerRecord(
            id: CustomerID(number: number), name: name, segment: nil, birthday: nil, consents: [], points: number,
            turnover: Money(minorUnits: number * 100), createdAt: VirtualClock.beginning, mergedInto: nil,
            identifiers: identifiers)
    }

    private func identifier(using generator: inout SeededGenerator) -> CustomerIdentifier {
        // Few values, so that kinds share them and identifiers move.
        let value = String(UInt64.random(in: 0...4_000, using: &generator))
        let long = String(repeating: value, count: Int.random(in: 1...12, using: &generator))
        switch Int.random(in: 0...4, using: &generator) {
        case 0: return .card(value)
        case 1: return .phone("+" + value)
        case 2: return .email(long + "@example.org")
        case 3: return .token(long)
        default: return .external(value)
        }
    }

    /// A directory that has loaded an empty journal: from here on, it knows whom it was told of and nobody else.
    private func loadedDirectory(seed: UInt64) throws -> CustomerDirectory {
        let directory = CustomerDirectory(journal: try Journal.open(folder: folder.path), seed: seed)
        try directory.load()
        return directory
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("are what a dictionary would hold, through growth and moves", arguments: [UInt64(1), 2, 3])
    func property(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let directory = try loadedDirectory(seed: seed)
        var owners: [CustomerIdentifier: CustomerID] = [:]
        var customers: Set<CustomerID> = []
        for step in 0..<6_000 {
            let number = Int64.random(in: 1...3_000, using: &generator)
            let owned = (0..<Int.random(in: 0...3, using: &generator)).map { _ in identifier(using: &generator) }
            directory.put(record(number, owned, name: "Customer \(number)"))
            customers.insert(CustomerID(number: number))
            for one in owned { owners[one] = CustomerID(number: number) }
            let asked = identifier(using: &generator)
            try #require(try directory.customer(asked) == owners[asked], "seed \(seed), step \(step), \(asked)")
        }
        #expect(directory.count == customers.count)
        #expect(owners.count > 5_000)
        for (one, owner) in owners { try #require(try directory.customer(one) == owner, "seed \(seed), \(one)") }
        for number in Int64(0)...3_001 {
            let points = try directory.read(CustomerID(number: number)) { $0.points }
            try #require((points != nil) == customers.contains(CustomerID(number: number)))
            try #require(points == nil || points == number)
        }
    }

    @Test("are whole for readers while a writer changes them")
    func concurrentReaders() throws {
        let directory = try loadedDirectory(seed: 5)
        let isWriting = Atomic<Bool>(true)
        let torn = Atomic<Int>(0)
        let looks = Atomic<Int>(0)
        let count = Int64(400)
        DispatchQueue.concurrentPerform(iterations: 3) { worker in
            if worker == 0 {
                for round in Int64(1)...30 {
                    for number in 1...count {
                        let name = String(repeating: "n", count: Int((number + round) % 90))
                        directory.put(
                            record(number, [.card("card\(number)"), .external("\(round)-\(number)")], name: name))
                        directory.setBalance(
                            CustomerID(number: number), points: round * number,
                            turnover: Money(minorUnits: -round * number))
                    }
                }
                isWriting.store(false, ordering: .releasing)
                return
            }
            var generator = SeededGenerator(seed: UInt64(worker))
            repeat {
                let number = Int64.random(in: 1...count, using: &generator)
                guard let id = (try? directory.customer(.card("card\(number)"))) ?? nil else { continue }
                let isWhole = try? directory.read(id) { facts in
                    let text = String(decoding: facts.profile, as: UTF8.self)
                    // A put and a balance are two changes; each of them is whole.
                    let isBalance =
                        facts.turnover.minorUnits == -facts.points || facts.turnover.minorUnits == number * 100
                    return id.number == number && isBalance && text.hasPrefix(#""customer_id":"c-\#(number)""#)
                        && text.hasSuffix(#""phone":null"#)
                }
                if isWhole != true { torn.add(1, ordering: .relaxed) }
                looks.add(1, ordering: .relaxed)
            } while isWriting.load(ordering: .acquiring)
        }
        #expect(torn.load(ordering: .relaxed) == 0)
        #expect(looks.load(ordering: .relaxed) > 0)
    }

    @Test(
        "who are asked for and change while they are brought in are as the journal has them", arguments: UInt64(1)...8)
    func loadingBesideWork(_ seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let journal = try Journal.open(folder: folder.path)
        defer { journal.close() }
        let count = 300
        try journal.perform { transaction in
            for number in 1...count {
                let id = try transaction.insertCustomer(CustomerProfile(), at: VirtualClock.beginning)
                try transaction.attach(.card("card\(number)"), to: id)
            }
        }
        let directory = CustomerDirectory(journal: journal, seed: seed)
        let isWorking = Atomic<Bool>(true)
        let missed = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 3) { worker in
            var generator = SeededGenerator(seed: seed &* 3 &+ UInt64(worker))
            if worker == 0 {
                for _ in 0..<300 {
                    let id = CustomerID(number: .random(in: 1...Int64(count), using: &generator))
                    let done = Gate()
                    journal.submit { transaction in
                        try transaction.append(
                            LedgerEntry(
                                customer: id, points: 1, turnover: .zero, reason: "sale", receipt: nil,
                                at: VirtualClock.beginning))
                    } completion: { result in
                        if let balance = try? result.get() {
                            directory.setBalance(id, points: balance.points, turnover: balance.turnover)
                        }
                        done.open()
                    }
                    done.pass()
                }
                isWorking.store(false, ordering: .releasing)
            } else if worker == 1 {
                for _ in 0..<Int.random(in: 0...2_000, using: &generator) { sched_yield() }
                try? directory.load()
            }
            repeat {
                let number = Int64.random(in: 1...Int64(count), using: &generator)
                let id = try? directory.customer(.card("card\(number)"))
                let points = try? directory.read(CustomerID(number: number)) { $0.points }
                if id?.number != number || points == nil { missed.add(1, ordering: .relaxed) }
            } while isWorking.load(ordering: .acquiring)
        }
        #expect(missed.load(ordering: .relaxed) == 0, "seed \(seed)")
        for number in 1...Int64(count) {
            let id = CustomerID(number: number)
            let stored = try journal.read { try $0.balance(of: id).points }
            let known = try directory.read(id) { $0.points }
            #expect(known == stored, "seed \(seed), customer \(number)")
        }
    }

    @Test("are the same after a start")
    func loading() throws {
        let world = try TestWorld()
        let till = try world.till()
        for number in 1...300 {
            _ = till.request("ENROL", #"{"name":"N\#(number)","card":"90000\#(number)","external":"x\#(number)"}"#)
        }
        func all(_ till: TestClient) -> [WireLine] {
            (1...300).map { till.request("IDENTIFY", #"{"external":"x\#($0)"}"#) }.map { line in
                line.ok.map { .ok(tag: "", $0) } ?? line
            }
        }
        let before = all(till)
        try world.restart()
        #expect(all(try world.till()) == before)
        #expect(before.allSatisfy { $0.ok != nil })
    }
}
