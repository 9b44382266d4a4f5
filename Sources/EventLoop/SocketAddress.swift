import CEventLoop
import Glibc

/// The system's form of an address.
struct SocketAddress {
    private(set) var storage: sockaddr_storage
    private(set) var length: socklen_t

    var family: Int32 { Int32(storage.ss_family) }

    /// Calls with the pointer and length that `bind` and `connect` want.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            body(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    init(storage: sockaddr_storage, length: socklen_t) {
        self.storage = storage
        self.length = length
    }

    /// A Unix socket's address.
    init(path: String) throws(EventLoopError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let limit = MemoryLayout.size(ofValue: address.sun_path) - 1
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= limit, !bytes.contains(0) else {
            throw .pathTooLong(path: path, limit: limit)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        storage = sockaddr_storage()
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        withUnsafeMutableBytes(of: &storage) { target in
            withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
        }
    }

    /// Every address of a host, the system's preference first. Names are looked up, which may take seconds; with
    /// `numericOnly` a name gives an empty list instead.
    static func resolve(host: String, port: Int, numericOnly: Bool) throws(EventLoopError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | (numericOnly ? AI_NUMERICHOST : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        guard (0...65_535).contains(port), getaddrinfo(host, String(port), &hints, &list) == 0 else {
            if numericOnly { return [] }
            throw .unknownHost(host)
        }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let info = next {
            if let address = info.pointee.ai_addr {
                var storage = sockaddr_storage()
                withUnsafeMutableBytes(of: &storage) { target in
                    target.copyMemory(
                        from: UnsafeRawBufferPointer(start: address, count: Int(info.pointee.ai_addrlen)))
                }
                found.append(SocketAddress(storage: storage, length: info.pointee.ai_addrlen))
            }
            next = info.pointee.ai_next
        }
        return found
    }

    /// The address that a bound socket has.
    init?(ofSocket descriptor: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            getsockname(
                descriptor, UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), &length)
        }
        guard result == 0 else { return nil }
        self.init(storage: storage, length: length)
    }

    /// The port, in either IP family; 0 for a Unix socket.
    var port: Int {
        get {
            switch family {
            case AF_INET: Int(UInt16(bigEndian: read(sockaddr_in.self).sin_port))
            case AF_INET6: Int(UInt16(bigEndian: read(sockaddr_in6.self).sin6_port))
            default: 0
            }
        }
        set {
            // The port follows the family in both structures.
            withUnsafeMutableBytes(of: &storage) { bytes in
                bytes.storeBytes(of: UInt16(newValue).bigEndian, toByteOffset: 2, as: UInt16.self)
            }
        }
    }

    /// The peer in the form that the rest of the program knows.
    var peer: PeerAddress {
        switch family {
        case AF_INET:
            let raw = UInt32(bigEndian: read(sockaddr_in.self).sin_addr.s_addr)
            return Self.peer(version4: raw, port: port)
        case AF_INET6:
            let words = withUnsafeBytes(of: read(sockaddr_in6.self).sin6_addr) { bytes in
                (
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            if words.0 == 0, words.1 >> 32 == 0xFFFF {
                return Self.peer(version4: UInt32(truncatingIfNeeded: words.1), port: port)
            }
            return PeerAddress(
                text: "[\(version6Text)]:\(port)", isLoopback: words == (0, 1), isLocalSocket: false,
                host: HostKey(high: words.0, low: words.1))
        default:
            return PeerAddress(
                text: "unix", isLoopback: false, isLocalSocket: true, host: HostKey(high: 0, low: 0))
        }
    }

    /// Listening here reaches no other machine.
    var isLocal: Bool { peer.isLoopback || peer.isLocalSocket }

    private static func peer(version4 raw: UInt32, port: Int) -> PeerAddress {
        PeerAddress(
            text: "\(raw >> 24).\(raw >> 16 & 255).\(raw >> 8 & 255).\(raw & 255):\(port)",
            isLoopback: raw >> 24 == 127, isLocalSocket: false,
            host: HostKey(high: 0, low: 0xFFFF_0000_0000 | UInt64(raw)))
    }

    private var version6Text: String {
        var address = read(sockaddr_in6.self).sin6_addr
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let base = buffer.baseAddress,
                inet_ntop(AF_INET6, &address, base, socklen_t(buffer.count)) != nil
            else { return "?" }
            return String(cString: base)
        }
    }

    private func read<Form>(_ form: Form.Type) -> Form {
        withUnsafeBytes(of: storage) { $0.loadUnaligned(as: form) }
    }
}
