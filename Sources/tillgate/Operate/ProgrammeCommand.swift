import ArgumentParser
import LineProtocol
import ProgrammeFiles

/// `tillgate programme check|list|put|reload`
struct ProgrammeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programme", abstract: "Check loyalty programmes; see and change those that are in force.",
        subcommands: [Check.self, List.self, Put.self, Reload.self])

    /// Lists the programmes in force.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the programmes in force.")

        @OptionGroup var question: ProgrammeQuestion

        func run() async throws { try await question.ask(OperatorRequest(.programmeList)) }
    }

    /// Puts programmes in force.
    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put programmes in force instead of all that were.",
            discussion: """
                Takes YAML and JSON files, or folders of them; together they must serve every customer. All are checked \
                first: one bad value anywhere and nothing changes. A gateway that was started with programme files \
                refuses: change the files and use reload.
                """)

        @Argument(help: "Files or folders.")
        var paths: [String]
        @OptionGroup var question: ProgrammeQuestion

        func run() async throws {
            let texts: [String]
            do {
                texts = try ProgrammeFolder.json(of: paths)
            } catch {
                throw Console.fail("\(error)", .badInput)
            }
            guard texts.count <= ProtocolLimits.programmes else {
                throw Console.fail("\(texts.count) programmes; \(ProtocolLimits.programmes) fit together", .badInput)
            }
            let message = ProgrammePut(programmes: texts.map { JSONText(bytes: Array($0.utf8)) })
            let request = OperatorRequest(.programmePut, message)
            guard request.fitsIntoLine else {
                throw Console.fail(
                    "the programmes take \(request.body.count) bytes, \(ProtocolLimits.lineBytes) fit into a request; "
                        + "start the gateway with the files instead", .badInput)
            }
            try await question.ask(request)
        }
    }

    /// Reads the programme files again.
    struct Reload: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the programme files again that the gateway was started with.",
            discussion: "One bad value anywhere and the programmes in force stay.")

        @OptionGroup var question: ProgrammeQuestion

        func run() async throws { try await question.ask(OperatorRequest(.programmeReload)) }
    }
}

/// What the commands about programmes are told, and how they answer: with what is in force afterwards.
struct ProgrammeQuestion: ParsableArguments {
    @OptionGroup var place: DataFolder
    @Flag(help: "Print one JSON object.")
    var json = false

    func ask(_ request: OperatorRequest) async throws {
        let answer = try await place.ask([request])[0]
        if json { return Console.result(answer.text) }
        let reply: ProgrammeListReply = try answer.message()
        for programme in reply.programmes {
            let people = programme.segments.map { "segments " + $0.joined(separator: ", ") } ?? "everybody else"
            Console.result(
                "\(programme.id) version \(programme.version) for \(people): \(programme.tiers) tiers, "
                    + "\(programme.promotions) promotions, \(programme.hash)")
        }
        Console.note("\(reply.programmes.count) programmes, \(reply.source.words)")
    }
}

extension ProgrammeListReply.Source {
    /// Where the programmes came from, for people.
    fileprivate var words: String {
        switch self {
        case .builtIn: "built in"
        case .files: "from the gateway's files"
        case .sent: "sent with programme put"
        }
    }
}
