import CEventLoop
import Glibc

/// Where the parts of an issued certificate were written.
public struct CertificateFiles: Hashable, Sendable {
    /// The certificate, PEM, readable by all.
    public let certificatePath: String
    /// Its private key, PEM, readable by the owner only.
    public let privateKeyPath: String
    /// The authority's certificate, PEM: what the other side is checked against.
    public let authorityPath: String
}

/// What is worth knowing of a certificate that was just issued.
public struct IssuedCertificate: Hashable, Sendable {
    /// SHA-256 of the certificate (DER), lowercase hex.
    public let fingerprint: String
    /// The serial number, 128 bits in lowercase hex.
    public let serial: String
    /// The last good second, since 1970.
    public let notAfter: Int64
    /// The bundle to hand over.
    public let files: CertificateFiles
}

/// The gateway's own small certificate authority: EC P-256, one level, everything in one directory.
public struct CertificateAuthority {
    /// Devices outlive the people who set them up, so the authority lasts twenty years.
    public static let authorityDays = 7_305
    /// A certificate lasts ten years at most.
    public static let daysMaximum = 3_653
    /// A server certificate's days unless told otherwise; browsers and tills take no longer ones.
    public static let serverDays = 397

    private static let certificateName = "ca.pem"
    private static let keyName = "ca.key.pem"

    /// SHA-256 of the authority's certificate (DER), lowercase hex.
    public var fingerprint: String { certificate.fingerprint }
    /// The authority's certificate file.
    public let certificatePath: String
    /// The last good second of the authority's certificate, since 1970.
    public var notAfter: Int64 { certificate.notAfter }

    private let certificate: Certificate
    private let key: PrivateKey

    /// Makes a new authority.
    ///
    /// - Parameters:
    ///   - directory: created with mode 0700 if it is not there; must not hold an authority yet.
    ///   - name: who it is, for people who look at certificates.
    ///   - validFrom: seconds since 1970; nil: now.
    /// - Throws: `CertificateError`.
    @discardableResult
    public static func create(
        directory: String, name: String, validFrom: Int64? = nil
    ) throws(CertificateError) -> CertificateAuthority {
        try checkText(field: "authority name", name)
        let from = validFrom ?? Int64(time(nil))
        let key = try PrivateKey()
        let draft = CertificateDraft(
            organisation: nil, unit: nil, commonName: name,
            validFromSeconds: from - CertificateDraft.backdatedSeconds,
            validUntilSeconds: from + Int64(authorityDays) * CertificateDraft.secondsPerDay,
            extensions: [.isAuthority, .signsCertificates, .subjectKey])
        let certificate = try draft.sign(key: key, issuer: nil)
        try PEMFiles.makeDirectory(directory)
        try PEMFiles.createPair(
            key: key, path: "\(directory)/\(keyName)", certificate: certificate,
            path: "\(directory)/\(certificateName)")
        return try CertificateAuthority(directory: directory)
    }

    /// Loads the authority that `create` made.
    ///
    /// - Throws: `CertificateError`, also when key and certificate do not belong together.
    public init(directory: String) throws(CertificateError) {
        certificatePath = "\(directory)/\(Self.certificateName)"
        let keyPath = "\(directory)/\(Self.keyName)"
        certificate = try PEMFiles.readCertificate(path: certificatePath)
        key = try PEMFiles.readKey(path: keyPath)
        guard X509_check_private_key(certificate.pointer, key.pointer) == 1 else {
            ERR_clear_error()
            throw .keyMismatch(path: keyPath)
        }
    }

