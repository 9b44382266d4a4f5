import Certificates
import EventLoop
import Locking
import Retail
import TestSupport

/// An authority, a server's certificate, and one for each device that asks; made once for all tests.
final class DeviceCertificates: Sendable {
    static let shared = Result { try DeviceCertificates() }

    let server: TLSServerConfiguration
    private let folder: TemporaryFolder
    private let issued = Mutex<[Transcript.Device: IssuedCertificate]>([:])

    private init() throws {
        folder = try TemporaryFolder()
        let authority = try CertificateAuthority.create(directory: folder.path + "/ca", name: "Test authority")
        let files = try authority.issueServer(names: ["127.0.0.1"], directory: folder.path + "/server").files
        server = TLSServerConfiguration(
            certificateChainPath: files.certificatePath, privateKeyPath: files.privateKeyPath,
            clientAuthorityPath: files.authorityPath)
    }

    /// The device's certificate, the same each time.
    func issue(to device: Transcript.Device) throws -> IssuedCertificate {
        try issued.withLock { issued in
            if let known = issued[device] { return known }
            let made = try CertificateAuthority(directory: folder.path + "/ca").issueDevice(
                store: device.store, role: device.role.rawValue, device: device.name, days: 1,
                directory: "\(folder.path)/\(device.store)-\(device.role.rawValue)")
            issued[device] = made
            return made
        }
    }
}
