/// Runs a fuzz target on inputs made by changing the corpus at random.
///
/// `swift run -c release FuzzJSON [inputs] [seed]`: the same seed gives the same inputs, so a crash can be repeated;
/// the last line printed says from which input on.
///
/// libFuzzer looks for inputs that reach new code. It brings a main program of its own and calls the same function:
///
///     swift build -c release --sanitize=fuzzer --sanitize=address -Xswiftc -DLIBFUZZER \
///         --scratch-path .build/fuzz --product FuzzJSON
///     .build/fuzz/release/FuzzJSON -max_total_time=600 corpus-folder
public func runFuzz(corpus: [String], one: (UnsafeRawBufferPointer) -> Void) {
    let numbers = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
    let inputs = numbers.first ?? 100_000
    let seed = numbers.dropFirst().first ?? 1
    for number in 0..<inputs {
        if number % 10_000 == 0 { print("seed \(seed), input \(number)") }
        var mutator = Mutator(seed: seed &* 0x1_0000_0000 &+ number)
        mutator.input(from: corpus).withUnsafeBytes(one)
    }
    print("\(inputs) inputs, no crash")
}

/// Changes texts of a corpus at random, or makes bytes up.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// The next input.
    mutating func input(from corpus: [String]) -> [UInt8] {
        var bytes = below(8) == 0 ? garbage() : text(of: corpus)
        for _ in 0..<below(6) { mutate(&bytes, corpus) }
        return bytes
    }

    private mutating func text(of corpus: [String]) -> [UInt8] {
        corpus.isEmpty ? [] : Array(corpus[below(corpus.count)].utf8)
    }

    private mutating func garbage() -> [UInt8] {
        let likely = Array("{}[]\",:\\u00d8e+-.0123456789truefalsenull \t\r\nABCZ_".utf8)
        return (0..<below(200)).map { _ in
            below(6) == 0 ? UInt8(truncatingIfNeeded: next()) : likely[below(likely.count)]
        }
    }

    private mutating func mutate(_ bytes: inout [UInt8], _ corpus: [String]) {
        guard !bytes.isEmpty else { return }
        let place = below(bytes.count)
        let length = below(min(16, bytes.count - place) + 1)
        switch below(6) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
        case 1: bytes[place] ^= 1 << UInt8(below(8))
        case 2: bytes.removeSubrange(place..<place + length)
        case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
        case 4: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: text(of: corpus), at: place)
        }
    }

    private mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(max(bound, 1)))
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
