import Certificates
import Glibc
import HTTPMessage

/// Checks the signature of a request as upstream.openapi.yaml describes it; written from that page, not from the gateway.
struct RequestSeal {
    /// How far a request's time may be off.
    private static let secondsMaximum: Int64 = 300

    let secret: String

    func isGood(_ request: HTTPRequest, now: Int64 = Int64(time(nil))) -> Bool {
        guard let timestamp = request.headers["Tillgate-Timestamp"], let seconds = Int64(timestamp),
            // Without a difference, which a time out of reach would make too large for a number.
            seconds >= now - Self.secondsMaximum, seconds <= now + Self.secondsMaximum,
            let signature = request.headers["Tillgate-Signature"]
        else { return false }
        let parts = signature.split(separator: ",")
        guard parts.first == "t=\(timestamp)" else { return false }
        let signed = Array("\(timestamp).\(request.method.rawValue).\(request.target).".utf8) + request.body
        let expected = Array("v1=\(hexadecimal(hmacSHA256(key: secret.utf8, signed)))".utf8)
        return parts.dropFirst().contains { constantTimeEqual(Array($0.utf8), expected) }
    }
}
