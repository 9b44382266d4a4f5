import CEventLoop
import Glibc

/// What the peer's certificate says, after OpenSSL found it good.
public struct PeerCertificate: Hashable, Sendable {
    /// The organisation (O): for devices, the store.
    public let store: String
    /// The organisational unit (OU): for devices, the role.
    public let role: String
    /// The common name (CN): for devices, the device.
    public let device: String
    /// SHA-256 of the whole certificate (DER), lowercase hex.
    public let fingerprint: String
    /// The last second at which it is good, seconds since 1970.
    public let notAfter: Int64

    /// For tests and tools that have no certificate at hand.
    public init(store: String, role: String, device: String, fingerprint: String, notAfter: Int64) {
        self.store = store
        self.role = role
        self.device = device
        self.fingerprint = fingerprint
        self.notAfter = notAfter
    }

    /// The certificate that the peer showed in the handshake, or in the one that the session was resumed from.
    init?(ssl: OpaquePointer) {
        guard let certificate = SSL_get1_peer_certificate(ssl) else { return nil }
        defer { X509_free(certificate) }
        self.init(certificate: certificate)
    }

    /// What a certificate says, whoever vouches for it.
    init(certificate: OpaquePointer) {
        let name = X509_get_subject_name(certificate)
        self.init(
            store: Self.text(name, NID_organizationName), role: Self.text(name, NID_organizationalUnitName),
            device: Self.text(name, NID_commonName), fingerprint: Self.fingerprint(certificate),
            notAfter: shim_time_seconds(X509_get0_notAfter(certificate)))
    }

    /// The first part of the name of this kind; empty when there is none or it holds a zero byte, which could
    /// make one name look like another elsewhere.
    private static func text(_ name: OpaquePointer?, _ kind: Int32) -> String {
        let index = X509_NAME_get_index_by_NID(name, kind, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(name, index) else { return "" }
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(entry))
        guard count >= 0, let bytes else { return "" }
        defer { CRYPTO_free(bytes, #file, #line) }
        let buffer = UnsafeBufferPointer(start: bytes, count: Int(count))
        return buffer.contains(0) ? "" : String(decoding: buffer, as: UTF8.self)
    }

    private static func fingerprint(_ certificate: OpaquePointer) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { digest in
            var count: UInt32 = 0
            guard X509_digest(certificate, EVP_sha256(), digest.baseAddress, &count) == 1 else { return "" }
            let digits = Array("0123456789abcdef".utf8)
            return String(
                decoding: digest.prefix(Int(count)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self)
        }
    }
}

extension CertificateProblem {
    /// What a failed verification found; nil when verification is not what failed.
    init?(verifyResult: Int) {
        switch Int32(truncatingIfNeeded: verifyResult) {
        case X509_V_OK: return nil
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED,
            X509_V_ERR_CERT_SIGNATURE_FAILURE:
            self = .unknownAuthority
        case X509_V_ERR_INVALID_PURPOSE: self = .wrongPurpose
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: self = .wrongName
        default:
            let text = X509_verify_cert_error_string(verifyResult).map { String(cString: $0) }
            self = .other(text ?? "verification error \(verifyResult)")
        }
    }
}
