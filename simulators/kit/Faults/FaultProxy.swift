import Dispatch
import Glibc
import Locking

/// A TCP proxy on loopback that treats connections badly, as a `FaultPlan` says.
///
/// It does not look at what passes, so it works for TLS as well as for plain lines. One thread serves all connections; it has
/// its own sockets because it does what a well-behaved server cannot: half-close, reset, send byte by byte.
public final class FaultProxy: Sendable {
    /// What has passed so far.
    public struct Tally: Hashable, Sendable {
        /// Connections that clients have made.
        public var connections = 0
        /// Connections broken by plan, or by `cutAll`.
        public var cuts = 0
        /// Connections that the server did not take.
        public var refused = 0
    }

    private struct Shared {
        var plan: FaultPlan
        var host: String
        var port: Int
        var tally = Tally()
        var mustCut = false
        var isStopped = false
    }

    /// The port that clients connect to.
    public let port: Int

    private let listener: ProxySocket
    /// A byte in this pipe ends a wait.
    private let wakeUp: (reading: Int32, writing: Int32)
    private let shared: Mutex<Shared>
    private let stopped = DispatchSemaphore(value: 0)

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - host: an IPv4 address, or `localhost`.
    /// - Throws: a description of what the system does not allow.
    public init(port: Int = 0, to host: String, _ serverPort: Int, plan: FaultPlan = FaultPlan()) throws {
        (listener, self.port) = try ProxySocket.listening(port: port)
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            listener.close()
            throw ProxySocket.Failure("pipe")
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        wakeUp = (ends[0], ends[1])
        shared = Mutex(Shared(plan: plan, host: host, port: serverPort))
        DispatchQueue(label: "fault-proxy").async { self.serve() }
    }

    /// What has passed so far.
    public var tally: Tally { shared.withLock { $0.tally } }

    /// Treats new connections by another plan. Those that there are keep theirs.
    public func use(_ plan: FaultPlan) {
        shared.withLock { $0.plan = plan }
    }

    /// Sends new connections elsewhere.
    public func retarget(to host: String, _ serverPort: Int) {
        shared.withLock { ($0.host, $0.port) = (host, serverPort) }
    }

    /// Breaks every connection there is.
    public func cutAll() {
        shared.withLock { $0.mustCut = true }
        wake()
    }

    /// Breaks every connection and stops listening; returns when it is done.
    public func stop() {
        let wasStopped = shared.withLock { shared in
            defer { shared.isStopped = true }
            return shared.isStopped
        }
        guard !wasStopped else { return }
        wake()
        stopped.wait()
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = Glibc.write(wakeUp.writing, &byte, 1)
    }

    // MARK: On the proxy's thread

    private func serve() {
        var links: [ProxyLink] = []
        while !shared.withLock({ $0.isStopped }) {
            wait(for: &links)
            if takeCut() { cut(&links) }
            while let client = listener.accept() {
                if let link = open(client) { links.append(link) }
            }
        }
        cut(&links)
        listener.close()
        Glibc.close(wakeUp.reading)
        Glibc.close(wakeUp.writing)
        stopped.signal()
    }

    private func wait(for links: inout [ProxyLink]) {
        var entries = [
            pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeUp.reading, events: Int16(POLLIN), revents: 0),
        ]
        var places: [Range<Int>] = []
        var now = Self.nowMilliseconds()
        for link in links {
            let start = entries.count
            entries += link.watched(nowMilliseconds: now)
            places.append(start..<entries.count)
        }
        let due = links.compactMap(\.dueMilliseconds).filter { $0 > now }.min()
        poll(&entries, nfds_t(entries.count), due.map { Int32(clamping: $0 - now) } ?? -1)
        if entries[1].revents != 0 {
            var bytes = [UInt8](repeating: 0, count: 64)
            _ = read(wakeUp.reading, &bytes, bytes.count)
        }
        now = Self.nowMilliseconds()
        for index in links.indices { links[index].step(nowMilliseconds: now, found: entries[places[index]]) }
        countCuts(links.filter { $0.isClosed && $0.wasCut }.count)
        links.removeAll { $0.isClosed }
    }

    private func open(_ client: ProxySocket) -> ProxyLink? {
        let (plan, host, port, number) = shared.withLock { shared in
            shared.tally.connections += 1
            return (shared.plan, shared.host, shared.port, UInt64(shared.tally.connections))
        }
        guard let server = try? ProxySocket.connecting(host: host, port: port) else {
            shared.withLock { $0.tally.refused += 1 }
            client.reset()
            return nil
        }
        let shadow = plan.duplicatesConnections ? try? ProxySocket.connecting(host: host, port: port) : nil
        return ProxyLink(client: client, server: server, shadow: shadow, plan: plan, number: number)
    }

    private func takeCut() -> Bool {
        shared.withLock { shared in
            defer { shared.mustCut = false }
            return shared.mustCut
        }
    }

    private func cut(_ links: inout [ProxyLink]) {
        for index in links.indices { links[index].cut() }
        countCuts(links.count)
        links = []
    }

    private func countCuts(_ count: Int) {
        if count > 0 { shared.withLock { $0.tally.cuts += count } }
    }

    private static func nowMilliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
