import Foundation

/// Something that takes bytes from outside, and what must hold whatever they are: a target stops the program where it
/// does not.
///
/// libFuzzer brings inputs of its own making (`make fuzz`), the tests those that were kept (`Tests/Fuzz/corpora`).
public struct FuzzTarget: Sendable {
    /// The name, which is also that of the corpus and of the dictionary.
    public let name: String
    /// Longest input that is worth trying, in bytes.
    public let bytesMaximum: Int
    private let feed: @Sendable (UnsafeRawBufferPointer) -> Void

    /// A target that `feed` is tried with.
    public init(
        _ name: String, bytesMaximum: Int = 1_024, feed: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
        self.name = name
        self.bytesMaximum = bytesMaximum
        self.feed = feed
    }

    /// Tries one input.
    public func callAsFunction(_ input: UnsafeRawBufferPointer) { feed(input) }

    // MARK: For libFuzzer, which takes a function of C and no more

    nonisolated(unsafe) private static var chosen: FuzzTarget?

    /// Chooses the target that `FUZZ_TARGET` names; ends the program when there is none of that name.
    public static func choose(from targets: [FuzzTarget]) {
        let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
        if name == "list" {
            for target in targets { print(target.name, target.bytesMaximum) }
            exit(0)
        }
        guard let target = targets.first(where: { $0.name == name }) else {
            print("FUZZ_TARGET must be one of \(targets.map(\.name).joined(separator: ", "))")
            exit(2)
        }
        chosen = target
    }

    /// What libFuzzer calls: tries one input with the chosen target.
    public static func feedChosen(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        chosen?(UnsafeRawBufferPointer(start: start, count: count))
        return 0
    }
}

/// Every target without a gateway behind it.
public let readerTargets: [FuzzTarget] = [
    .framing, .json, .requests, .answers, .httpRequests, .httpResponses, .imports, .programmes, .feed, .upstream,
    .signatures, .texts,
]

/// An input whose first bytes say how the rest is cut into pieces.
public struct CutInput {
    /// What is fed.
    public let stream: UnsafeRawBufferPointer
    /// Where it is cut, ascending.
    public let cuts: [Int]

    /// Takes two bytes off the front; nil for an input without them.
    public init?(_ input: UnsafeRawBufferPointer) {
        guard input.count >= 2 else { return nil }
        stream = UnsafeRawBufferPointer(rebasing: input[2...])
        let first = Int(input[0]) % (stream.count + 1)
        cuts = [first, first + Int(input[1]) % (stream.count - first + 1)]
    }

    /// The pieces between the cuts, each a copy of its own, so that a memory checker sees a step behind it.
    public static func pieces(_ stream: UnsafeRawBufferPointer, at cuts: [Int]) -> [[UInt8]] {
        var start = 0
        return (cuts + [stream.count]).map { end in
            defer { start = end }
            return Array(stream[start..<end])
        }
    }

    /// The stream as one piece, cut at the places of its own choosing, and byte by byte: all three must give the same.
    public var ways: [[[UInt8]]] {
        [[Array(stream)], Self.pieces(stream, at: cuts), stream.map { [$0] }]
    }
}
