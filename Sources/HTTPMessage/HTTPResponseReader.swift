/// Reads one response with a body of announced length, as strictly as requests are read.
///
/// It is for a server of our own on the same machine: other framings, interim answers and folded lines are refused.
public struct HTTPResponseReader: Sendable {
    /// Why a response cannot be taken.
    public enum Failure: Error, Hashable, Sendable {
        /// It is not a response of HTTP/1.1 with a body of announced length.
        case malformed
        /// Head or body is longer than the limit.
        case tooLong(limitBytes: Int)
    }

    private let headBytesMaximum: Int
    private let bodyBytesMaximum: Int
    private var line: [UInt8] = []
    private var headBytes = 0
    private var status: Int?
    private var headers = HTTPHeaders()
    private var body: [UInt8] = []
    private var bodyBytes: Int?

    /// A reader at the start of a response.
    public init(headBytesMaximum: Int = 16_384, bodyBytesMaximum: Int) {
        self.headBytesMaximum = headBytesMaximum
        self.bodyBytesMaximum = bodyBytesMaximum
    }

    /// Takes in the next bytes. What follows a finished response is an error: nobody asked for it.
    ///
    /// - Returns: the response once it is whole, nil before.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> HTTPResponse? {
        var position = 0
        while bodyBytes == nil {
            guard try readLine(bytes, &position) else { return nil }
            try finishLine()
        }
        guard let bodyBytes, let status else { return nil }
        guard body.count + bytes.count - position <= bodyBytes else { throw .malformed }
        body.append(contentsOf: bytes[position...])
        guard body.count == bodyBytes else { return nil }
        return HTTPResponse(status: status, headers: headers, body: body)
    }

    private mutating func readLine(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) throws(Failure) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            headBytes += 1
            guard headBytes <= headBytesMaximum else { throw .tooLong(limitBytes: headBytesMaximum) }
            if byte == HTTPCharacters.lineFeed {
                guard line.last == HTTPCharacters.carriageReturn else { throw .malformed }
                line.removeLast()
                return true
            }
            line.append(byte)
        }
        return false
    }

    private mutating func finishLine() throws(Failure) {
        defer { line.removeAll(keepingCapacity: true) }
        guard status != nil else {
            status = try Self.status(line)
            return
        }
        guard line.isEmpty else {
            do { headers.append(try HTTPHeadParser.field(line)) } catch { throw .malformed }
            return
        }
        let lengths = headers.values(of: "Content-Length")
        guard headers["Transfer-Encoding"] == nil, lengths.count == 1, let bytes = Int(lengths[0]), bytes >= 0 else {
            throw .malformed
        }
        guard bytes == 0 || (status != 204 && status != 304) else { throw .malformed }
        guard bytes <= bodyBytesMaximum else { throw .tooLong(limitBytes: bodyBytesMaximum) }
        bodyBytes = bytes
        headers.remove("Content-Length")
        headers.remove("Connection")
    }

    private static func status(_ line: [UInt8]) throws(Failure) -> Int {
        let text = String(decoding: line, as: UTF8.self)
        let prefix = "HTTP/1.1 "
        guard text.hasPrefix(prefix), let status = Int(text.dropFirst(prefix.count).prefix(3)),
            (200...599).contains(status)
        else { throw .malformed }
        return status
    }
}
