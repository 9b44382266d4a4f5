import ArgumentParser
import LineProtocol

/// `tillgate audit`: proves that the books add up.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove that every balance is the sum of its entries and that nothing refers to what is not there.",
        discussion: "Exits with 1 when anything does not add up. Works while the gateway is running, and without it.")

    @OptionGroup var place: DataFolder
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let answer = try await place.ask([OperatorRequest(.audit)])[0]
        if json {
            Console.result(answer.text)
        } else {
            let report: AuditReply = try answer.message()
            for (name, count) in report.checked.sorted(by: { $0.key < $1.key }) { Console.result("\(name): \(count)") }
            for finding in report.findings {
                Console.result("\(finding.kind) \(finding.key): \(finding.message)")
            }
            Console.result(report.findings.isEmpty ? "everything adds up" : "\(report.findings.count) findings")
        }
        if try (answer.message() as AuditReply).findings.isEmpty == false { throw ExitCode.failure }
    }
}
