import CEventLoop
import Certificates
import EventLoop
import Glibc
import Journal
import Retail
import TestSupport
import Testing

@testable import Gateway

/// Certificates against a real server: TLS, loops, and client connections.
@Suite("Who may connect over TLS")
struct ServerCredentialTests {
    private let log = LogKeeper()
    private let place: TLSPlace

    init() throws { place = try TLSPlace(log: log) }

    @Test("certificates that are expired, early, foreign, self-signed or a server's are refused, and the log says why")
    func badCertificates() throws {
        let now = Int64(time(nil))
        let day: Int64 = 86_400
        let stranger = try CertificateAuthority.create(directory: place.folder.path + "/stranger", name: "Stranger")
        let cases: [(IssuedCertificate, String)] = [
            (try place.issue("T01", validFrom: now - 3 * day), "the certificate has expired"),
            (try place.issue("T02", validFrom: now + day), "the certificate is not yet good"),
            (
                try stranger.issueDevice(
                    store: "S1", role: "register", device: "T03", days: 1, directory: place.folder.path + "/foreign"),
                "the certificate is not from this gateway's authority"
            ),
        ]
        for (certificate, reason) in cases {
            let device = certificate.device
            let files = certificate.files
            let client = place.client(try place.context(files.certificatePath, files.privateKeyPath))
            #expect(client.isRefused())
            let line = try #require(place.logged { $0.contains(reason) }, "\(device)")
            #expect(line.hasPrefix("handshake refused device=S1/\(device) "), "\(line)")
            #expect(line.contains("port=devices") && line.contains("role=register"))
        }
        // A server's certificate, and one that signed itself: both are real, neither is a device's.
        let server = place.server
        let wrongPurpose = place.client(try place.context(server.certificateChainPath, server.privateKeyPath))
        #expect(wrongPurpose.isRefused())
        #expect(place.logged { $0.contains("reason=the certificate is not a device's") } != nil)
        let own = place.folder.path + "/stranger/"
        let selfSigned = place.client(try place.context(own + "ca.pem", own + "ca.key.pem"))
        #expect(selfSigned.isRefused())
        #expect(place.logged { $0.contains("device=/Stranger ") && $0.contains("this gateway's authority") } != nil)
    }

    @Test("a revoked device loses its open connections at once, and a resumed session does not bring it back")
    func revocation() throws {
        let context = try place.device("T01")
        let first = place.client(context)
        #expect(first.greet()?.hasPrefix("OK h ") == true)
        // The ticket that came with the first answer serves the second connection.
        let second = place.client(context)
        #expect(second.greet()?.hasPrefix("OK h ") == true)
        #expect(second.isResumed)
        // It has resumed its session when the device is revoked, and has not said HELLO yet.
        let third = place.client(context)
        #expect(third.hasOpened() && third.isResumed)
        let answer = place.world.localOperator().request("DEVICE_REVOKE", #"{"device":"T01"}"#)
        #expect(answer.ok?["closed"]?.integer == 2)
        for client in [first, second] {
            #expect(client.news.wait { $0.contains(.closed) })
            #expect(client.lines.last?.hasPrefix("ERR - unauthenticated ") == true)
        }
        for client in [third, place.client(context)] {
            #expect(client.greet()?.hasPrefix("ERR h unauthenticated ") == true)
        }
        let told = place.logged { $0.contains("reason=the device was revoked at ") }
        #expect(told?.contains("device=S1/T01") == true)
    }

    @Test("a new server certificate drops nobody: open tills go on, and those that come next see the new one")
    func rotation() throws {
        let contexts = try (1...4).map { try place.device("T0\($0)") }
        let open = contexts.map { place.client($0) }
        for client in open { #expect(client.greet()?.hasPrefix("OK h ") == true) }
        var shown: Set<String> = [place.fingerprint(open[0]) ?? ""]
        for round in 1...5 {
            try place.renewServer()
            // Work that is under way while the certificate changes.
            for client in open { client.send("PING p\(round)\nPING q\(round)\n") }
            try place.gatewayServer.reloadCertificates()
            for client in open { client.send("PING r\(round)\n") }
            for context in contexts {
                let next = place.client(context)
                #expect(next.greet()?.hasPrefix("OK h ") == true)
                shown.insert(place.fingerprint(next) ?? "")
                next.send("BYE b\n")
                #expect(next.news.wait { $0.contains(.closed) })
            }
            for client in open { #expect(client.isAnswered("r\(round)")) }
        }
        #expect(shown.count == 6)
        for client in open { #expect(client.lines.count == 1 + 3 * 5 && !client.news.all.contains(.closed)) }
    }

    @Test("a pair of files that does not fit is refused, and the certificate that is in force stays")
    func badRotation() throws {
        let context = try place.device("T01")
        try place.spoilServerKey()
        #expect(throws: TLSError.self) { try place.gatewayServer.reloadCertificates() }
        #expect(place.client(context).greet()?.hasPrefix("OK h ") == true)
    }
}

extension IssuedCertificate {
    /// The name of its file is the device's.
    fileprivate var device: String {
        String(files.certificatePath.split(separator: "/").last?.dropLast(".pem".count) ?? "")
    }
}
