import LineProtocol

extension FuzzTarget {
    /// The stream of lines: what is found in it does not depend on how it was cut. The first two bytes choose the cuts
    /// and, together, the limit.
    static let framing = FuzzTarget("framing") { input in
        guard let cut = CutInput(input) else { return }
        let limit = Int(input[0] ^ input[1])
        let whole = lines(cut.stream, cuts: [], limit: limit)
        precondition(whole == lines(cut.stream, cuts: cut.cuts, limit: limit), "lines do not depend on the cuts")
        precondition(
            whole == lines(cut.stream, cuts: Array(0...cut.stream.count), limit: limit), "nor on single bytes")
        for line in whole { takeApart(UnsafeRawBufferPointer(rebasing: cut.stream[line]), limit: limit) }
    }
}

private func lines(_ stream: UnsafeRawBufferPointer, cuts: [Int], limit: Int) -> [Range<Int>] {
    var framer = LineFramer(limit: limit)
    var found: [Range<Int>] = []
    var start = 0
    for end in cuts + [stream.count] {
        // A copy, so that a memory checker sees a step behind what has arrived.
        let arrived = Array(stream[..<end])
        let isOver = arrived.withUnsafeBytes { bytes in
            while true {
                switch framer.next(bytes, from: start) {
                case .line(let range, let next):
                    found.append(range)
                    start = next
                case .incomplete:
                    return false
                case .tooLong:
                    return true
                }
            }
        }
        if isOver { break }
    }
    return found
}

private func takeApart(_ line: UnsafeRawBufferPointer, limit: Int) {
    precondition(line.count <= limit, "a line keeps its limit")
    if let request = try? RequestLine.parse(line) {
        precondition(!request.verb.isEmpty && !request.tag.isEmpty && !request.body.isEmpty, "no part is empty")
        _ = Verb(request.verb)
    }
    guard let answer = try? ServerLine.parse(line) else { return }
    switch answer {
    case .ok(let tag, let body): precondition(!tag.isEmpty && !body.isEmpty, "no part is empty")
    case .error(_, let code, let body): precondition(ErrorCode(code) != nil || !body.isEmpty, "no part is empty")
    case .event(_, let name, _): _ = EventName(name)
    }
}