    /// Issues a server's certificate: `server.pem` and `server.key.pem`.
    ///
    /// - Parameters:
    ///   - names: host names and IP addresses that clients reach it by; at least one.
    ///   - directory: created with mode 0700 if it is not there.
    ///   - days: how long it is good.
    ///   - validFrom: seconds since 1970; nil: now.
    @discardableResult
    public func issueServer(
        names: [String], directory: String, days: Int = serverDays, validFrom: Int64? = nil
    ) throws(CertificateError) -> IssuedCertificate {
        guard let first = names.first else { throw .noNames }
        var serverNames: [ServerName] = []
        for name in names { serverNames.append(try ServerName(name)) }
        // A common name has 64 characters at most; clients look at the names above anyway.
        let draft = try draft(commonName: String(first.prefix(64)), days: days, validFrom: validFrom) { draft in
            draft.extensions += [.forServers, .names(serverNames)]
        }
        return try issue(draft, name: "server", directory: directory)
    }

    /// Issues a device's certificate: `<device>.pem` and `<device>.key.pem`, with O = store, OU = role, CN = device.
    ///
    /// - Parameters:
    ///   - store: 1 to 64 printable characters, as `role` and `device`.
    ///   - device: becomes a file name too, so no `/` and no leading dot.
    ///   - days: how long it is good.
    ///   - directory: created with mode 0700 if it is not there.
    ///   - validFrom: seconds since 1970; nil: now.
    @discardableResult
    public func issueDevice(
        store: String, role: String, device: String, days: Int, directory: String, validFrom: Int64? = nil
    ) throws(CertificateError) -> IssuedCertificate {
        try Self.checkText(field: "store", store)
        try Self.checkText(field: "role", role)
        try Self.checkText(field: "device", device)
        guard !device.utf8.contains(UInt8(ascii: "/")), !device.hasPrefix(".") else {
            throw .badName(field: "device", value: device, reason: "must not contain \"/\" or begin with a dot")
        }
        let draft = try draft(commonName: device, days: days, validFrom: validFrom) { draft in
            draft.organisation = store
            draft.unit = role
            draft.extensions.append(.forClients)
        }
        return try issue(draft, name: device, directory: directory)
    }
}

extension CertificateAuthority {
    private func draft(
        commonName: String, days: Int, validFrom: Int64?, _ complete: (inout CertificateDraft) -> Void
    ) throws(CertificateError) -> CertificateDraft {
        guard (1...Self.daysMaximum).contains(days) else { throw .badDays(days, limit: Self.daysMaximum) }
        let from = validFrom ?? Int64(time(nil))
        // Nothing is good for longer than the authority that vouches for it.
        let until = min(from + Int64(days) * CertificateDraft.secondsPerDay, certificate.notAfter)
        var draft = CertificateDraft(
            organisation: nil, unit: nil, commonName: commonName,
            validFromSeconds: from - CertificateDraft.backdatedSeconds, validUntilSeconds: until,
            extensions: [.isNoAuthority, .signatureOnly, .subjectKey, .authorityKey])
        complete(&draft)
        return draft
    }

    private func issue(
        _ draft: CertificateDraft, name: String, directory: String
    ) throws(CertificateError) -> IssuedCertificate {
        let key = try PrivateKey()
        let issued = try draft.sign(key: key, issuer: (certificate, self.key))
        try PEMFiles.makeDirectory(directory)
        let files = CertificateFiles(
            certificatePath: "\(directory)/\(name).pem", privateKeyPath: "\(directory)/\(name).key.pem",
            authorityPath: certificatePath)
        try PEMFiles.createPair(
            key: key, path: files.privateKeyPath, certificate: issued, path: files.certificatePath)
        return IssuedCertificate(
            fingerprint: issued.fingerprint, serial: issued.serial, notAfter: issued.notAfter, files: files)
    }

    private static func checkText(field: String, _ text: String) throws(CertificateError) {
        guard (1...64).contains(text.unicodeScalars.count), text.utf8.count <= 128 else {
            throw .badName(field: field, value: text, reason: "must have 1 to 64 characters")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && !(127...159).contains($0.value) }) else {
            throw .badName(field: field, value: text, reason: "must not contain control characters")
        }
    }
}
