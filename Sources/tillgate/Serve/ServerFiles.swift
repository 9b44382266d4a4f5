import Certificates
import EventLoop
import Foundation

/// The certificates of a data folder: an authority for devices and the server's own certificate.
enum ServerFiles {
    private static let authorityFolder = "/authority"
    private static let serverFolder = "/server"

    /// The authority of the folder; made on the first use.
    static func authority(folder: String) throws -> CertificateAuthority {
        let directory = folder + authorityFolder
        if let known = try? CertificateAuthority(directory: directory) { return known }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return try CertificateAuthority.create(directory: directory, name: "Tillgate device authority")
    }

    /// What the TLS listener needs. An operator's own certificate put in the place of the made one stays.
    static func prepare(folder: String, names: [String]) throws -> TLSServerConfiguration {
        let authority = try authority(folder: folder)
        let directory = folder + serverFolder
        let certificate = directory + "/server.pem"
        let key = directory + "/server.key.pem"
        if !FileManager.default.fileExists(atPath: certificate) {
            var all = ["localhost", "127.0.0.1", "::1", ProcessInfo.processInfo.hostName] + names
            var seen: Set<String> = []
            all.removeAll { !seen.insert($0).inserted }
            try authority.issueServer(names: all, directory: directory)
        }
        return TLSServerConfiguration(
            certificateChainPath: certificate, privateKeyPath: key, clientAuthorityPath: authority.certificatePath)
    }
}
