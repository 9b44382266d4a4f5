@testable import HTTPMessage

/// What a whole stream came to: the requests read, the refusal if any, and the bytes that were left to the caller.
struct Reading: Equatable {
    var requests: [HTTPRequest] = []
    var refusal: HTTPRefusal?
    var isBetweenRequests = true
}

/// Feeds the pieces one after the other, giving unconsumed bytes again as the gateway does.
func read(_ pieces: [ArraySlice<UInt8>], limits: HTTPLimits = HTTPLimits()) -> Reading {
    var reader = HTTPRequestReader(limits: limits)
    var reading = Reading()
    for piece in pieces {
        var rest = piece
        stream: while !rest.isEmpty {
            let (consumed, progress) = rest.withUnsafeBytes { reader.feed($0) }
            rest = rest.dropFirst(consumed)
            switch progress {
            case .needMore:
                precondition(rest.isEmpty, "bytes left although more are needed")
            case .request(let request):
                reading.requests.append(request)
            case .refused:
                break stream
            }
        }
    }
    reading.refusal = reader.refusal
    reading.isBetweenRequests = reader.isBetweenRequests
    return reading
}

func read(_ text: String, limits: HTTPLimits = HTTPLimits()) -> Reading {
    read([ArraySlice(Array(text.utf8))], limits: limits)
}

/// The stream cut in two at every place, and cut into single bytes.
func everySplit(of bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    bytes.indices.map { [bytes[..<$0], bytes[$0...]] } + [bytes.indices.map { bytes[$0...$0] }]
}
