import ArgumentParser
import Foundation
import LineProtocol
import Retail

/// `tillgate feed status|refused|retry`
struct FeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feed", abstract: "See what upstream sends down, and what could not be used of it.",
        subcommands: [Status.self, Refused.self, Retry.self])

    /// Tells how far it came.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell how far what upstream sends down was taken in.",
            discussion: "Exits with 1 when upstream does not answer, or when refused changes are kept.")

        @OptionGroup var place: DataFolder
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let answer = try await place.ask([OperatorRequest(.feedStatus)])[0]
            let reply: FeedStatusReply = try answer.message()
            if json {
                Console.result(answer.text)
            } else {
                for line in reply.lines { Console.result(line) }
            }
            if reply.state == .failing || reply.kept > 0 { throw ExitCode.failure }
        }
    }

    /// Lists what was refused.
    struct Refused: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List changes from upstream that changed nothing, with the reason of each.",
            discussion: "With an id: that change alone, as it came.")

        @OptionGroup var place: DataFolder
        @Argument(help: "Id of one change.")
        var id: String?
        @Flag(help: "Print one JSON object a change.")
        var json = false

        func run() async throws {
            try await place.converse(makingFolder: false) { ask in
                var after: String?
                repeat {
                    let request = FeedRefusedRequest(id: id, after: after)
                    let reply: FeedRefusedReply = try await ask(OperatorRequest(.feedRefused, request)).message()
                    for change in reply.changes { Console.result(json ? change.json : change.line) }
                    if id != nil, !json, let text = reply.changes.first?.text {
                        Console.result(String(decoding: text.bytes, as: UTF8.self))
                    }
                    after = reply.next
                } while after != nil
            }
        }
    }

    /// Applies refused changes again.
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply refused changes again, and ask upstream at once.",
            discussion: "Exits with 1 when some are still refused.")

        @OptionGroup var place: DataFolder
        @Argument(help: "Id of one change; all of them if not given.")
        var id: String?
        @Flag(help: "Ask for everything again, as a gateway that knows nothing would.")
        var snapshot = false
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let answer = try await place.ask([OperatorRequest(.feedRetry, FeedRetry(id: id, takesSnapshot: snapshot))])[
                0]
            let reply: FeedRetry.Reply = try answer.message()
            Console.result(json ? answer.text : "\(reply.applied) applied, \(reply.refused) still refused")
            if reply.refused > 0 { throw ExitCode.failure }
        }
    }
}

extension FeedStatusReply {
    fileprivate var lines: [String] {
        var lines = ["\(state.rawValue)\(source.map { ": " + $0 } ?? "")"]
        lines.append("\(applied) changes applied, \(known) known already, \(refused) refused (\(kept) are kept)")
        if let takenAt { lines.append("last change taken in at \(takenAt.rfc3339)") }
        if let snapshotAt { lines.append("last snapshot complete at \(snapshotAt.rfc3339)") }
        if let failingSince {
            lines.append("no answer since \(failingSince.rfc3339): \(lastError ?? "")")
        }
        if let nextAttemptAt { lines.append("asked next at \(nextAttemptAt.rfc3339)") }
        lines.append(
            "customers asked for one by one: \(lookups.state.rawValue), \(lookups.asked) asked, "
                + "\(lookups.found) found, \(lookups.unknown) unknown there, \(lookups.failed) without an answer, \(lookups.late) too late"
        )
        return lines
    }
}

extension FeedRefusedReply.Change {
    fileprivate var line: String {
        let place = field.map { " \($0):" } ?? ""
        let waiting = waitsFor.map { " (waits for \($0))" } ?? ""
        return "\(id)  \(type.isEmpty ? "?" : type)  \(refusedAt.rfc3339)  \(code):\(place) \(reason)\(waiting)"
    }

    fileprivate var json: String {
        let writer = ByteWriter(capacity: 512)
        write(to: writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
