import ArgumentParser
import Foundation
import Replay

/// `tillgate demo`: a small day in a shop, with everybody who talks to the gateway.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a small made-up trading day with every peer, and tell what happened.",
        discussion: """
            Starts a gateway on embedded SQLite with fresh data, head office (an upstream), tills that ring up and take \
            returns, a website whose orders are handed over at two more tills, and a seller's phone that sends baskets to \
            another one. Customers take orders back, stores lack goods and offer others, tills go down with an order in \
            their hands. In the middle of the day the gateway is killed and started again. Needs no data and no network.

            Exits with 1 when anything was lost, doubled or changed on its way.
            """)

    @Option(help: "Receipts of the day.")
    var receipts = 300
    @Option(help: "Pick-up orders from the website.")
    var orders = 40
    @Option(help: "Baskets that the seller's phone sends to a till.")
    var baskets = 8
    @Option(help: "Tills that ring up; two more hand orders over, and one sells baskets.")
    var tills = 4
    @Option(help: "How often the gateway is killed.")
    var kill = 1
    @Option(help: "Chooses what is bought and when the gateway is killed.")
    var seed: UInt64 = 1
    @Option(help: "Folder for what is left of the day.")
    var out = "out/demo"

    func validate() throws {
        guard (1...100_000).contains(receipts) else { throw ValidationError("--receipts must be 1 to 100000") }
        guard (1...1_000).contains(orders) else { throw ValidationError("--orders must be 1 to 1000") }
        guard (1...100).contains(baskets) else { throw ValidationError("--baskets must be 1 to 100") }
        guard (1..<ReplayPlan.tillsMaximum - 2).contains(tills) else {
            throw ValidationError("--tills must be 1 to \(ReplayPlan.tillsMaximum - 3)")
        }
        guard (0...1_000).contains(kill) else { throw ValidationError("--kill must be 0 to 1000") }
    }

    func run() async throws {
        let folder = RunFolder(out)
        do {
            try folder.clear()
            try folder.invent(receipts: receipts, seed: seed)
            let plan = try ReplayPlan(days: ReplayCommand.days(folder: folder.dataset), tillCount: tills)
            let story = try await live(plan, folder)
            Console.result(story.text)
            if !story.isGood { throw ExitCode.failure }
        } catch let code as ExitCode {
            throw code
        } catch is Interruption.Interrupted {
            throw Console.fail("interrupted; everything that was started is ended", ExitCode(130))
        } catch {
            throw Console.fail("\(error)", .failed)
        }
    }

    private static let desks = ["T-ORDERS-1", "T-ORDERS-2"]
    private static let counter = "T-FLOOR"
    private static let website = "webshop"
    private static let phone = "phone-1"

    /// The orders have these ids: the website makes them from its seed.
    private var orderNumbers: Set<String> { Set((1...orders).map { "\(seed)-\($0)" }) }

    /// The baskets, too: the phone makes them from the same seed.
    private var basketNumbers: Set<String> { Set((1...baskets).map { "\(seed)-\($0)" }) }

    private func live(_ plan: ReplayPlan, _ folder: RunFolder) async throws -> DemoStory {
        let progress = ProgressLine(isQuiet: false)
        let interruption = Interruption()
        let watches = interruption.watch()
        let world = try ReplayWorld(
            folder: folder, programme: ReplayProgramme(path: nil), interruption: interruption)
        defer {
            world.endAll()
            withExtendedLifetime(watches) {}
        }
        progress.note(
            "The shop opens: \(tills) tills, three for orders and baskets, a website, a seller's phone, head office.")
        let devices =
            (plan.tills + Self.desks + [Self.counter]).map { ReplayWorld.Device(role: .register, name: $0) } + [
                ReplayWorld.Device(role: .website, name: Self.website),
                ReplayWorld.Device(role: .app, name: Self.phone),
            ]
        try await world.prepare(devices, orderTills: Self.desks)
        try await world.startUpstream()
        try await world.startGateway()
        let numbers = orderNumbers
        let basketNumbers = basketNumbers
        // The desks stay open all day: one shift each.
        let shifts = plan.shifts.union((Self.desks + [Self.counter]).map { "\(ReplayPlan.store)/\($0)/1" })
        let servants = try startDesks(world)
        let run = ReplayRun(
            world: world, plan: plan,
            schedule: KillSchedule(count: kill, receipts: plan.receipts.count, seed: seed),
            isComplete: { arrived in
                let book = OrderBook(events: folder.read(folder.events))
                return numbers.isSubset(of: book.ended)
                    && arrived >= plan.receipts.count + book.paid.count + basketNumbers.count
            },
            hasEnded: { shifts.isSubset(of: ShiftLedger(events: folder.read(folder.events)).whole) },
            companions: try startCompanions(world), servants: servants, progress: progress)
        let outcome = try await run.run()
        let book = OrderBook(events: folder.read(folder.events))
        let ending = ReplayEnding(
            world: world, plan: plan, outcome: outcome, ordersPaid: book.paid, baskets: basketNumbers,
            shifts: shifts)
        let times = ScreenTimes(
            website: folder.read(folder.log(Self.website + "-output")),
            tills: Self.desks.map { Array(folder.read(folder.log($0 + "-output"))) })
        return DemoStory(
            summary: try await ending.summary(), book: book, times: times, orders: numbers, out: out, folder: folder)
    }

    /// Two tills that hand orders over, with people and programs as they are, and one that sells baskets from the phone.
    private func startDesks(_ world: ReplayWorld) throws -> [ChildProcess] {
        let counter = try world.startSimulator(
            "register", device: Self.counter, ["--baskets", "--basket-return-every", "0", "--shifts"])
        return try [counter]
            + Self.desks.enumerated().map { index, desk in
                try world.startSimulator(
                    "register", device: desk,
                    [
                        "--orders", "--shifts", "--reject-percent", "5", "--substitute-percent", "15",
                        "--crash-percent", "10",
                        "--accept-after", "\(index * 20)", "--order-seed", "\(seed &* 2 &+ UInt64(index))",
                    ])
            }
    }

    private func startCompanions(_ world: ReplayWorld) throws -> [ChildProcess] {
        [
            try world.startSimulator(
                "website", device: Self.website,
                [
                    "--orders", "\(orders)", "--seed", "\(seed)", "--store", ReplayPlan.store, "--rate", "20",
                    "--repeat-percent", "10", "--cancel-percent", "25",
                ]),
            try world.startSimulator(
                "storeapp", device: Self.phone,
                [
                    "--enrol", "+447700900123", "--name", "Ann Example", "--identify", "phone=+447700900123",
                    "--baskets", "\(baskets)", "--till", Self.counter, "--seed", "\(seed)",
                ]),
        ]
    }
}
