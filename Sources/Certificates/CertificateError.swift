import CEventLoop

/// Why a certificate could not be issued or an authority not be used.
public enum CertificateError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A name that goes into the certificate or its file name is not acceptable.
    case badName(field: String, value: String, reason: String)
    /// A number of days out of range.
    case badDays(Int, limit: Int)
    /// A server certificate needs at least one name.
    case noNames
    /// The file cannot be read, written or created; in the system's words.
    case file(path: String, reason: String)
    /// The file exists and is not overwritten: keys are only ever made once.
    case alreadyExists(path: String)
    /// The key does not belong to the authority's certificate.
    case keyMismatch(path: String)
    /// OpenSSL refused; in its words.
    case library(reason: String)

    /// One sentence for a command line.
    public var description: String {
        switch self {
        case .badName(let field, let value, let reason): "\(field) \"\(value)\": \(reason)"
        case .badDays(let days, let limit): "\(days) days is outside of 1 to \(limit)"
        case .noNames: "a server certificate needs at least one DNS name or IP address"
        case .file(let path, let reason): "\(path): \(reason)"
        case .alreadyExists(let path): "\(path) exists already and is not overwritten"
        case .keyMismatch(let path): "\(path) is not the key of the authority's certificate"
        case .library(let reason): "OpenSSL: \(reason)"
        }
    }

    /// OpenSSL's newest error of this thread.
    static func fromOpenSSL() -> CertificateError {
        defer { ERR_clear_error() }
        let text = ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) }
        return .library(reason: text ?? "unknown error")
    }
}
