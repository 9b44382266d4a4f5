import ArgumentParser
import Foundation
import LineProtocol
import Retail

/// `tillgate webhooks set|list|retry|remove`
struct WebhooksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhooks", abstract: "Say where websites are told of their orders, and see how that goes.",
        subcommands: [Set.self, List.self, Retry.self, Remove.self])

    /// Adds a website's webhook or changes it.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have every change of a website's orders posted to an address.",
            discussion: """
                The first time a secret is made, which signs the messages, and printed this once, unless --secret-file \
                brings one. Later the secret stays unless --secret-file or --new-secret replaces it; for a day \
                messages are then signed with the old one, too. Changing the address loses nothing: what waits goes to \
                the new one, at once. Without --after a new webhook is told what happens from now on.
                """)

        @OptionGroup var place: DataFolder
        @Argument(help: "Store of the website's device; * for one that serves all stores.")
        var store: String
        @Argument(help: "Name of the website's device.")
        var site: String
        @Argument(help: "Address: https, or http for 127.0.0.1 and [::1].")
        var url: String
        @Option(help: "File with the secret: 16 to 256 printable characters.")
        var secretFile: String?
        @Flag(help: "Make a new secret and print it.")
        var newSecret = false
        @Option(
            name: .customLong("state"),
            help: "Only changes to this state; may be repeated. Without it: to all, also where the webhook had some.")
        var states: [OrderState] = []
        @Option(help: "Post changes after this sequence of the feed, too; 0 for all that were ever made.")
        var after: Int64?
        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            if newSecret, secretFile != nil { throw ValidationError("give either --secret-file or --new-secret") }
            if let after, after < 0 { throw ValidationError("--after must be 0 or more") }
        }

        func run() async throws {
            let message = WebhookPut(
                store: store, site: site, url: url, secret: try secretFile.map(Self.secret), makesSecret: newSecret,
                states: states.isEmpty ? nil : states, after: after)
            let answer = try await place.ask([OperatorRequest(.webhookPut, message)])[0]
            if json { return Console.result(answer.text) }
            let reply: WebhookPut.Reply = try answer.message()
            Console.result("\(reply.site) is told of its orders at \(reply.url); \(reply.waiting) changes wait")
            if let secret = reply.secret { Console.result("secret (shown this once): \(secret)") }
            if let until = reply.previousUntil {
                Console.result("messages are signed with the secret before, too, until \(until.rfc3339)")
            }
        }

        /// The file's one line. A secret on the command line would be seen by everybody on the machine.
        private static func secret(path: String) throws -> String {
            do {
                return try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            } catch {
                throw Console.fail("\(path) cannot be read: \(error.localizedDescription)", .badInput)
            }
        }
    }

    /// Lists the webhooks.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the webhooks, what waits for them and why.",
            discussion: "Exits with 1 when a site is not told at present, or does not take some of its orders.")

        @OptionGroup var place: DataFolder
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let answer = try await place.ask([OperatorRequest(.webhookList)])[0]
            let reply: WebhookListReply = try answer.message()
            if json {
                Console.result(answer.text)
            } else {
                for hook in reply.webhooks { for line in hook.lines { Console.result(line) } }
                Console.note("\(reply.webhooks.count) webhooks")
            }
            if reply.webhooks.contains(where: { $0.state != .active || $0.failing > 0 }) { throw ExitCode.failure }
        }
    }

    /// Tries what waits.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try what waits at once, and go on with a site that answered 410.")

        @OptionGroup var place: DataFolder
        @Argument(help: "Name of the website's device; all of them if not given.")
        var site: String?
        @Option(help: "Only this order of the site.")
        var order: String?
        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            if order != nil, site == nil { throw ValidationError("give the site of the order") }
        }

        func run() async throws {
            let message = WebhookRetry(site: site, order: order)
            let answer = try await place.ask([OperatorRequest(.webhookRetry, message)])[0]
            if json { return Console.result(answer.text) }
            let reply: WebhookRetry.Reply = try answer.message()
            Console.result("\(reply.orders) orders are tried now")
        }
    }

    /// Removes a webhook.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Post nothing to a website any more, and forget its secret and what waits.",
            discussion: """
                What the site was not told it can read with ORDER_FOLLOW, or is told by "webhooks set --after" when the \
                webhook is set again.
                """)

        @OptionGroup var place: DataFolder
        @Argument(help: "Name of the website's device.")
        var site: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let answer = try await place.ask([OperatorRequest(.webhookRemove, WebhookRemove(site: site))])[0]
            if json { return Console.result(answer.text) }
            let reply: WebhookRemove.Reply = try answer.message()
            Console.result("\(reply.site) is told nothing any more; \(reply.dropped) changes were not delivered")
        }
    }
}

extension OrderState: ExpressibleByArgument {}

extension WebhookEntry {
    /// The hook for people: one line on how it is, and one for each order that fails.
    fileprivate var lines: [String] {
        var parts = ["\(store) \(site) \(state.rawValue), \(url)"]
        if let states { parts.append("only " + states.map(\.rawValue).joined(separator: ", ")) }
        parts.append("delivered through \(deliveredThrough)")
        parts.append(waiting == 0 ? "nothing waits" : "\(waiting) waiting")
        if let oldestAt { parts.append("the oldest since \(oldestAt.rfc3339)") }
        if let nextAttemptAt { parts.append("next attempt \(nextAttemptAt.rfc3339)") }
        if let lastError, let failedAt { parts.append("last error \(failedAt.rfc3339): \(lastError)") }
        if failing > 0 { parts.append("\(failing) orders fail") }
        let orders = failingOrders.map { order in
            "  order \(order.order), change \(order.number): \(order.attempts) attempts, next "
                + "\(order.nextAttemptAt.rfc3339), \(order.lastError)"
        }
        return [parts.joined(separator: ", ")] + orders
    }
}
