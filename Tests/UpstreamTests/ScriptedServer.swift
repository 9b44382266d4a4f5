import Foundation
import Glibc
import Gzip
import Locking

/// A request as it came in over the wire.
struct ReceivedRequest: Sendable {
    let head: String
    let body: [UInt8]
    /// Counts the server's connections from 0.
    let connection: Int

    /// The value of a header by its exact name.
    func header(_ name: String) -> String? {
        head.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    /// The ids of the events in the body, in order.
    var ids: [String] {
        struct Batch: Decodable {
            struct Event: Decodable { let id: String }
            let events: [Event]
        }
        let isCompressed = header("Content-Encoding") == "gzip"
        let plain = isCompressed ? (try? Gzip.decompress(body, limitBytes: 16 << 20)) ?? [] : body
        return (try? JSONDecoder().decode(Batch.self, from: Data(plain)))?.events.map(\.id) ?? []
    }
}

/// What the server does with a request.
enum Reaction: Sendable {
    /// Answers with these bytes and keeps the connection.
    case send(String)
    /// Answers byte by byte, each in a packet of its own.
    case dribble(String)
    /// Answers with these bytes, then closes in good order.
    case sendAndClose(String)
    /// Answers with these bytes, then resets the connection.
    case sendAndReset(String)
    /// Never answers; ends when the client has given up.
    case hang

    /// A whole answer.
    static func answer(_ status: Int, _ body: String, headers: String = "") -> Reaction {
        .send("HTTP/1.1 \(status) Status\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}

/// A plain HTTP server on 127.0.0.1 that behaves as badly as a test wants it to.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let react: @Sendable (ReceivedRequest) -> Reaction
    private let received = Mutex<[ReceivedRequest]>([])
    private let connections = Atomic(0)

    var baseURL: String { "http://127.0.0.1:\(port)" }
    var requests: [ReceivedRequest] { received.withLock { $0 } }
    var connectionCount: Int { connections.load(ordering: .acquiring) }

    init(react: @escaping @Sendable (ReceivedRequest) -> Reaction) throws {
        self.react = react
        (listener, port) = try listenOnLoopback()
        Thread.detachNewThread { [self] in accept() }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { break }
            let number = connections.add(1, ordering: .acquiringAndReleasing).oldValue
            Thread.detachNewThread { [self] in serve(descriptor, number) }
        }
        close(listener)
    }

    private func serve(_ descriptor: Int32, _ number: Int) {
        defer { close(descriptor) }
        var pending: [UInt8] = []
        while let request = readRequest(descriptor, number, &pending) {
            received.withLock { $0.append(request) }
            switch react(request) {
            case .send(let text): write(descriptor, Array(text.utf8))
            case .dribble(let text): for byte in text.utf8 { write(descriptor, [byte]) }
            case .sendAndClose(let text):
                write(descriptor, Array(text.utf8))
                return
            case .sendAndReset(let text):
                write(descriptor, Array(text.utf8))
                var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
                setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
                return
            case .hang:
                var byte: UInt8 = 0
                while recv(descriptor, &byte, 1, 0) > 0 {}
                return
            }
        }
    }

    private func readRequest(_ descriptor: Int32, _ number: Int, _ pending: inout [UInt8]) -> ReceivedRequest? {
        let separator = Data("\r\n\r\n".utf8)
        while true {
            if let end = Data(pending).range(of: separator) {
                let head = String(decoding: pending[..<end.lowerBound], as: UTF8.self)
                let empty = ReceivedRequest(head: head, body: [], connection: number)
                let length = empty.header("Content-Length").flatMap { Int($0) } ?? 0
                if pending.count >= end.upperBound + length {
                    let body = Array(pending[end.upperBound..<end.upperBound + length])
                    pending.removeFirst(end.upperBound + length)
                    return ReceivedRequest(head: head, body: body, connection: number)
                }
            }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            pending += buffer[..<count]
        }
    }

    private func write(_ descriptor: Int32, _ bytes: [UInt8]) {
        var noDelay: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}

/// A listening socket on a port that the system chose.
func listenOnLoopback() throws -> (descriptor: Int32, port: UInt16) {
    struct SocketFailure: Error { let errorNumber: Int32 }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            bind(descriptor, generic, length) == 0 && listen(descriptor, 64) == 0
                && getsockname(descriptor, generic, &length) == 0
        }
    }
    guard isListening else { throw SocketFailure(errorNumber: errno) }
    return (descriptor, UInt16(bigEndian: address.sin_port))
}
