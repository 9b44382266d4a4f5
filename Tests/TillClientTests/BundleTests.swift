import Certificates
import EventLoop
import Foundation
import Testing

@testable import TillClient

@Suite("Device bundle", .timeLimit(.minutes(1)))
struct BundleTests {
    private static func copy(_ from: String, _ to: String) throws {
        try FileManager.default.copyItem(atPath: from, toPath: to)
    }

    @Test("a client with a bundle shows its certificate and checks the gateway's")
    func mutualTLS() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = try CertificateAuthority.create(directory: "\(folder)/ca", name: "Test")
        let server = try authority.issueServer(names: ["127.0.0.1"], directory: "\(folder)/server").files
        let device = try authority.issueDevice(
            store: "S1", role: "register", device: "T01", days: 10, directory: "\(folder)/device"
        ).files
        let bundle = DeviceBundle(directory: "\(folder)/device")
        try Self.copy(device.certificatePath, bundle.certificatePath)
        try Self.copy(device.privateKeyPath, bundle.privateKeyPath)
        try Self.copy(device.authorityPath, bundle.authorityPath)

        let loop = try EventLoop(label: "bundle")
        defer { loop.stop() }
        let tls = try TLSServerContext(
            configuration: TLSServerConfiguration(
                certificateChainPath: server.certificatePath, privateKeyPath: server.privateKeyPath,
                clientAuthorityPath: authority.certificatePath))
        let gateway = try ScriptedGateway(loop: loop, tls: tls)
        var configuration = TillClientConfiguration(addresses: [gateway.address])
        configuration.tls = try bundle.clientContext()
        let client = TillClient(configuration, loop: loop)
        #expect(try await client.connect().device == "T01")
        async let reply = client.sale(Sample.receipt("1"))
        try await gateway.requests.take().ok(Sample.stored("1"))
        #expect(try await reply.key.number == "1")
        client.close()
    }

    @Test("a bundle that is not there names the file")
    func missing() {
        #expect {
            try DeviceBundle(directory: "/nonexistent/bundle").clientContext()
        } throws: { error in
            "\(error)".contains("/nonexistent/bundle/")
        }
    }
}
