import ArgumentParser

/// How the upstream of a replay behaves.
enum UpstreamManner: String, CaseIterable, ExpressibleByArgument {
    /// As it should.
    case good
    /// Badly, in turns: errors, rushes, answers that come late, cut, slowly, garbled or not at all, connections that are reset,
    /// a certificate that has expired, batches that are too large, receipts that it falls over.
    case hostile

    /// What upstream is told beside where its files are.
    func simulatorArguments(seed: UInt64) -> [String] {
        switch self {
        case .good: []
        case .hostile:
            [
                "--hostile", "--seed", "\(seed)", "--troublesome-id-suffix", "77", "--max-events", "50",
                "--secret-file", "upstream/secret", "--expired-certificate",
                "upstream/expired/server.pem", "--expired-key", "upstream/expired/server.key.pem",
            ]
        }
    }

    /// What the gateway is told beside where upstream is.
    var gatewayArguments: [String] {
        switch self {
        case .good: []
        // A replay has no time to wait half a minute for each answer that never comes.
        case .hostile: ["--upstream-request-milliseconds", "1000", "--upstream-secret-file", "upstream/secret"]
        }
    }

    /// How long it may look as if nothing went on: the relay's pauses grow to a minute.
    var stallMilliseconds: Int? { self == .hostile ? 180_000 : nil }
}
