import HTTPMessage

extension FuzzTarget {
    /// Requests, one behind the other; the first two bytes choose the cuts. Limits are small, so that they are met.
    static let httpRequests = FuzzTarget("http-requests") { input in
        guard let cut = CutInput(input) else { return }
        let found = cut.ways.map { takeIn($0) }
        precondition(found.allSatisfy { $0 == found[0] }, "requests do not depend on the cuts")
        for request in found[0].requests { takeApart(request) }
    }

    /// The answer of a server of our own.
    static let httpResponses = FuzzTarget("http-responses") { input in
        guard let cut = CutInput(input) else { return }
        let found = cut.ways.map { readResponse($0, headBytesMaximum: 512) }
        precondition(found.allSatisfy { $0 == found[0] }, "a response does not depend on the cuts")
        guard case .success(let response?) = found[0], response.status != 204, response.status != 304 else { return }
        let again = Array(response.serialized(keepAlive: true))
        guard case .success(let repeated?) = readResponse([again], headBytesMaximum: again.count) else {
            preconditionFailure("a response that was read can be written and read again")
        }
        precondition(repeated.status == response.status && repeated.body == response.body, "and says the same")
    }
}

private struct Requests: Equatable {
    var requests: [HTTPRequest] = []
    var refusal: HTTPRefusal?
    /// Whether a begun request waits for more.
    var isWaiting = false
}

private func takeIn(_ pieces: [[UInt8]]) -> Requests {
    var reader = HTTPRequestReader(
        limits: HTTPLimits(headBytes: 512, targetBytes: 100, headerCount: 8, bodyBytes: 600))
    var found = Requests()
    for piece in pieces {
        var position = 0
        repeat {
            let (consumed, progress) = piece.withUnsafeBytes { bytes in
                reader.feed(UnsafeRawBufferPointer(rebasing: bytes[position...]))
            }
            precondition(consumed <= piece.count - position, "what was not there is not consumed")
            position += consumed
            switch progress {
            case .needMore: precondition(position == piece.count, "a reader that wants more has taken what there is")
            case .request(let request): found.requests.append(request)
            case .refused:
                precondition(reader.refusal != nil, "a refusal has a reason")
                found.refusal = reader.refusal
                return found
            }
        } while position < piece.count
    }
    found.isWaiting = !reader.isBetweenRequests
    return found
}

/// Everything that is asked of a request that was taken.
private func takeApart(_ request: HTTPRequest) {
    precondition(request.body.count <= 600 && request.target.utf8.count <= 100, "a request keeps its limits")
    precondition(request.headers.values(of: "Host").count == 1, "Host stands once")
    _ = request.keepsAlive
    for segment in HTTPTarget.segments(ofPath: request.path) ?? [] {
        precondition(HTTPTarget.decoded(HTTPTarget.encoded(segment)) == segment, "a segment survives its encoding")
    }
    for pair in HTTPTarget.pairs(ofQuery: request.query) ?? [] {
        precondition(HTTPTarget.decoded(HTTPTarget.encoded(pair.value)) == pair.value, "so does a value")
    }
    var headers = request.headers
    headers.remove("Content-Length")
    let written = HTTPRequest(
        head: HTTPRequestHead(method: request.method, target: request.target, headers: headers), body: request.body)
    var reader = HTTPRequestReader()
    let (consumed, progress) = written.serialized().withUnsafeBytes { reader.feed($0) }
    guard case .request(let again) = progress else {
        preconditionFailure("a request that was taken can be handed on: \(progress)")
    }
    precondition(consumed == written.serialized().count, "whole")
    precondition(again.method == request.method && again.target == request.target, "to the same place")
    precondition(again.body == request.body, "with the same body")
}

private func readResponse(
    _ pieces: [[UInt8]], headBytesMaximum: Int
) -> Result<HTTPResponse?, HTTPResponseReader.Failure> {
    var reader = HTTPResponseReader(headBytesMaximum: headBytesMaximum, bodyBytesMaximum: 4_096)
    var response: HTTPResponse?
    do throws(HTTPResponseReader.Failure) {
        // Also what follows a whole response is fed: it is an error, wherever the cuts are.
        for piece in pieces where !piece.isEmpty {
            let outcome = piece.withUnsafeBytes { bytes in
                Result { () throws(HTTPResponseReader.Failure) in try reader.feed(bytes) }
            }
            response = try outcome.get()
        }
    } catch {
        return .failure(error)
    }
    return .success(response)
}
