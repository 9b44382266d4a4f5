/// Reads requests from a stream of bytes, one after the other, and refuses everything that two parsers could
/// understand differently.
///
/// The reader keeps what it consumed of an unfinished request and never takes a byte beyond a finished one, so a
/// pipelined second request stays with the caller. How the bytes are cut into pieces makes no difference.
public struct HTTPRequestReader: Sendable {
    /// What came of the bytes so far.
    public enum Progress: Hashable, Sendable {
        /// The request is not complete.
        case needMore
        /// A whole request; the reader is ready for the next.
        case request(HTTPRequest)
        /// The request is refused: answer with the status and close. ``HTTPRequestReader/refusal`` has the case.
        case refused(status: Int, reason: String)
    }

    private enum Stage {
        case requestLine
        case fields
        case body(bytesLeft: Int)
    }

    private let limits: HTTPLimits
    private var stage = Stage.requestLine
    private var headBytes = 0
    private var line: [UInt8] = []
    private var method = HTTPMethod.get
    private var target = ""
    private var headers = HTTPHeaders()
    private var body: [UInt8] = []

    /// Why the stream was refused; once set it stays, and nothing more is consumed.
    public private(set) var refusal: HTTPRefusal?

    /// A reader at the start of a stream.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Whether no byte of a next request has come yet: an idle connection, not a slow request.
    public var isBetweenRequests: Bool {
        headBytes == 0 && refusal == nil
    }

    /// The head of the request whose body is not complete: whoever will refuse it anyway need not wait for the body.
    public var head: HTTPRequestHead? {
        guard case .body = stage, refusal == nil else { return nil }
        return HTTPRequestHead(method: method, target: target, headers: headers)
    }

    /// Whether the sender waits for `100 Continue` before it sends the body.
    public var awaitsContinue: Bool {
        guard case .body = stage, body.isEmpty, refusal == nil else { return false }
        return headers["Expect"] != nil
    }

    /// Takes in the next bytes of the stream.
    ///
    /// - Returns: how many of the bytes belong to the request, and what came of them. Bytes that were not consumed
    ///   must be given again after a `.request`; after `.needMore` there are none.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, progress: Progress) {
        var consumed = 0
        do throws(HTTPRefusal) {
            if let refusal { throw refusal }
            while true {
                if case .body(let bytesLeft) = stage {
                    let taken = min(bytesLeft, bytes.count - consumed)
                    // Once and for all: growing would take twice the length, and copy.
                    if body.isEmpty { body.reserveCapacity(bytesLeft) }
                    body.append(contentsOf: bytes[consumed..<consumed + taken])
                    consumed += taken
                    stage = .body(bytesLeft: bytesLeft - taken)
                    return taken == bytesLeft ? (consumed, .request(takeRequest())) : (consumed, .needMore)
                }
                guard try readLine(bytes, &consumed) else { return (consumed, .needMore) }
                try finishLine()
            }
        } catch {
            refusal = error
            return (consumed, .refused(status: error.status, reason: error.reason))
        }
    }

    /// Moves bytes to `line` up to the end of the line. Returns whether the end was reached.
    private mutating func readLine(_ bytes: UnsafeRawBufferPointer, _ consumed: inout Int) throws(HTTPRefusal) -> Bool {
        while consumed < bytes.count {
            let byte = bytes[consumed]
            consumed += 1
            headBytes += 1
            guard headBytes <= limits.headBytes else { throw tooLong }
            let followsReturn = line.last == HTTPCharacters.carriageReturn
            if byte == HTTPCharacters.lineFeed {
                guard followsReturn else { throw .bareLineFeed }
                line.removeLast()
                return true
            }
            if followsReturn { throw .bareCarriageReturn }
            let isAllowed =
                (0x20...0x7E).contains(byte) || byte == HTTPCharacters.tab || byte == HTTPCharacters.carriageReturn
            guard isAllowed else { throw .badCharacter(byte) }
            line.append(byte)
        }
        return false
    }

    /// A head that is one endless request line has too long a target, whatever else it has.
    private var tooLong: HTTPRefusal {
        if case .requestLine = stage { return .targetTooLong(limitBytes: limits.targetBytes) }
        return .headTooLong(limitBytes: limits.headBytes)
    }

    private mutating func finishLine() throws(HTTPRefusal) {
        defer { line.removeAll(keepingCapacity: true) }
        if case .requestLine = stage {
            (method, target) = try HTTPHeadParser.requestLine(line, targetLimitBytes: limits.targetBytes)
            stage = .fields
        } else if line.isEmpty {
            let head = HTTPRequestHead(method: method, target: target, headers: headers)
            stage = .body(bytesLeft: try HTTPHeadRules.bodyBytes(of: head, limitBytes: limits.bodyBytes))
        } else {
            guard headers.count < limits.headerCount else { throw .tooManyHeaders(limit: limits.headerCount) }
            let field = try HTTPHeadParser.field(line)
            headers.append(name: field.name, value: field.value)
        }
    }

    private mutating func takeRequest() -> HTTPRequest {
        let head = HTTPRequestHead(method: method, target: target, headers: headers)
        let request = HTTPRequest(head: head, body: body)
        stage = .requestLine
        headBytes = 0
        headers = HTTPHeaders()
        target = ""
        body = []
        return request
    }
}
