import Dispatch
import Glibc
import Journal
import Locking
import Loyalty
import Retail
import TestSupport
import Testing

@testable import Gateway

@Suite("The customers in memory")
struct CustomerDirectoryTests {
    private func record(_ number: Int64, _ identifiers: [CustomerIdentifier], name: String? = nil) -> CustomerRecord {
        CustomerRecord(
            id: CustomerID(number: number), name: name, segment: nil, birthday: nil, consents: [],
            account: account(points: number, turnover: number * 100), createdAt: VirtualClock.beginning,
            mergedInto: nil,
            identifiers: identifiers)
    }

    private func account(points: Int64, turnover: Int64) -> LoyaltyAccount {
        var account = LoyaltyAccount()
        let lot = Lot(
            id: LotID(number: 1), origin: .granted, activeFrom: VirtualClock.beginning, expiresAt: nil, points: points)
        account.points = PointsAccount(lots: [lot])
        account.turnover = Money(minorUnits: turnover)
        return account
    }

    private func standing(points: Int64, turnover: Int64) -> LoyaltyStanding {
        LoyaltyStanding(
            account(points: points, turnover: turnover), generation: 1, counted: Money(minorUnits: turnover),
            at: VirtualClock.beginning)
    }

    private let now = StoreCalendar(timeZone: "Europe/Moscow").clock(at: VirtualClock.beginning)

    private func directory(on journal: Journal, seed: UInt64) throws -> CustomerDirectory {
        let clock = VirtualClock()
        let programmes = try Programmes(
            TestProgramme.bundle([TestProgramme.text]), journal: journal, at: clock.now())
        return CustomerDirectory(journal: journal, programmes: programmes, clock: clock, seed: seed)
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
        let directory = try directory(on: try Journal.open(folder: folder.path), seed: seed)
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
            let points = try directory.read(CustomerID(number: number), at: now, generation: 1) {
                $0.standing.available
            }
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
                        directory.setStanding(
                            CustomerID(number: number),
                            standing(points: round * number, turnover: -round * number))
                    }
                }
                isWriting.store(false, ordering: .releasing)
                return
            }
            var generator = SeededGenerator(seed: UInt64(worker))
            repeat {
                let number = Int64.random(in: 1...count, using: &generator)
                guard let id = (try? directory.customer(.card("card\(number)"))) ?? nil else { continue }
                let isWhole = try? directory.read(id, at: now, generation: 1) { facts in
                    let text = String(decoding: facts.profile, as: UTF8.self)
                    // A put and a balance are two changes; each of them is whole.
                    let isBalance =
                        facts.standing.turnover.minorUnits == -facts.standing.available
                        || facts.standing.turnover.minorUnits == number * 100
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
        let directory = try directory(on: journal, seed: seed)
        let isWorking = Atomic<Bool>(true)
        let missed = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 3) { worker in
            var generator = SeededGenerator(seed: seed &* 3 &+ UInt64(worker))
            if worker == 0 {
                for _ in 0..<300 {
                    let id = CustomerID(number: .random(in: 1...Int64(count), using: &generator))
                    let done = Gate()
                    journal.submit { transaction in
                        var posting = try transaction.open(id)
                        posting.entries = try posting.account.points.earn(
                            Grant(points: 1, origin: .granted, activeFrom: VirtualClock.beginning),
                            at: VirtualClock.beginning)
                        return try transaction.post(posting, PostingCause("test", at: VirtualClock.beginning))
                    } completion: { result in
                        if let account = try? result.get() {
                            directory.setStanding(
                                id,
                                LoyaltyStanding(
                                    account, generation: 1, counted: account.turnover, at: VirtualClock.beginning))
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
                let points = try? directory.read(CustomerID(number: number), at: now, generation: 1) {
                    $0.standing.available
                }
                if id?.number != number || points == nil { missed.add(1, ordering: .relaxed) }
            } while isWorking.load(ordering: .acquiring)
        }
        #expect(missed.load(ordering: .relaxed) == 0, "seed \(seed)")
        for number in 1...Int64(count) {
            let id = CustomerID(number: number)
            let stored = try journal.read { try $0.account(of: id).points.balance }
            let known = try directory.read(id, at: now, generation: 1) { $0.standing.available }
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
