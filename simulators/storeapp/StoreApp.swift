import ArgumentParser
import EventLoop
import LineProtocol
import Retail
import SimulatorKit
import TillClient

/// The seller's phone without a screen.
@main
struct StoreApp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storeapp",
        abstract: "A simulated store app: takes orders, identifies and enrols customers, sends baskets to tills.",
        discussion: """
            Lists the store's open orders, page by page, accepts up to --accept of those that wait and reports them ready with \
            --ready; identifies customers (--identify phone=+79161234567, once or more) and enrols one by phone (--enrol).
            With --baskets it sends invented baskets to the tills named with --till, in turn, and follows what becomes of them.

            Standard output has one JSON object per line. The exit code is 1 when something was refused, except a customer \
            who is not known and an order that somebody else was quicker to take.
            """)

    @OptionGroup var gateway: GatewayOptions

    @Option(help: "Accepts up to so many of the orders that wait.")
    var accept: Int = 0

    @Flag(help: "Reports the accepted orders ready.")
    var ready = false

    @Option(help: "Identifies a customer: card=…, phone=…, email=…, external=… or customer_id=…; may be repeated.")
    var identify: [String] = []

    @Option(help: "Enrols a customer by phone number.")
    var enrol: String?

    @Option(help: "The name of the customer to enrol.")
    var name: String?

    @Option(help: "Sends so many invented baskets to tills.")
    var baskets: Int = 0

    @Option(name: .customLong("till"), help: "With --baskets: a till that gets them; may be repeated.")
    var tills: [String] = []

    @Option(help: "The seed of invented baskets; part of their ids.")
    var seed: UInt64 = 1

    @Option(help: "With --baskets: seconds to wait until all are sold or given back.")
    var wait: Int = 30

    @Option(help: "The person who works with the app.")
    var person: String = "Simulated seller"

    func validate() throws {
        guard accept >= 0 else { throw ValidationError("--accept cannot be negative.") }
        guard (0...ProtocolLimits.openBasketsPerApp).contains(baskets) else {
            throw ValidationError("--baskets must be from 0 to \(ProtocolLimits.openBasketsPerApp).")
        }
        guard baskets == 0 || !tills.isEmpty else { throw ValidationError("--baskets needs --till, once or more.") }
        guard (0...86_400).contains(wait) else { throw ValidationError("--wait must be from 0 to 86400 seconds.") }
        for text in identify where Self.subject(text) == nil {
            throw ValidationError("--identify \(text) is not KIND=VALUE with a value that can be read.")
        }
        if let enrol, (try? CustomerIdentifier.normalised(kind: .phone, enrol)) == nil {
            throw ValidationError("--enrol \(enrol) is not a phone number.")
        }
    }

    func run() async throws {
        let loop = try EventLoop(label: "storeapp")
        let client = try gateway.client(
            program: "store app", role: .app, loop: loop, events: baskets > 0 ? .automatic : .ignored)
        let progress = ProgressLines()
        let phone = SellerPhone(client: client, person: person, progress: progress)
        let sender = baskets > 0 ? BasketSender(client: client, person: person, progress: progress) : nil
        do {
            try await client.connect()
            let waiting = try await phone.listOrders()
            for order in waiting.prefix(accept) { await phone.take(order, ready: ready) }
            for subject in identify.compactMap(Self.subject) { await phone.identify(subject) }
            if let enrol { await phone.enrol(phone: enrol, name: name) }
            if let sender {
                try await sender.send(baskets, to: tills, seed: seed)
                await sender.follow(baskets, seconds: wait)
            }
        } catch {
            phone.failed("cannot go on", error)
        }
        await client.bye()
        phone.writeDone(baskets: sender?.tally)
        guard phone.failures == 0 else { throw ExitCode.failure }
    }

    static func subject(_ text: String) -> Identify.Subject? {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        if parts[0] == "customer_id" { return CustomerID(text: parts[1]).map { .customer($0) } }
        guard let kind = CustomerIdentifier.Kind(rawValue: parts[0]) else { return nil }
        return (try? CustomerIdentifier.normalised(kind: kind, parts[1])).map { .identifier($0) }
    }
}
