/// Why a TLS context could not be made. Each case names the file at fault and OpenSSL's words.
public enum TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The certificate chain cannot be read or is none.
    case certificate(path: String, reason: String)
    /// The private key cannot be read, or does not belong to the certificate.
    case privateKey(path: String, reason: String)
    /// The authority's certificates cannot be read.
    case authority(path: String, reason: String)
    /// OpenSSL itself refused a setting.
    case library(reason: String)

    /// One sentence for a log line or a command line.
    public var description: String {
        switch self {
        case .certificate(let path, let reason): "certificate \(path): \(reason)"
        case .privateKey(let path, let reason): "private key \(path): \(reason)"
        case .authority(let path, let reason): "certificate authority \(path): \(reason)"
        case .library(let reason): "OpenSSL: \(reason)"
        }
    }
}
