import ArgumentParser
import LineProtocol
import Retail

/// `tillgate explain`: why a receipt has the points that it has.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain the points of a receipt, step by step.",
        discussion: "Computes the receipt again; exits with 1 when that does not give the points that were given.")

    @OptionGroup var place: DataFolder
    @Argument(help: "Key of the receipt: store/till/shift/number.")
    var key: ReceiptKey
    @Option(help: "Language of the text: ru or en; the store's own if not given.")
    var language: MessageLanguage?
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let request = OperatorRequest(.explain, ExplainRequest(key: key, language: language))
        let answer = try await place.ask([request])[0]
        let reply: ExplainReply = try answer.message()
        Console.result(json ? answer.text : reply.text)
        if !reply.agrees { throw Console.fail("computing it again gives other points", .failure) }
    }
}

extension ReceiptKey: ExpressibleByArgument {
    /// The key as it stands on the wire.
    public init?(argument: String) {
        self.init(text: argument)
    }
}

extension MessageLanguage: ExpressibleByArgument {}
