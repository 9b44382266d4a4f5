import ArgumentParser
import EventLoop
import Retail
import SimulatorKit
import TillClient

/// A web shop without a website.
@main
struct Website: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "website",
        abstract: "A simulated web shop: pushes pick-up orders and follows them to the handover.",
        discussion: """
            Pushes invented orders (--orders) at a steady rate, each until it is acknowledged, and follows the order.changed \
            events until every order has come to its end, for example by register --orders. It takes what is offered instead \
            of what is missing, pushes some orders twice (--repeat-percent) and takes some back (--cancel-percent). What the \
            events do not tell within --patience, counted from the last order, is asked for with ORDER_GET.

            Standard output has one JSON object per line: pushed for each order, changed for each transition, and done with \
            counts and the times from the push to delivered (pushed_to_delivered_us) and to the handover. The exit code is 1 \
            when an order was lost, or did not come to its end in time; the reasons are on standard error.

            website hooks listens for the messages of the website's webhook instead.
            """,
        subcommands: [HooksCommand.self])

    @OptionGroup var gateway: GatewayOptions

    @Option(help: "How many orders to push.")
    var orders: Int = 10

    @Option(help: "The seed of the orders; part of their ids. At random if not given.")
    var seed: UInt64?

    @Option(help: "The store that hands them over; the device's own if not given.")
    var store: String?

    @Option(help: "Orders pushed per second; 0 is as fast as they are acknowledged.")
    var rate: Int = 0

    @Option(help: "How many of a hundred orders are prepaid.")
    var prepaidPercent: Int = 30

    @Option(help: "How many of a hundred orders are pushed twice.")
    var repeatPercent: Int = 0

    @Option(help: "How many of a hundred orders the customer takes back.")
    var cancelPercent: Int = 0

    @Flag(help: "Reports every transition.")
    var transitions = false

    func validate() throws {
        guard orders > 0 else { throw ValidationError("--orders must be 1 or more.") }
        guard (0...10_000).contains(rate) else { throw ValidationError("--rate must be from 0 to 10000.") }
        for (name, percent) in [
            ("prepaid", prepaidPercent), ("repeat", repeatPercent), ("cancel", cancelPercent),
        ] where !(0...100).contains(percent) {
            throw ValidationError("--\(name)-percent must be from 0 to 100.")
        }
    }

    func run() async throws {
        let loop = try EventLoop(label: "website")
        let client = try gateway.client(program: "website", role: .website, loop: loop, events: .automatic)
        let progress = ProgressLines()
        let follower = OrderFollower(client: client, progress: progress, reportsTransitions: transitions)
        let session: String?
        do {
            session = try await client.connect().store
        } catch {
            complain("cannot start: \(error)")
            throw ExitCode.failure
        }
        guard let store = self.store ?? session else {
            complain("cannot start: this device has no store; give --store")
            throw ExitCode.failure
        }
        let seed = self.seed ?? UInt64.random(in: 1...999_999_999)
        progress.write("start") { $0.field("seed", seed) }
        let following = Task { await follower.follow() }
        var inventor = OrderInventor(seed: seed, store: store, prepaidPercent: prepaidPercent)
        await push(&inventor, follower, seed: seed)
        await follower.waitForAll(within: .seconds(gateway.patience))
        await follower.askForTheRest()
        await client.bye()
        await following.value
        follower.writeDone(to: progress)
        guard follower.isComplete else { throw ExitCode.failure }
    }

    private func push(_ inventor: inout OrderInventor, _ follower: OrderFollower, seed: UInt64) async {
        var dice = SeededGenerator(seed: seed &+ 1)
        func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &dice) < percent }
        var regretted: [String] = []
        let clock = ContinuousClock()
        let start = clock.now
        for number in 0..<orders {
            if rate > 0 {
                try? await clock.sleep(until: start + .milliseconds(number * 1_000 / rate), tolerance: nil)
            }
            let order = inventor.next()
            await follower.push(order, twice: happens(repeatPercent))
            guard happens(cancelPercent) else { continue }
            // Some change their mind at once, others when the order is well on its way.
            if happens(50) { await follower.cancel(order.order) } else { regretted.append(order.order) }
            if regretted.count > 2 { await follower.cancel(regretted.removeFirst()) }
        }
        for order in regretted { await follower.cancel(order) }
    }
}
