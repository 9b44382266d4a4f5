import CEventLoop
import Certificates
import Glibc
import Testing

@testable import EventLoop

extension EventLoopTests {
    @Suite("Handshakes let in whom they should")
    struct HandshakeTests {
        /// Connects once and gives both ends.
        private func meet(
            _ server: TestServer, _ tls: TLSClientContext
        ) throws -> (client: Recorder, near: Connection, far: Connection) {
            let client = Recorder.sink()
            connect(to: server.address, on: server.loop, tls: tls, handler: client, deadlineMilliseconds: 5_000)
            let near = try client.opened.take()
            return (client, near, try server.accepted.take().opened.take())
        }

        @Test("a device's certificate tells store, role, device and fingerprint")
        func deviceCertificate() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let device = try authority.device("till-7")
            let met = try meet(server, try authority.clientContext(device))
            let certificate = try #require(met.far.certificate)
            #expect(certificate.store == "store-1" && certificate.role == "register")
            #expect(certificate.device == "till-7")
            #expect(certificate.fingerprint == device.fingerprint)
            #expect(certificate.notAfter == device.notAfter)
            #expect(met.near.certificate?.fingerprint == authority.server.fingerprint)
            try server.end()
        }

        @Test("a client without a certificate gets in and has none")
        func noCertificate() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            #expect(try meet(server, try authority.clientContext()).far.certificate == nil)
            try server.end()
        }

        @Test("a device of another authority is refused and the log learns why")
        func unknownAuthority() throws {
            let (authority, stranger) = (try TestAuthority(), try TestAuthority())
            let server = try TestServer(tls: try authority.serverContext())
            let device = try stranger.device("till-7")
            let tls = try TLSClientContext(
                authorityPath: authority.authority.certificatePath,
                certificateChainPath: device.files.certificatePath, privateKeyPath: device.files.privateKeyPath)
            let client = Recorder.sink()
            connect(to: server.address, on: server.loop, tls: tls, handler: client, deadlineMilliseconds: 5_000)
            #expect(try server.failures.take() == .certificate(.unknownAuthority, of: device.claims("till-7")))
            // With TLS 1.3 the client has finished its part before it learns.
            #expect(try client.closed.take() == .tlsFailed("tlsv1 alert unknown ca"))
            #expect(server.accepted.count == 0)
            try server.end()
        }

        @Test("an expired certificate is refused, and so is one of tomorrow")
        func wrongTime() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let now = Int64(time(nil))
            let day: Int64 = 86_400
            let cases: [(Int64, CertificateProblem)] = [(now - 3 * day, .expired), (now + day, .notYetValid)]
            for (validFrom, problem) in cases {
                let device = try authority.device("till-\(validFrom)", days: 2, validFrom: validFrom)
                let client = Recorder.sink()
                connect(
                    to: server.address, on: server.loop, tls: try authority.clientContext(device), handler: client,
                    deadlineMilliseconds: 5_000)
                #expect(try server.failures.take() == .certificate(problem, of: device.claims("till-\(validFrom)")))
                _ = try client.closed.take()
            }
            try server.end()
        }

        @Test("a server's certificate is no device's")
        func wrongPurpose() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let client = Recorder.sink()
            connect(
                to: server.address, on: server.loop, tls: try authority.clientContext(authority.server),
                handler: client, deadlineMilliseconds: 5_000)
            guard case .certificate(.wrongPurpose, of: let shown) = try server.failures.take() else {
                Issue.record("refused for something else")
                return
            }
            #expect(shown?.fingerprint == authority.server.fingerprint)
            try server.end()
        }

        @Test("a client refuses a server of another authority, and one of another name")
        func wrongServer() throws {
            let (authority, stranger) = (try TestAuthority(), try TestAuthority())
            let server = try TestServer(tls: try authority.serverContext())
            let contexts: [(TLSClientContext, CertificateProblem)] = [
                (try stranger.clientContext(), .unknownAuthority),
                (try authority.clientContext(serverName: "elsewhere.example"), .wrongName),
            ]
            for (tls, problem) in contexts {
                let client = Recorder.sink()
                connect(to: server.address, on: server.loop, tls: tls, handler: client, deadlineMilliseconds: 5_000)
                #expect(try client.closed.take() == .handshakeFailed(.certificate(problem, of: nil)))
                #expect(client.opened.count == 0)
                _ = try server.failures.take()
            }
            try server.end()
        }

        @Test("TLS 1.1 is refused")
        func oldVersion() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let tls = try authority.clientContext()
            // Security level 0 and the old minimum, or OpenSSL would not even try.
            SSL_CTX_set_security_level(tls.pointer, 0)
            SSL_CTX_set_cipher_list(tls.pointer, "ALL")
            SSL_CTX_ctrl(tls.pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_1_VERSION), nil)
            SSL_CTX_ctrl(tls.pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(TLS1_1_VERSION), nil)
            let client = Recorder.sink()
            connect(to: server.address, on: server.loop, tls: tls, handler: client, deadlineMilliseconds: 5_000)
            #expect(try client.closed.take() == .handshakeFailed(.tls("tlsv1 alert protocol version")))
            #expect(try server.failures.take() == .tls("unsupported protocol"))
            try server.end()
        }

        @Test("a second connection resumes the session and keeps the device's identity", arguments: [12, 13])
        func resumption(version: Int) throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let tls = try authority.clientContext(try authority.device("till-7"))
            let maximum = version == 12 ? TLS1_2_VERSION : TLS1_3_VERSION
            SSL_CTX_ctrl(tls.pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(maximum), nil)
            let first = try meet(server, tls)
            // The ticket travels behind the handshake; an answered line proves that it has arrived.
            server.loop.execute { first.near.write(Array("hello\n".utf8)) }
            _ = try first.client.take(6)
            let second = try meet(server, tls)
            #expect(!first.far.isResumed && second.far.isResumed && second.near.isResumed)
            #expect(second.far.certificate == first.far.certificate)
            try server.end()
        }

        @Test("a till that comes again and again resumes its session each time", arguments: [12, 13])
        func repeatedResumption(version: Int) throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let tls = try authority.clientContext(try authority.device("till-7"))
            let maximum = version == 12 ? TLS1_2_VERSION : TLS1_3_VERSION
            SSL_CTX_ctrl(tls.pointer, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(maximum), nil)
            let resumed = try (0..<5).map { _ in
                let met = try meet(server, tls)
                server.loop.execute { met.near.write(Array("hello\n".utf8)) }
                _ = try met.client.take(6)
                return met.far.isResumed
            }
            #expect(resumed == [false, true, true, true, true])
            try server.end()
        }

        @Test("tickets survive one change of their key; a client with an older one gets in by a full handshake")
        func ticketKeys() throws {
            let authority = try TestAuthority()
            let context = try authority.serverContext()
            let server = try TestServer(tls: context)
            let tls = try authority.clientContext(try authority.device("till-7"))
            var now = shim_monotonic_nanoseconds()
            func meetAndTalk() throws -> (near: Connection, far: Connection) {
                let met = try meet(server, tls)
                server.loop.execute { met.near.write(Array("hello\n".utf8)) }
                _ = try met.client.take(6)
                return (met.near, met.far)
            }
            func nextKey() {
                now += TicketKeys.periodNanoseconds
                _ = context.ticketKeys.sealing(nowNanoseconds: now)
            }
            #expect(!(try meetAndTalk().far.isResumed))
            nextKey()
            // The ticket is taken, and replaced by one of the new key.
            #expect(try meetAndTalk().far.isResumed)
            nextKey()
            #expect(try meetAndTalk().far.isResumed)
            nextKey()
            nextKey()
            let last = try meetAndTalk()
            #expect(!last.far.isResumed && last.far.certificate?.device == "till-7")
            try server.end()
        }

        @Test("a new certificate serves new connections; open ones go on; old tickets are void")
        func certificateSwap() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let tls = try authority.clientContext()
            let first = try meet(server, tls)
            server.loop.execute { first.near.write(Array("before\n".utf8)) }
            #expect(try first.client.take(7) == Array("before\n".utf8))

            let renewed = try authority.authority.issueServer(
                names: ["127.0.0.1"], directory: "\(authority.directory.path)/renewed")
            server.listener.replaceTLS(
                try TLSServerContext(
                    configuration: TLSServerConfiguration(
                        certificateChainPath: renewed.files.certificatePath,
                        privateKeyPath: renewed.files.privateKeyPath)))
            let second = try meet(server, tls)
            #expect(second.near.certificate?.fingerprint == renewed.fingerprint)
            #expect(!second.near.isResumed)
            server.loop.execute { first.near.write(Array("after\n".utf8)) }
            #expect(try first.client.take(6) == Array("after\n".utf8))
            try server.end()
        }

        @Test("who says nothing is cut at the handshake deadline, and so is who dribbles")
        func deadline() throws {
            let authority = try TestAuthority()
            var limits = ListenerLimits()
            limits.handshakeDeadlineMilliseconds = 50
            let server = try TestServer(tls: try authority.serverContext(), limits: limits)
            let (silent, dribbling) = (
                try RawClient(port: server.listener.boundPort), try RawClient(port: server.listener.boundPort)
            )
            try dribbling.send([0x16, 0x03, 0x01])
            for _ in 0..<2 { #expect(try server.failures.take() == .deadline(milliseconds: 50)) }
            #expect(try silent.receiveAll().isEmpty)
            #expect(try dribbling.receiveAll().isEmpty)
            try server.end()
        }

        @Test("what is not TLS is refused with a reason")
        func garbage() throws {
            let authority = try TestAuthority()
            let server = try TestServer(tls: try authority.serverContext())
            let client = try RawClient(port: server.listener.boundPort)
            try client.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            #expect(try server.failures.take() == .tls("http request"))
            client.close()
            let second = try RawClient(port: server.listener.boundPort)
            second.close()
            #expect(try server.failures.take() == .peerClosed)
            try server.end()
        }

        @Test("a context names the file that it cannot use")
        func badFiles() throws {
            let (authority, stranger) = (try TestAuthority(), try TestAuthority())
            let files = authority.server.files
            #expect(throws: TLSError.certificate(path: "/nowhere", reason: "No such file or directory")) {
                try TLSServerContext(
                    configuration: TLSServerConfiguration(
                        certificateChainPath: "/nowhere", privateKeyPath: files.privateKeyPath))
            }
            let wrongKey = stranger.server.files.privateKeyPath
            #expect(throws: TLSError.privateKey(path: wrongKey, reason: "key values mismatch")) {
                try TLSServerContext(
                    configuration: TLSServerConfiguration(
                        certificateChainPath: files.certificatePath, privateKeyPath: wrongKey))
            }
        }
    }
}

extension IssuedCertificate {
    /// What a till's certificate of the test authority says.
    fileprivate func claims(_ device: String) -> PeerCertificate {
        PeerCertificate(
            store: "store-1", role: "register", device: device, fingerprint: fingerprint, notAfter: notAfter)
    }
}
