import Certificates
import Glibc

/// Where requests to an upstream go and what every one of them carries: one place for all that the gateway asks.
struct RequestMaker: Sendable {
    /// Without a slash at its end.
    let baseURL: String
    /// The path of the base as it stands in the request line; empty, or with a slash in front and none at its end.
    let basePath: String
    let bearerToken: String?
    let signingSecrets: [String]

    /// The whole address of a path under the base; the path begins with a slash and may have a query.
    func url(_ path: String) -> String { baseURL + path }

    /// The header lines that every request has: who asks, when, and the proof that nobody changed it on the way.
    ///
    /// The signature is `t=<seconds>` and `v1=<hex>` for each secret: HMAC-SHA-256 of
    /// `<seconds>.<METHOD>.<path and query as in the request line>.<body as sent, that is, compressed>`.
    ///
    /// - Parameters:
    ///   - path: under the base, as for ``url(_:)``.
    ///   - body: the bytes that go out; empty for a GET.
    ///   - seconds: since 1970, by the gateway's clock.
    func requestHeaders(
        method: String, path: String, body: [UInt8], seconds: Int64 = Int64(time(nil))
    ) -> [String] {
        var headers = ["Accept: application/json"]
        if let bearerToken { headers.append("Authorization: Bearer \(bearerToken)") }
        guard !signingSecrets.isEmpty else { return headers }
        let signed = Array("\(seconds).\(method).\(basePath)\(path).".utf8) + body
        let codes = signingSecrets.map { ",v1=" + hexadecimal(hmacSHA256(key: $0.utf8, signed)) }
        headers.append("Tillgate-Timestamp: \(seconds)")
        headers.append("Tillgate-Signature: t=\(seconds)" + codes.joined())
        return headers
    }
}
