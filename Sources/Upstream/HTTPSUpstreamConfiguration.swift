import Foundation

/// Where an upstream is and how it is spoken to.
public struct HTTPSUpstreamConfiguration: Sendable {
    /// A certificate chain and its key, with which the gateway proves who it is.
    public struct ClientCertificate: Hashable, Sendable {
        /// A PEM file with the certificate and what is between it and the authority.
        public var chainPath: String
        /// A PEM file with the private key.
        public var privateKeyPath: String

        /// A certificate of these files.
        public init(chainPath: String, privateKeyPath: String) {
            self.chainPath = chainPath
            self.privateKeyPath = privateKeyPath
        }
    }

    /// `https://host[:port][/path]`, to which `/v1/events` is added. Plain `http` is for 127.0.0.1 and [::1] only.
    public var baseURL: String
    /// A PEM file of the only authorities to trust; nil for those of the system.
    public var authorityPath: String?
    /// Shown to an upstream that asks for a certificate.
    public var clientCertificate: ClientCertificate?
    /// Sent as `Authorization: Bearer …`; nil for none.
    public var bearerToken: String?
    /// Name look-up, connection and TLS handshake together.
    public var connectDeadlineMilliseconds = 5_000
    /// One request from its first step to the last byte of the answer.
    public var requestDeadlineMilliseconds = 30_000
    /// All requests of a batch that has to be split; once it has passed, what is left waits for the next delivery.
    public var deliveryDeadlineMilliseconds = 120_000
    /// The longest body of an answer.
    public var answerBytesMaximum = 4_194_304
    /// The longest `Retry-After` that is obeyed; a longer one is cut to it.
    public var retryAfterMillisecondsMaximum = 900_000

    /// A configuration with the default deadlines and limits.
    public init(baseURL: String) {
        self.baseURL = baseURL
    }

    /// The address that batches are posted to, after everything was checked.
    func validated() throws(HTTPSUpstreamError) -> String {
        for (field, value) in [
            ("connectDeadlineMilliseconds", connectDeadlineMilliseconds),
            ("requestDeadlineMilliseconds", requestDeadlineMilliseconds),
            ("deliveryDeadlineMilliseconds", deliveryDeadlineMilliseconds),
            ("answerBytesMaximum", answerBytesMaximum),
            ("retryAfterMillisecondsMaximum", retryAfterMillisecondsMaximum),
        ] where value <= 0 {
            throw .notPositive(field: field)
        }
        for (field, path) in [
            ("authorityPath", authorityPath), ("clientCertificate.chainPath", clientCertificate?.chainPath),
            ("clientCertificate.privateKeyPath", clientCertificate?.privateKeyPath),
        ] {
            if let path, !FileManager.default.isReadableFile(atPath: path) {
                throw .unreadableFile(field: field, path: path)
            }
        }
        if let bearerToken, bearerToken.isEmpty || !bearerToken.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            throw .badToken
        }
        return try eventsURL()
    }

    private func eventsURL() throws(HTTPSUpstreamError) -> String {
        do throws(WebAddressError) {
            // A query would stand in front of the path that is added.
            _ = try WebAddress.parts(of: baseURL, allowsQuery: false)
        } catch {
            throw .badURL(reason: error.reason)
        }
        var base = baseURL
        while base.hasSuffix("/") { base.removeLast() }
        return base + "/v1/events"
    }
}

/// Why an upstream cannot be set up.
public enum HTTPSUpstreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `baseURL` cannot be used.
    case badURL(reason: String)
    /// A file of certificates or a key that is not there or may not be read.
    case unreadableFile(field: String, path: String)
    /// A deadline or limit of zero or less.
    case notPositive(field: String)
    /// A bearer token that is empty or has a blank, a control character or one beyond ASCII in it.
    case badToken
    /// libcurl could not be started or lacks a feature.
    case library(reason: String)

    /// One line for the operator.
    public var description: String {
        switch self {
        case .badURL(let reason): "upstream baseURL: \(reason)"
        case .unreadableFile(let field, let path): "upstream \(field): cannot read \(path)"
        case .notPositive(let field): "upstream \(field) must be positive"
        case .badToken: "upstream bearerToken must be printable ASCII without blanks"
        case .library(let reason): "libcurl: \(reason)"
        }
    }
}
