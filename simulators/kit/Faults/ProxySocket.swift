import Glibc

/// A non-blocking TCP socket on IPv4, as the fault proxy needs it.
struct ProxySocket: Sendable {
    enum Received {
        case bytes([UInt8]), nothing, end, failed
    }

    /// What cannot be done, in the system's words.
    struct Failure: Error, CustomStringConvertible {
        let call: String
        let reason: String

        init(_ call: String) {
            self.call = call
            reason = String(cString: strerror(errno))
        }

        var description: String { "\(call): \(reason)" }
    }

    let descriptor: Int32

    /// Listens on loopback; port 0 lets the system choose.
    static func listening(port: Int) throws(Failure) -> (socket: ProxySocket, port: Int) {
        let socket = try make()
        var one: Int32 = 1
        setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let bound = withAddress(host: "127.0.0.1", port: port) { bind(socket.descriptor, $0, $1) }
        guard bound == 0, listen(socket.descriptor, 1_024) == 0 else {
            let failure = Failure("listening on port \(port)")
            socket.close()
            throw failure
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.descriptor, $0, &length) }
        }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Begins to connect; the socket becomes writable when it is done.
    static func connecting(host: String, port: Int) throws(Failure) -> ProxySocket {
        let socket = try make()
        let result = withAddress(host: host, port: port) { connect(socket.descriptor, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else {
            let failure = Failure("connecting to \(host):\(port)")
            socket.close()
            throw failure
        }
        return socket
    }

    private static func make() throws(Failure) -> ProxySocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("socket") }
        return ProxySocket(preparing: descriptor)
    }

    private init(preparing descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The next connection that waits, if there is one.
    func accept() -> ProxySocket? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        return accepted >= 0 ? ProxySocket(preparing: accepted) : nil
    }

    func receive(atMost count: Int) -> Received {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(descriptor, &buffer, count, 0)
        if got > 0 { return .bytes(Array(buffer.prefix(got))) }
        if got == 0 { return .end }
        return errno == EAGAIN || errno == EINTR ? .nothing : .failed
    }

    /// How many bytes were taken; nil when the connection is broken.
    func send(_ bytes: ArraySlice<UInt8>) -> Int? {
        let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if sent >= 0 { return sent }
        return errno == EAGAIN || errno == EINTR || errno == ENOTCONN ? 0 : nil
    }

    /// Says that nothing more is sent.
    func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() {
        Glibc.close(descriptor)
    }

    /// Closes so that the other side sees a broken connection.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    private static func withAddress(
        host: String, port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
            errno = EINVAL
            return -1
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
