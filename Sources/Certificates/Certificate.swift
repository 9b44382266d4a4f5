import CEventLoop

/// Owns an EC P-256 private key.
final class PrivateKey {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// A fresh key.
    init() throws(CertificateError) {
        guard let key = shim_generate_p256_key() else { throw .fromOpenSSL() }
        pointer = key
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    func pem() throws(CertificateError) -> [UInt8] {
        try PEMFiles.text { PEM_write_bio_PKCS8PrivateKey($0, pointer, nil, nil, 0, nil, nil) }
    }
}

/// Owns a certificate.
final class Certificate {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        X509_free(pointer)
    }

    func pem() throws(CertificateError) -> [UInt8] {
        try PEMFiles.text { PEM_write_bio_X509($0, pointer) }
    }

    /// SHA-256 of the DER form, lowercase hex.
    var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        X509_digest(pointer, EVP_sha256(), &digest, &count)
        return hexadecimal(digest.prefix(Int(count)))
    }

    /// Lowercase hex without leading zeros in pairs.
    var serial: String {
        guard let number = ASN1_INTEGER_to_BN(X509_get_serialNumber(pointer), nil) else { return "" }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = BN_bn2bin(number, &bytes)
        return hexadecimal(bytes.prefix(Int(count)))
    }

    /// The last good second, since 1970.
    var notAfter: Int64 { shim_time_seconds(X509_get0_notAfter(pointer)) }
}
