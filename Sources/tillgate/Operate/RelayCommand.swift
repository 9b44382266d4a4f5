import ArgumentParser
import LineProtocol
import Retail

/// `tillgate relay status|quarantine|retry|set-aside`
struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay", abstract: "See what upstream has not taken yet, and why, and send it again.",
        subcommands: [Status.self, Quarantine.self, Retry.self, SetAside.self])

    /// Tells how it goes.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell whether upstream takes events, how much is unsent and how old the oldest is.",
            discussion: "Exits with 1 when upstream takes nothing, a stream waits, or something is in quarantine.")

        @OptionGroup var place: DataFolder
        @Flag(help: "Tell what is unsent of each till and store, too.")
        var streams = false
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let request = OperatorRequest(.relayStatus, RelayStatusRequest(wantsStreams: streams))
            let answer = try await place.ask([request])[0]
            let reply: RelayStatusReply = try answer.message()
            if json {
                Console.result(answer.text)
            } else {
                for line in reply.lines { Console.result(line) }
            }
            if reply.state == .away || reply.held > 0 || reply.quarantined > 0 { throw ExitCode.failure }
        }
    }

    /// Lists what was refused.
    struct Quarantine: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the events that upstream refused for good, or show one of them.")

        @OptionGroup var place: DataFolder
        @Argument(
            help: "Id of an event, for a receipt its key: it is printed as it was sent. All are listed without it.")
        var id: String?
        @Flag(help: "Print one JSON object for each event.")
        var json = false

        func run() async throws {
            let entries = try await place.converse(makingFolder: false) { ask in
                var entries: [RelayQuarantine.Entry] = []
                var after: String?
                repeat {
                    let request = RelayQuarantine(id: id, after: after)
                    let reply: RelayQuarantine.Reply =
                        try await ask(OperatorRequest(.relayQuarantine, request)).message()
                    entries += reply.entries
                    after = reply.next
                } while after != nil
                return entries
            }
            for entry in entries {
                if json {
                    Console.result(String(decoding: OperatorRequest(.relayQuarantine, entry).body, as: UTF8.self))
                    continue
                }
                Console.result(
                    "\(entry.id) \(entry.type), stored \(entry.createdAt.rfc3339), refused \(entry.refusedAt.rfc3339): "
                        + entry.reason)
                if let body = entry.body { Console.result(String(decoding: body, as: UTF8.self)) }
            }
            if !json, id == nil { Console.note("\(entries.count) events") }
        }
    }

    /// Sends what was refused again.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send what upstream refused again, and try at once, whatever pause there is.",
            discussion: """
                Events keep their ids, so upstream takes none of them twice. They go behind what is unsent: what their till \
                recorded after them is upstream already.
                """)

        @OptionGroup var place: DataFolder
        @Argument(help: "Id of an event, for a receipt its key; all of them if not given.")
        var id: String?
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let answer = try await place.ask([OperatorRequest(.relayRetry, RelayRetry(id: id))])[0]
            if json { return Console.result(answer.text) }
            let reply: RelayRetry.Reply = try answer.message()
            Console.result("\(reply.requeued) events are sent again")
        }
    }

    /// Takes an event out of the way.
    struct SetAside: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put an event into quarantine that its till's others wait behind.",
            discussion: """
                For an event that upstream falls over while nothing else goes there: the gateway cannot tell it from an \
                outage. `relay status` names it; `relay retry` sends it again later.
                """)

        @OptionGroup var place: DataFolder
        @Argument(help: "Id of the event, for a receipt its key.")
        var id: String
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let answer = try await place.ask([OperatorRequest(.relaySetAside, RelaySetAside(id: id))])[0]
            if json { return Console.result(answer.text) }
            let reply: RelaySetAside.Reply = try answer.message()
            Console.result("\(reply.id) is in quarantine, \(reply.stream) goes on behind it")
        }
    }
}

extension RelayStatusReply {
    /// For people: how it goes, what waits, and a line for each stream.
    fileprivate var lines: [String] {
        var lines = [stateLine]
        var waiting = unsent == 0 ? "nothing unsent" : "\(unsent) unsent"
        if let oldestAt { waiting += ", the oldest since \(oldestAt.rfc3339) (\(Self.age(oldestAgeSeconds)))" }
        lines.append(waiting + (quarantined == 0 ? ", nothing in quarantine" : ", \(quarantined) in quarantine"))
        if let lastError, let failedAt { lines.append("last error \(failedAt.rfc3339): \(lastError)") }
        if let storedAt { lines.append("last taken \(storedAt.rfc3339)") }
        if held > 0 { lines.append("\(held) streams wait behind an event that upstream did not take") }
        lines += heldStreams.map { entry in
            "  \(entry.stream): \(entry.type) \(entry.id), \(entry.attempts) attempts since \(entry.since.rfc3339), "
                + "next \(entry.nextAttemptAt.rfc3339), \(entry.lastError)"
        }
        lines += (streams ?? []).map { entry in
            "  \(entry.stream): \(entry.unsent) unsent, the oldest since \(entry.oldestAt.rfc3339) "
                + "(\(Self.age(entry.oldestAgeSeconds)))"
        }
        return lines
    }

    private var stateLine: String {
        guard let upstream, let since else { return "nothing is relayed at present" }
        switch state {
        case .none: return "nothing is relayed at present"
        case .sending: return "\(upstream): takes events, since \(since.rfc3339)"
        case .away:
            let next = nextAttemptAt.map { ", next attempt \($0.rfc3339)" } ?? ""
            return "\(upstream): takes nothing since \(since.rfc3339), \(failures) failures\(next)"
        }
    }

    private static func age(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) days"
        }
    }
}
