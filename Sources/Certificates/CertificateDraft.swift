import CEventLoop
import Glibc

/// A certificate before it is signed.
struct CertificateDraft {
    /// Registers' clocks are often a little slow; a certificate must be good on them at once.
    static let backdatedSeconds: Int64 = 3_600
    static let secondsPerDay: Int64 = 86_400

    /// X.509 extensions as OpenSSL's configuration language has them.
    struct Extension {
        let kind: Int32
        let value: String
    }

    var organisation: String?
    var unit: String?
    var commonName: String
    var validFromSeconds: Int64
    var validUntilSeconds: Int64
    var extensions: [Extension]

    /// - Parameter issuer: nil for a certificate that signs itself.
    func sign(key: PrivateKey, issuer: (certificate: Certificate, key: PrivateKey)?) throws(CertificateError)
        -> Certificate
    {
        guard let pointer = X509_new() else { throw .fromOpenSSL() }
        let certificate = Certificate(owning: pointer)
        guard X509_set_version(pointer, Int(X509_VERSION_3)) == 1,
            X509_set_pubkey(pointer, key.pointer) == 1,
            ASN1_TIME_set(X509_getm_notBefore(pointer), time_t(validFromSeconds)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(pointer), time_t(validUntilSeconds)) != nil
        else { throw .fromOpenSSL() }
        try setSerial(pointer)
        try setName(X509_get_subject_name(pointer))
        let issuerPointer = issuer?.certificate.pointer ?? pointer
        guard X509_set_issuer_name(pointer, X509_get_subject_name(issuerPointer)) == 1 else { throw .fromOpenSSL() }
        for item in extensions { try add(item, to: pointer, issuer: issuerPointer) }
        guard X509_sign(pointer, (issuer?.key ?? key).pointer, EVP_sha256()) > 0 else { throw .fromOpenSSL() }
        return certificate
    }

    /// 128 random bits; the first byte is from 1 to 127, so the number is positive and always 16 bytes long.
    private func setSerial(_ pointer: OpaquePointer) throws(CertificateError) {
        var bytes = randomBytes(16)
        bytes[0] = bytes[0] % 127 + 1
        guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else { throw .fromOpenSSL() }
        defer { BN_free(number) }
        guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil else { throw .fromOpenSSL() }
    }

    private func setName(_ name: OpaquePointer?) throws(CertificateError) {
        let parts = [
            (NID_organizationName, organisation), (NID_organizationalUnitName, unit), (NID_commonName, commonName),
        ]
        for (kind, text) in parts {
            guard let text else { continue }
            guard shim_name_add_utf8(name, kind, text, Int32(text.utf8.count)) == 1 else { throw .fromOpenSSL() }
        }
    }

    private func add(_ item: Extension, to pointer: OpaquePointer, issuer: OpaquePointer) throws(CertificateError) {
        var context = X509V3_CTX()
        shim_extension_context(&context, issuer, pointer)
        guard let made = X509V3_EXT_conf_nid(nil, &context, item.kind, item.value) else { throw .fromOpenSSL() }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(pointer, made, -1) == 1 else { throw .fromOpenSSL() }
    }
}

extension CertificateDraft.Extension {
    static let subjectKey = Self(kind: NID_subject_key_identifier, value: "hash")
    static let authorityKey = Self(kind: NID_authority_key_identifier, value: "keyid")
    static let signatureOnly = Self(kind: NID_key_usage, value: "critical,digitalSignature")
    static let isNoAuthority = Self(kind: NID_basic_constraints, value: "critical,CA:FALSE")
    static let isAuthority = Self(kind: NID_basic_constraints, value: "critical,CA:TRUE,pathlen:0")
    static let signsCertificates = Self(kind: NID_key_usage, value: "critical,keyCertSign,cRLSign")
    static let forServers = Self(kind: NID_ext_key_usage, value: "serverAuth")
    static let forClients = Self(kind: NID_ext_key_usage, value: "clientAuth")

    static func names(_ names: [ServerName]) -> Self {
        Self(kind: NID_subject_alt_name, value: names.map(\.extensionText).joined(separator: ","))
    }
}
