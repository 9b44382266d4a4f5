import Foundation

/// Which addresses the gateway may post to: https anywhere, plain http to this machine only.
enum WebAddress {
    /// Takes an address apart and says what is wrong with it.
    static func parts(of text: String, allowsQuery: Bool) throws(WebAddressError) -> URLComponents {
        // What is no character of an address two readers may read in two ways; libcurl is the second one.
        guard text.utf8.allSatisfy({ isAddressCharacter($0) }), let parts = URLComponents(string: text),
            let host = parts.host, !host.isEmpty
        else { throw WebAddressError(reason: "not https://host[:port][/path]") }
        switch parts.scheme?.lowercased() {
        case "https": break
        case "http" where ["127.0.0.1", "[::1]", "::1"].contains(host): break
        case "http": throw WebAddressError(reason: "plain http is for 127.0.0.1 and [::1] only")
        default: throw WebAddressError(reason: "the scheme must be https")
        }
        // A password here would end up in logs.
        guard parts.user == nil, parts.password == nil else {
            throw WebAddressError(reason: "user and password not allowed")
        }
        guard parts.fragment == nil, allowsQuery || parts.query == nil else {
            throw WebAddressError(reason: allowsQuery ? "fragment not allowed" : "query and fragment not allowed")
        }
        return parts
    }

    private static func isAddressCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
        }
    }
}

/// Why nothing can be posted to an address.
public struct WebAddressError: Error, Hashable, Sendable {
    /// What is wrong, for whoever gave it.
    public let reason: String
}
