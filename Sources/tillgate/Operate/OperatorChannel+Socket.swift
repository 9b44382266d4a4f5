import Foundation
import Glibc
import LineProtocol

/// Speaks the line protocol with a running gateway over its socket file, one request at a time.
final class OperatorChannel {
    /// The socket cannot be used.
    struct Broken: Error, CustomStringConvertible {
        var reason: String

        var description: String { "the gateway's operator socket: \(reason)" }
    }

    /// An audit of a large journal takes its time; nobody waits longer than this.
    private static let answerSecondsMaximum = 600

    private let descriptor: Int32
    private var received: [UInt8] = []
    private var framer = LineFramer(limit: ProtocolLimits.lineBytes * 8)
    private var serial = 0

    /// Connects and says HELLO; nil when no gateway listens there.
    init?(socketPath: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard socketPath.utf8.count < capacity else { throw Broken(reason: "\(socketPath) is too long a path") }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socketPath.utf8) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { return nil }
        var limit = timeval(tv_sec: Self.answerSecondsMaximum, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        _ = try ask(OperatorRequest(.hello, Hello(client: ProgramVersionField.text)))
    }

    deinit { close(descriptor) }

    /// Sends a request and waits for its answer.
    func ask(_ request: OperatorRequest) throws -> OperatorAnswer {
        serial += 1
        let tag = "\(serial)"
        try send(Array("\(request.verb.name) \(tag) ".utf8) + request.body + [UInt8(ascii: "\n")])
        while true {
            let line = try nextLine()
            let answer = try line.withUnsafeBytes { bytes -> Result<OperatorAnswer, OperatorRefused>? in
                switch try ServerLine.parse(bytes) {
                case .ok(let answered, let body) where answered.elementsEqual(tag.utf8):
                    return .success(OperatorAnswer(body: Array(body)))
                case .error(_, let code, let body):
                    return .failure(
                        OperatorRefused(
                            code: String(decoding: code, as: UTF8.self), body: String(decoding: body, as: UTF8.self)))
                case .ok, .event:
                    return nil
                }
            }
            if let answer { return try answer.get() }
        }
    }

    private func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Broken(reason: String(cString: strerror(errno))) }
            sent += count
        }
    }

    private func nextLine() throws -> [UInt8] {
        while true {
            let framing = received.withUnsafeBytes { framer.next($0, from: 0) }
            switch framing {
            case .line(let range, let next):
                let line = Array(received[range])
                received.removeFirst(next)
                return line
            case .tooLong:
                throw Broken(reason: "an answer is longer than expected")
            case .incomplete:
                var chunk = [UInt8](repeating: 0, count: 65_536)
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard count > 0 else {
                    throw Broken(reason: count == 0 ? "the gateway closed it" : String(cString: strerror(errno)))
                }
                received += chunk[..<count]
            }
        }
    }
}

/// How the program introduces itself.
private enum ProgramVersionField {
    static let text = LineProtocol.ProgramVersion(name: "tillgate", version: ProgramVersion.text)
}
