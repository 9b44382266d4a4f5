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

    /// How the body of a request is sent.
    public enum Compression: String, Sendable, CaseIterable {
        /// With `Content-Encoding: gzip`, until the upstream answers 415.
        case gzip
        /// As it is.
        case none
    }

    /// `https://host[:port][/path]`, to which `/v1/events` is added. Plain `http` is for 127.0.0.1 and [::1] only.
    public var baseURL: String
    /// A PEM file of the only authorities to trust; nil for those of the system.
    public var authorityPath: String?
    /// Shown to an upstream that asks for a certificate.
    public var clientCertificate: ClientCertificate?
    /// Sent as `Authorization: Bearer …`; nil for none.
    public var bearerToken: String?
    /// Requests are signed with each of these secrets (`Tillgate-Signature`): the one in force, and beside it the one
    /// before for as long as the upstream may still check with that. Empty: requests are not signed.
    public var signingSecrets: [String] = []
    /// `http://`, `https://`, `socks5://` or `socks5h://host[:port]`; nil for none. The environment is never asked.
    public var proxy: String?
    /// `user:password` for the proxy.
    public var proxyCredentials: String?
    /// How bodies of batches are sent.
    public var compression = Compression.gzip
    /// Told what the operator should know and what does not end anything, such as an upstream that does not take gzip.
    public var onNotice: (@Sendable (String) -> Void)?
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

    /// What requests carry and where they go, after everything was checked.
    func validated() throws(HTTPSUpstreamError) -> RequestMaker {
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
        for secret in signingSecrets where secret.utf8.count < Self.signingSecretBytesMinimum {
            throw .shortSecret(limitBytes: Self.signingSecretBytesMinimum)
        }
        try checkProxy()
        do throws(WebAddressError) {
            // A query would stand in front of the path that is added.
            let parts = try WebAddress.parts(of: baseURL, allowsQuery: false)
            var base = baseURL
            while base.hasSuffix("/") { base.removeLast() }
            var basePath = parts.percentEncodedPath
            while basePath.hasSuffix("/") { basePath.removeLast() }
            return RequestMaker(
                baseURL: base, basePath: basePath, bearerToken: bearerToken, signingSecrets: signingSecrets)
        } catch {
            throw .badURL(reason: error.reason)
        }
    }

    /// Half of what HMAC-SHA-256 can use; a shorter secret can be guessed from one request that was seen.
    static let signingSecretBytesMinimum = 16

    private func checkProxy() throws(HTTPSUpstreamError) {
        if let proxyCredentials {
            guard proxyCredentials.contains(":"), proxyCredentials.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
            else {
                throw .badProxy(reason: "the credentials are not user:password in printable ASCII")
            }
        }
        guard let proxy else { return }
        guard let parts = URLComponents(string: proxy), let scheme = parts.scheme?.lowercased(),
            let host = parts.host, !host.isEmpty, parts.path.isEmpty || parts.path == "/", parts.query == nil,
            parts.fragment == nil
        else { throw .badProxy(reason: "not scheme://host[:port]") }
        guard ["http", "https", "socks5", "socks5h"].contains(scheme) else {
            throw .badProxy(reason: "the scheme must be http, https, socks5 or socks5h")
        }
        // A password here would end up in logs and in the list of processes.
        guard parts.user == nil, parts.password == nil else { throw .badProxy(reason: "user and password not allowed") }
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
    /// A secret that is too short to sign with.
    case shortSecret(limitBytes: Int)
    /// `proxy` or `proxyCredentials` cannot be used.
    case badProxy(reason: String)
    /// libcurl could not be started or lacks a feature.
    case library(reason: String)

    /// One line for the operator.
    public var description: String {
        switch self {
        case .badURL(let reason): "upstream baseURL: \(reason)"
        case .unreadableFile(let field, let path): "upstream \(field): cannot read \(path)"
        case .notPositive(let field): "upstream \(field) must be positive"
        case .badToken: "upstream bearerToken must be printable ASCII without blanks"
        case .shortSecret(let limit): "upstream signing secrets must have at least \(limit) bytes"
        case .badProxy(let reason): "upstream proxy: \(reason)"
        case .library(let reason): "libcurl: \(reason)"
        }
    }
}
