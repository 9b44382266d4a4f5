import ArgumentParser
import EventLoop
import Glibc
import Locking
import Retail
import SimulatorKit
import TillClient

/// A till without a screen.
@main
struct Register: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "A simulated till: rings up receipts, takes pick-up orders and baskets from the shop floor.",
        discussion: """
            Rings up a script of NDJSON lines (--script), or baskets of its own invention (--auto), in order and as fast as \
            the gateway answers. It survives kills and restarts of the gateway: it connects again and repeats each receipt \
            by its key until it is acknowledged or --patience is over.

            A line of a script:
              {"number":"536365","shift":1,"kind":"sale","at":"2010-12-01T08:26:00Z","customer":"17850",
               "lines":[{"sku":"85123A","name":"Candle holder","quantity":6,"price":255}]}
            on one line; kind is sale or return, customer an external id or null, prices are minor units. It may have coupons \
            (a list), spend (points that the customer wants to pay with, if there are any) and, on a return, original (the \
            key of a sale, "S1/T01/1/536365").
            A customer is identified, or enrolled when not found; every sale is quoted first, and points are held.

            Standard output has one JSON object per line: progress every 100 receipts, and done at the end.
            The exit code is 1 when anything was refused or given up; the reasons are on standard error.
            """)

    @OptionGroup var gateway: GatewayOptions

    @Option(help: "The script to ring up, one receipt a line; - is standard input.")
    var script: String?

    @Option(help: "A file that gets the key of each receipt once it is acknowledged, one a line.")
    var acknowledged: String?

    @Option(help: "Rings up so many invented baskets.")
    var auto: Int?

    @Option(help: "The seed of invented baskets; part of their receipt numbers. At random if not given.")
    var seed: UInt64?

    @Option(help: "The shift of invented baskets and of orders.")
    var shift: Int = 1

    @Option(help: "How many different customers come with invented baskets.")
    var customers: Int = 20

    @Option(help: "Receipts under way at once. They are still recorded in order.")
    var pipeline: Int = 1

    @Flag(help: "Takes pick-up orders as they are offered: stores, accepts, readies, claims, sells, hands over.")
    var orders = false

    @OptionGroup var temper: OrderTemper

    @Option(help: "With --orders: stops after so many were handed over. Otherwise it runs until it is interrupted.")
    var orderLimit: Int?

    @Flag(help: "Opens baskets that store apps send as sales, and sends some back.")
    var baskets = false

    @Option(help: "With --baskets: stops after so many. Otherwise it runs until it is interrupted.")
    var basketLimit: Int?

    @Option(help: "With --baskets: sends about one of so many back, chosen by --seed (1 if not given); 0 for none.")
    var basketReturnEvery: Int = 5

    @Flag(help: "Opens each shift before its first receipt and closes it after its last, with all of their numbers.")
    var shifts = false

    func validate() throws {
        guard script != nil || auto != nil || orders || baskets else {
            throw ValidationError("Give --script FILE, --auto N, --orders or --baskets.")
        }
        guard basketReturnEvery >= 0 else { throw ValidationError("--basket-return-every cannot be negative.") }
        guard script == nil || auto == nil else { throw ValidationError("Give --script or --auto, not both.") }
        guard (1...64).contains(pipeline) else { throw ValidationError("--pipeline must be from 1 to 64.") }
        guard (auto ?? 0) >= 0, customers >= 0 else { throw ValidationError("Counts cannot be negative.") }
        guard temper.crashPercent == 0 || (script == nil && auto == nil && !baskets) else {
            throw ValidationError("--crash-percent is for a till that does nothing but --orders.")
        }
        guard !shifts || !(orders || baskets) || (script == nil && auto == nil) else {
            throw ValidationError(
                "--shifts is for a till that rings up, or one that takes orders and baskets; not both.")
        }
        guard (0...ReceiptKey.shiftMaximum).contains(shift) else {
            throw ValidationError("--shift must be from 0 to \(ReceiptKey.shiftMaximum).")
        }
    }

    func run() async throws {
        let loop = try EventLoop(label: "register")
        let acknowledged = try acknowledged.map { try KeyFile(path: $0) }
        let mood = Mood(temper)
        var counts = OrderDesk.Counts()
        let bell = ClosingBell()
        let book = shifts ? ShiftBook() : nil
        // Once, before any desk: a program that goes down and up again hears of the end all the same.
        let watches = orders || baskets ? stopOnSignals(bell, loop: loop) : []
        defer { withExtendedLifetime(watches) {} }
        while true {
            let client = try gateway.client(
                program: "register", role: .register, loop: loop, events: orders || baskets ? .automatic : .ignored)
            let till = Till(
                client: client, progress: ProgressLines(), shifts: book, acknowledged: acknowledged)
            do {
                try await client.connect()
            } catch {
                complain("cannot start: \(error)")
                throw ExitCode.failure
            }
            let counter =
                baskets
                ? BasketCounter(
                    till: till, shift: shift, limit: basketLimit, returnEvery: basketReturnEvery, seed: seed ?? 1)
                : nil
            let desk =
                orders || baskets
                ? OrderDesk(
                    till: till, shift: shift, limit: orders ? orderLimit : 0, mood: mood, counts: counts,
                    counter: counter)
                : nil
            if let desk { bell.hang(over: desk) }
            if desk != nil { await book?.open(shift, at: .now(), till) }
            async let handled: Void = desk?.run() ?? ()
            try await ringUp(till)
            await handled
            if let desk, desk.hasCrashed, till.tally.failures == 0 {
                counts = desk.counts
                continue
            }
            if desk != nil, let book { try await close(book, after: till, loop: loop) }
            await client.bye()
            till.writeDone(orders: orders ? desk?.counts : nil, baskets: counter?.tally)
            guard till.tally.failures == 0 else { throw ExitCode.failure }
            return
        }
    }

    /// Closes the shift of a till that has taken orders and baskets. A desk that was stopped has closed its connection.
    private func close(_ book: ShiftBook, after till: Till, loop: EventLoop) async throws {
        let client = try gateway.client(program: "register", role: .register, loop: loop, events: .ignored)
        do {
            try await client.connect()
        } catch {
            return till.failed("closing shift \(shift): \(error)", error)
        }
        let closing = Till(client: client, progress: till.progress, shifts: book)
        await book.close(shift, at: .now(), closing)
        await client.bye()
        if closing.tally.failures > 0 { till.failed("the shift could not be closed", PlanError(reason: "shift")) }
    }

    private func ringUp(_ till: Till) async throws {
        var checkout = Checkout(till: till, pipeline: pipeline)
        if let script {
            let file = try LineFile(path: script)
            try await checkout.run {
                guard let line = try file.next() else { return nil }
                do {
                    return try PlannedReceipt(script: line)
                } catch {
                    throw ValidationError("\(script), line \(file.lineNumber): \(error)")
                }
            }
        } else if let auto {
            let seed = self.seed ?? UInt64.random(in: 1...999_999_999)
            till.progress.write("start") { $0.field("seed", seed) }
            var inventor = ReceiptInventor(seed: seed, shift: shift, customers: customers)
            var left = auto
            try await checkout.run {
                guard left > 0 else { return nil }
                left -= 1
                return inventor.next(at: .now())
            }
        }
    }

    private func stopOnSignals(_ bell: ClosingBell, loop: EventLoop) -> [SignalWatch.Token] {
        [SIGINT, SIGTERM].map { number in
            SignalWatch.onSignal(number, queue: loop.queue) { bell.ring() }
        }
    }
}

/// Tells the desk that is open that the day is over; one that opens later hears of it, too.
private final class ClosingBell: Sendable {
    private let state = Mutex((desk: OrderDesk?.none, hasRung: false))

    func hang(over desk: OrderDesk) {
        let hasRung = state.withLock { state in
            state.desk = desk
            return state.hasRung
        }
        if hasRung { desk.stop() }
    }

    func ring() {
        let desk = state.withLock { state in
            state.hasRung = true
            return state.desk
        }
        desk?.stop()
    }
}
