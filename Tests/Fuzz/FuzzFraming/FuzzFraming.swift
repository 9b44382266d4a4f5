import LineProtocol

/// Cuts one input at two places of its own choosing and stops the program if that gives other lines than the whole
/// does.
///
/// The first two bytes choose the places and the limit; the rest is the stream.
func fuzzOne(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 2 else { return }
    let stream = UnsafeRawBufferPointer(rebasing: bytes[2...])
    let first = Int(bytes[0]) % (stream.count + 1)
    let second = first + Int(bytes[1]) % (stream.count - first + 1)
    let limit = Int(bytes[0] ^ bytes[1])
    let whole = lines(stream, cuts: [], limit: limit)
    precondition(whole == lines(stream, cuts: [first, second], limit: limit), "lines do not depend on the cuts")
    precondition(whole == lines(stream, cuts: Array(0...stream.count), limit: limit), "nor on single bytes")
    for line in whole { takeApart(UnsafeRawBufferPointer(rebasing: stream[line]), limit: limit) }
}

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    fuzzOne(UnsafeRawBufferPointer(start: start, count: count))
    return 0
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
