import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

/// An upstream with a life of its own, out of a seed: people who change, move their phones and are merged, corrections,
/// ratings, products and prices; every record is whole and says when it was made.
private struct UpstreamLife {
    private struct Person {
        var name: String
        var segment: String?
        var phones: Set<Int> = []
        var mergedInto: String?
    }

    private var generator: SeededGenerator
    private var people: [String: Person] = [:]
    private var prices: [String: Int64] = [:]
    private var minutes: Int64 = 0
    private var ids = 0
    /// Everything that happened, in order.
    private(set) var changes: [String] = []
    private var keptForGood: [String] = []

    init(seed: UInt64, steps: Int) {
        generator = SeededGenerator(seed: seed)
        for _ in 0..<steps { step() }
    }

    private mutating func step() {
        minutes += 1
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<4: changePerson()
        case 4: movePhone()
        case 5..<7: correct()
        case 7: rate()
        case 8: changeProduct()
        default: if Int.random(in: 0..<4, using: &generator) == 0 { merge() }
        }
    }

    private mutating func pick() -> String? {
        people.filter { $0.value.mergedInto == nil }.keys.sorted().randomElement(using: &generator)
    }

    private mutating func changePerson() {
        let number = Int.random(in: 1...6, using: &generator)
        let external = "K-\(number)"
        guard people[external]?.mergedInto == nil else { return }
        var person = people[external] ?? Person(name: "")
        person.name = "Name \(Int.random(in: 1...99, using: &generator))"
        let segment = Int.random(in: 0...3, using: &generator)
        person.segment = segment == 0 ? nil : "s\(segment)"
        people[external] = person
        write(external)
    }

    private mutating func movePhone() {
        guard let external = pick() else { return }
        let phone = Int.random(in: 1...5, using: &generator)
        for owner in people.keys.sorted() where people[owner]?.phones.remove(phone) != nil && owner != external {
            if people[owner]?.mergedInto == nil { write(owner) }
        }
        people[external]?.phones.insert(phone)
        write(external)
    }

    private mutating func merge() {
        guard let from = pick(), let into = pick(), from != into else { return }
        let phones = people[from]?.phones ?? []
        people[into]?.phones.formUnion(phones)
        people[from]?.phones = []
        people[from]?.mergedInto = into
        keptForGood.append(add("customer.merged", #"{"from":"\#(from)","into":"\#(into)"}"#))
        minutes += 1
        write(into)
    }

    private mutating func correct() {
        guard let external = pick() else { return }
        var points = Int64.random(in: -60...100, using: &generator)
        if points == 0 { points = 1 }
        keptForGood.append(add("points", #"{"customer":"\#(external)","points":\#(points),"reason":"r"}"#))
    }

    private mutating func rate() {
        guard let external = pick() else { return }
        let value = Int.random(in: 1...5, using: &generator)
        keptForGood.append(
            add("rating", #"{"customer":"\#(external)","value":\#(value),"at":"\#(moment.rfc3339)"}"#))
    }

    private mutating func changeProduct() {
        let sku = "P\(Int.random(in: 1...3, using: &generator))"
        let price = Int64.random(in: 1...999, using: &generator)
        if prices[sku] != nil, Bool.random(using: &generator) {
            add("price", #"{"sku":"\#(sku)","price":\#(price)}"#)
        } else {
            add("product", #"{"sku":"\#(sku)","name":"Thing","price":\#(price)}"#)
        }
        prices[sku] = price
    }

    private var moment: Instant { VirtualClock.beginning.adding(milliseconds: (minutes - 100_000) * 60_000) }

    private mutating func write(_ external: String) { add("customer", body(external)) }

    private func body(_ external: String) -> String {
        let person = people[external]
        let phones = (person?.phones ?? []).sorted().map { #"{"kind":"phone","value":"+7916000000\#($0)"}"# }
        return #"{"external":"\#(external)","full":true,"name":"\#(person?.name ?? "")","#
            + #""segment":\#(person?.segment.map { "\"\($0)\"" } ?? "null"),"#
            + #""identifiers":[\#(phones.joined(separator: ","))]}"#
    }

    @discardableResult
    private mutating func add(_ type: String, _ body: String) -> String {
        ids += 1
        let change = #"{"id":"h\#(ids)","type":"\#(type)","at":"\#(moment.rfc3339)","body":\#(body)}"#
        changes.append(change)
        return change
    }

    /// Everything as it is after the last change.
    func snapshot() -> [String] {
        func change(_ id: String, _ type: String, _ body: String) -> String {
            #"{"id":"s-\#(id)","type":"\#(type)","at":"\#(moment.rfc3339)","body":\#(body)}"#
        }
        return people.keys.sorted().filter { people[$0]?.mergedInto == nil }.map { change($0, "customer", body($0)) }
            + prices.sorted { $0.key < $1.key }.map {
                change($0.key, "product", #"{"sku":"\#($0.key)","name":"Thing","price":\#($0.value)}"#)
            } + keptForGood
    }
}

@Suite("Random lives of an upstream, disturbed")
struct FeedHistoryTests {
    /// What is known in the end, by the names that upstream has for things.
    private func picture(_ world: FeedWorld) throws -> [String] {
        var lines: [String] = []
        for number in 1...6 {
            let answer = try world.identify(#""external":"K-\#(number)""#)
            let id = answer?["customer_id"]?.text
            let card = try id.flatMap {
                try world.shop.app().request("CUSTOMER", #"{"customer_id":"\#($0)"}"#).ok
            }
            lines.append(
                "K-\(number): \(answer?["name"]?.text ?? "-") \(answer?["segment"]?.text ?? "-") "
                    + "\(Balance(answer?["points"]).available)-\(Balance(answer?["points"]).debt) "
                    + "\(card?["rating"]?["value"]?.integer ?? 0)")
            // Merged people answer alike.
            for other in 1..<number where try id != nil && world.id(#""external":"K-\#(other)""#) == id {
                lines.append("K-\(number) is K-\(other)")
            }
        }
        for phone in 1...5 {
            let owner = try world.id(#""phone":"+7916000000\#(phone)""#)
            let names = try (1...6).filter { try owner != nil && world.id(#""external":"K-\#($0)""#) == owner }
            lines.append("phone \(phone): \(names)")
        }
        for sku in ["P1", "P2", "P3"] {
            let price = try world.shop.till().request("PRODUCT", #"{"sku":"\#(sku)"}"#).ok?["price"]?.integer
            lines.append("\(sku): \(price ?? -1)")
        }
        return lines
    }

    private func expected(_ life: UpstreamLife) throws -> [String] {
        let world = try FeedWorld()
        world.upstream.add(all: life.changes)
        try world.feed()
        #expect(try world.refused().isEmpty)
        try world.shop.audit()
        return try picture(world)
    }

    @Test("pages that overlap, restarts and crashes between any two commits end in the same", arguments: 1...12)
    func crashes(_ number: Int) throws {
        let seed = UInt64(number)
        let life = UpstreamLife(seed: seed, steps: 60)
        let expected = try expected(life)
        var generator = SeededGenerator(seed: seed &* 77)
        let camera = CrashCamera()
        var world = try FeedWorld(hooks: camera.hooks)
        var told = 0
        while told < life.changes.count {
            let end = min(life.changes.count, told + Int.random(in: 1...15, using: &generator))
            world.upstream.limitPages(to: Int.random(in: 1...6, using: &generator))
            world.upstream.repeatChanges(Int.random(in: 0...4, using: &generator))
            world.upstream.add(all: Array(life.changes[told..<end]))
            told = end
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: try world.shop.restart()
            case 1:
                camera.arm(
                    CrashCamera.Moment.allCases.randomElement(using: &generator)!,
                    commitsBefore: Int.random(in: 0...6, using: &generator), folder: world.world.folderPath)
                try world.feed()
                let image = try camera.take(folder: world.world.folderPath)
                world = try FeedWorld(
                    hooks: camera.hooks, folder: image, upstream: world.upstream, clock: world.world.clock)
            default: break
            }
            try world.feed()
        }
        #expect(try picture(world) == expected, "seed \(seed)")
        try world.shop.audit("seed \(seed)")
    }

    @Test("batches in another order, and twice, end in the same", arguments: 1...12)
    func reordered(_ number: Int) throws {
        let seed = UInt64(number)
        let life = UpstreamLife(seed: seed, steps: 60)
        let expected = try expected(life)
        var generator = SeededGenerator(seed: seed &* 91)
        let world = try FeedWorld()
        var batches = stride(from: 0, to: life.changes.count, by: 5).map { start in
            Array(life.changes[start..<min(start + 5, life.changes.count)])
        }
        batches += batches.filter { _ in Bool.random(using: &generator) }
        // Neighbours change places; a batch that comes again may come much later.
        for index in stride(from: 0, to: batches.count - 1, by: 2) where Bool.random(using: &generator) {
            batches.swapAt(index, index + 1)
        }
        for batch in batches {
            world.upstream.add(all: batch)
            try world.feed()
        }
        #expect(try picture(world) == expected, "seed \(seed)")
        try world.shop.audit("seed \(seed)")
    }

    @Test("a snapshot in the middle, and twice, ends in the same", arguments: 1...8)
    func snapshots(_ number: Int) throws {
        let seed = UInt64(number)
        let life = UpstreamLife(seed: seed, steps: 60)
        let expected = try expected(life)
        let world = try FeedWorld()
        var generator = SeededGenerator(seed: seed &* 13)
        let seen = Int.random(in: 0...life.changes.count, using: &generator)
        world.upstream.add(all: Array(life.changes[..<seen]))
        world.upstream.limitPages(to: 7)
        try world.feed()
        world.upstream.add(all: Array(life.changes[seen...]))
        world.upstream.setSnapshot(life.snapshot(), complete: ["product"])
        for _ in 0..<2 {
            world.upstream.forget()
            try world.feed()
            try world.feed()
        }
        #expect(try world.state.snapshotAt != nil)
        #expect(try picture(world) == expected, "seed \(seed)")
        try world.shop.audit("seed \(seed)")
    }
}
