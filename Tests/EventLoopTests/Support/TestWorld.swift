import Certificates
import EventLoop
import Foundation
import Glibc
import Locking
import TestSupport
import Testing

/// Everything in this target runs one test at a time: several of them flood the machine with connections.
@Suite("Event loop", .serialized)
struct EventLoopTests {}

/// An authority, a server certificate for this machine, and devices as they are needed.
final class TestAuthority {
    let directory: TemporaryFolder
    let authority: CertificateAuthority
    let server: IssuedCertificate

    init() throws {
        directory = try TemporaryFolder()
        authority = try CertificateAuthority.create(directory: "\(directory.path)/ca", name: "Test authority")
        server = try authority.issueServer(
            names: ["localhost", "127.0.0.1", "::1"], directory: "\(directory.path)/server")
    }

    func serverContext() throws -> TLSServerContext {
        try TLSServerContext(
            configuration: TLSServerConfiguration(
                certificateChainPath: server.files.certificatePath, privateKeyPath: server.files.privateKeyPath,
                clientAuthorityPath: authority.certificatePath))
    }

    func device(_ name: String, days: Int = 30, validFrom: Int64? = nil) throws -> IssuedCertificate {
        try authority.issueDevice(
            store: "store-1", role: "register", device: name, days: days, directory: "\(directory.path)/devices",
            validFrom: validFrom)
    }

    func clientContext(_ device: IssuedCertificate? = nil, serverName: String? = nil) throws -> TLSClientContext {
        try TLSClientContext(
            authorityPath: authority.certificatePath, certificateChainPath: device?.files.certificatePath,
            privateKeyPath: device?.files.privateKeyPath, serverName: serverName)
    }
}

/// A loop, a listener on a free port and the handlers it made. Ends with `end()`.
final class TestServer {
    let loop: EventLoop
    let listener: Listener
    let failures = Mailbox<HandshakeFailure>()
    let accepted = Mailbox<Recorder>()

    init(
        address: ListenAddress = .tcp("127.0.0.1", 0), tls: TLSServerContext? = nil,
        limits: ListenerLimits = ListenerLimits(), handler: @escaping @Sendable () -> Recorder = { Recorder.echo() }
    ) throws {
        loop = try EventLoop(label: "test server")
        let (failures, accepted) = (failures, accepted)
        listener = try Listener(
            address: address, loops: [loop], tls: tls, limits: limits,
            onHandshakeFailure: { _, failure in failures.put(failure) },
            accept: { _ in
                let made = handler()
                accepted.put(made)
                return made
            })
        try settle()
    }

    var address: ListenAddress { .tcp("127.0.0.1", listener.boundPort) }

    /// Returns when everything that was asked of the loop before is done.
    func settle() throws { try waitFor(loop) }

    func end() throws {
        let stopped = Mailbox<Bool>()
        loop.stop { stopped.put(true) }
        _ = try stopped.take()
    }
}

/// Returns when everything that was asked of the loop before is done: a round ends with closing what is to be closed,
/// so the answer comes from the round after.
func waitFor(_ loop: EventLoop) throws {
    let done = Mailbox<Bool>()
    loop.execute { loop.execute { done.put(true) } }
    _ = try done.take()
}

/// Runs on the loop and returns what came out.
func onLoop<Value: Sendable>(_ loop: EventLoop, _ work: @escaping @Sendable () -> Value) throws -> Value {
    let box = Mailbox<Value>()
    loop.execute { box.put(work()) }
    return try box.take()
}

/// Asks the loop again and again until the answer is yes, for five seconds.
func waitUntil(_ loop: EventLoop, _ condition: @escaping @Sendable () -> Bool) throws {
    let deadline = DispatchTime.now() + .seconds(5)
    while try !onLoop(loop, condition) {
        guard DispatchTime.now() < deadline else { throw Mailbox<Bool>.TimedOut() }
    }
}

/// Descriptors that this process has open.
func openDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}
