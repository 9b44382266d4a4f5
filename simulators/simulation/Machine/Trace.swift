/// What happened, as far as it is looked at: the last steps in words, and all of them as one number.
final class Trace: @unchecked Sendable {
    private static let kept = 40

    private var lines: [String] = []
    private var next = 0
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    /// Writes every line out as it comes.
    private let isLoud: Bool
    private var time: Int64 = 0

    init(isLoud: Bool) { self.isLoud = isLoud }

    /// A lane did a piece of work.
    func ran(_ lane: String, at now: Int64) {
        time = now
        mix(UInt64(bitPattern: now))
        for byte in lane.utf8 { mix(UInt64(byte)) }
    }

    /// Something worth telling happened.
    func note(_ text: @autoclosure () -> String) {
        let text = text()
        for byte in text.utf8 { mix(UInt64(byte)) }
        let line = "\(time) ms  \(text)"
        if isLoud { print(line) }
        if lines.count < Self.kept {
            lines.append(line)
        } else {
            lines[next] = line
            next = (next + 1) % Self.kept
        }
    }

    /// Bytes went somewhere.
    func bytes(_ bytes: some Sequence<UInt8>) { for byte in bytes { mix(UInt64(byte)) } }

    /// The last lines, the oldest first.
    var last: [String] { Array(lines[next...] + lines[..<next]) }

    private func mix(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01B3 }
}
