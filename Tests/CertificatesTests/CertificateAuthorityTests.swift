import CEventLoop
import Certificates
import Foundation
import Testing

@Suite("The certificate authority")
struct CertificateAuthorityTests {
    private final class Folder {
        let path = FileManager.default.temporaryDirectory.path + "/certificates-" + hexadecimal(randomBytes(8))
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let folder: Folder
    private let authority: CertificateAuthority

    init() throws {
        folder = try Folder()
        authority = try CertificateAuthority.create(directory: "\(folder.path)/ca", name: "Shop 1")
    }

    private func mode(_ path: String) throws -> Int {
        let value = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        return try #require(value as? Int)
    }

    /// What OpenSSL's own program makes of it.
    private func openssl(_ arguments: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try #require(String(bytes: pipe.fileHandleForReading.readDataToEndOfFile(), encoding: .utf8))
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    @Test("keys and certificates are readable by their owner only, whatever the umask")
    func keyModes() throws {
        let before = umask(0)
        defer { umask(before) }
        let files = try authority.issueDevice(
            store: "s", role: "register", device: "till-1", days: 1, directory: "\(folder.path)/devices"
        ).files
        #expect(try mode(files.privateKeyPath) == 0o600)
        #expect(try mode(files.certificatePath) == 0o600)
        #expect(try mode("\(folder.path)/ca/ca.key.pem") == 0o600)
        #expect(try mode("\(folder.path)/devices") == 0o700)
    }

    @Test("a device's certificate is a client's, names store, role and device, and lasts as asked")
    func device() throws {
        let now: Int64 = 1_800_000_000
        let issued = try authority.issueDevice(
            store: "Магазин 1", role: "register", device: "till-1", days: 30, directory: folder.path, validFrom: now)
        #expect(issued.notAfter == now + 30 * 86_400)
        #expect(issued.serial.count == 32)
        let path = issued.files.certificatePath
        let names = try openssl("x509", "-in", path, "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus,sname")
        #expect(names.output.contains("O=Магазин 1,OU=register,CN=till-1"))
        let print = try openssl("x509", "-in", path, "-noout", "-fingerprint", "-sha256", "-serial")
        let plain = print.output.replacing(":", with: "").lowercased()
        #expect(plain.contains(issued.fingerprint) && plain.contains(issued.serial))
        let good = try openssl(
            "verify", "-CAfile", issued.files.authorityPath, "-purpose", "sslclient", "-attime", "\(now)", path)
        #expect(good.status == 0, "\(good.output)")
        let wrong = try openssl(
            "verify", "-CAfile", issued.files.authorityPath, "-purpose", "sslserver", "-attime", "\(now)", path)
        #expect(wrong.status != 0)
    }

    @Test("a server's certificate carries its names and addresses")
    func server() throws {
        let issued = try authority.issueServer(
            names: ["till.shop.example", "192.0.2.7", "::1"], directory: "\(folder.path)/server")
        let path = issued.files.certificatePath
        for check in [["-verify_hostname", "till.shop.example"], ["-verify_ip", "192.0.2.7"], ["-verify_ip", "::1"]] {
            let result = try openssl(
                "verify", "-CAfile", issued.files.authorityPath, "-purpose", "sslserver", check[0], check[1], path)
            #expect(result.status == 0, "\(result.output)")
        }
        let wrong = try openssl(
            "verify", "-CAfile", issued.files.authorityPath, "-verify_hostname", "other.example", path)
        #expect(wrong.status != 0)
    }

    @Test("an authority that was loaded issues what the created one would")
    func load() throws {
        let loaded = try CertificateAuthority(directory: "\(folder.path)/ca")
        #expect(loaded.fingerprint == authority.fingerprint)
        let issued = try loaded.issueDevice(
            store: "s", role: "app", device: "phone", days: 1, directory: folder.path)
        let result = try openssl("verify", "-CAfile", authority.certificatePath, issued.files.certificatePath)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test("nothing is overwritten, and a foreign key is noticed")
    func protection() throws {
        #expect(throws: CertificateError.alreadyExists(path: "\(folder.path)/ca/ca.key.pem")) {
            try CertificateAuthority.create(directory: "\(folder.path)/ca", name: "again")
        }
        let device = try authority.issueDevice(
            store: "s", role: "app", device: "a", days: 1, directory: folder.path)
        #expect(throws: CertificateError.alreadyExists(path: device.files.privateKeyPath)) {
            try authority.issueDevice(store: "s", role: "app", device: "a", days: 1, directory: folder.path)
        }
        let key = "\(folder.path)/ca/ca.key.pem"
        try FileManager.default.removeItem(atPath: key)
        #expect(throws: CertificateError.file(path: key, reason: "No such file or directory")) {
            try CertificateAuthority(directory: "\(folder.path)/ca")
        }
        try FileManager.default.copyItem(atPath: device.files.privateKeyPath, toPath: key)
        #expect(throws: CertificateError.keyMismatch(path: key)) {
            try CertificateAuthority(directory: "\(folder.path)/ca")
        }
    }

    @Test("names that could break out of a certificate or a folder are refused")
    func badNames() {
        for name in ["", "a,DNS:evil", "a b", "-a", "a..b", "a.*"] {
            #expect(throws: CertificateError.self, "\(name)") {
                try authority.issueServer(names: [name], directory: "\(folder.path)/x")
            }
        }
        for device in ["", "../x", ".hidden", "a/b", "a\u{0}b", "a\nb", String(repeating: "x", count: 65)] {
            #expect(throws: CertificateError.self, "\(device)") {
                try authority.issueDevice(
                    store: "s", role: "app", device: device, days: 1, directory: "\(folder.path)/x")
            }
        }
        #expect(throws: CertificateError.badDays(0, limit: 3_653)) {
            try authority.issueDevice(store: "s", role: "app", device: "a", days: 0, directory: folder.path)
        }
    }

    @Test("a certificate never outlives its authority")
    func lifetime() throws {
        let issued = try authority.issueServer(
            names: ["a"], directory: "\(folder.path)/late", days: 3_653, validFrom: authority.notAfter - 86_400)
        #expect(issued.notAfter == authority.notAfter)
    }
}

@Suite("Cryptographic helpers")
struct CryptographicHelperTests {
    @Test("SHA-256 of the standard's example")
    func digest() {
        #expect(
            hexadecimal(sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("HMAC-SHA-256 of RFC 4231's second example, and of nothing")
    func code() {
        #expect(
            hexadecimal(hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            hexadecimal(hmacSHA256(key: [], []))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test("secrets are compared whole")
    func comparison() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    }

    @Test("random bytes differ")
    func randomness() {
        #expect(randomBytes(32) != randomBytes(32))
        #expect(randomBytes(0).isEmpty)
    }
}
