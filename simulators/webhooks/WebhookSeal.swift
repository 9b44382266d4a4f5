import Certificates
import HTTPMessage

/// What a website checks before it believes a message: that it was signed with its secret, and not long ago.
///
/// This is the receiving side written from `protocol-spec/webhooks.md` alone; nothing of the gateway is used.
public struct WebhookSeal: Sendable {
    /// Why a message is not believed.
    public enum Flaw: String, Error, Sendable {
        /// A header is missing or is not as it should be.
        case malformed = "bad_header"
        /// None of the secrets gives any of the codes.
        case wrongSignature = "bad_signature"
        /// The message was signed at another time: somebody may send it once more.
        case wrongTime = "bad_time"
    }

    /// How far the sender's clock may be off, and how long a message may be under way.
    public static let toleranceSeconds: Int64 = 300

    private let secrets: [String]

    /// A check against any of these secrets: two of them while one is replaced.
    public init(secrets: [String]) {
        self.secrets = secrets
    }

    /// The message's id, when it is to be believed.
    ///
    /// - Parameter nowSeconds: the receiver's clock, seconds since 1970.
    public func id(of request: HTTPRequest, nowSeconds: Int64) throws(Flaw) -> String {
        guard let id = request.headers["Tillgate-Id"], !id.isEmpty,
            let stamp = request.headers["Tillgate-Timestamp"], let seconds = Int64(stamp),
            let signature = request.headers["Tillgate-Signature"]
        else { throw .malformed }
        let parts = signature.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
        guard parts.first == ["t", Substring(stamp)] else { throw .malformed }
        let codes = parts.filter { $0.first == "v1" && $0.count == 2 }.map { Array($0[1].utf8) }
        let signed = Array("\(seconds).".utf8) + request.body
        let isGenuine = secrets.contains { secret in
            let expected = Array(hexadecimal(hmacSHA256(key: secret.utf8, signed)).utf8)
            return codes.contains { constantTimeEqual($0, expected) }
        }
        guard isGenuine else { throw .wrongSignature }
        // Without a difference, which a time out of reach would make too large for a number.
        guard seconds >= nowSeconds - Self.toleranceSeconds, seconds <= nowSeconds + Self.toleranceSeconds else {
            throw .wrongTime
        }
        return id
    }
}
