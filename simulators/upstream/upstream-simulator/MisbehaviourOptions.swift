import ArgumentParser
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

    @Option(help: ArgumentHelp("The same seed and batches give the same misbehaviour.", valueName: "number"))
    var seed: UInt64 = 1

    var value: Misbehaviour {
        var value = Misbehaviour()
        value.delayMilliseconds = delayMs
        value.failRate = failRate
        value.busyRate = busyRate
        value.timeoutRate = timeoutRate
        value.cutRate = cutRate
        value.resetRate = resetRate
        value.refusedSuffix = refuseIdSuffix
        return value
    }
}
