import ArgumentParser
import Foundation
import UpstreamSimulator

/// The options of misbehaviour. Rates are shares of the batches; together they are at most 1.
struct MisbehaviourOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Hold every answer to a batch back this long.", valueName: "milliseconds"))
    var delayMs = 0

    @Option(help: ArgumentHelp("Share of batches answered with 500 and not stored, 0 to 1.", valueName: "rate"))
    var failRate = 0.0

    @Option(
        help: ArgumentHelp(
            "Share of batches answered with 429 and Retry-After, and not stored, 0 to 1.", valueName: "rate"))
    var busyRate = 0.0

    @Option(help: ArgumentHelp("Share of batches stored and never answered, 0 to 1.", valueName: "rate"))
    var timeoutRate = 0.0

    @Option(
        help: ArgumentHelp(
            "Share of batches stored, with the connection cut in the middle of the answer, 0 to 1.",
            valueName: "rate"))
    var cutRate = 0.0

    @Option(
        help: ArgumentHelp(
            "Share of batches not stored, with the connection closed without an answer, 0 to 1.", valueName: "rate"))
    var resetRate = 0.0

    @Option(help: ArgumentHelp("Refuse events for good whose id ends with this.", valueName: "suffix"))
    var refuseIdSuffix: String?

    @Option(
        help: ArgumentHelp(
            "Refuse events whose id ends with this the first time, and take them later.", valueName: "suffix"))
    var refuseOnceIdSuffix: String?

    @Option(
        help: ArgumentHelp(
            "Answer 500 to batches with such an event and others; alone it is taken.", valueName: "suffix"))
    var troublesomeIdSuffix: String?

    @Option(help: ArgumentHelp("Answer 500 to batches with such an event, always.", valueName: "suffix"))
    var poisonIdSuffix: String?

    @Option(help: ArgumentHelp("Answer 413 to batches with more events.", valueName: "number"))
    var maxEvents: Int?

    @Flag(help: "Answer 415 to compressed batches.")
    var noGzip = false

    @Option(help: ArgumentHelp("The secret that requests must be signed with.", valueName: "file"))
    var secretFile: String?

    @Flag(help: "Do all of it in turns: a while all is well, then one fault for a few requests.")
    var hostile = false

    @Option(help: ArgumentHelp("The same seed and batches give the same misbehaviour.", valueName: "number"))
    var seed: UInt64 = 1

    func value() throws -> Misbehaviour {
        var value = Misbehaviour()
        value.delayMilliseconds = delayMs
        for (fault, rate) in [
            (Fault.fail, failRate), (.busy, busyRate), (.timeout, timeoutRate), (.cut, cutRate), (.reset, resetRate),
        ] where rate != 0 { value.rates[fault] = rate }
        value.inTurns = hostile
        value.refusedSuffix = refuseIdSuffix
        value.refusedOnceSuffix = refuseOnceIdSuffix
        value.troublesomeSuffix = troublesomeIdSuffix
        value.poisonSuffix = poisonIdSuffix
        value.eventsMaximum = maxEvents ?? .max
        value.takesOnlyPlain = noGzip
        value.signingSecret = try secretFile.map { path in
            try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return value
    }
}
