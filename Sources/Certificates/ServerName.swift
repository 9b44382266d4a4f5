import Glibc

/// A name that a server is reached by.
enum ServerName: Equatable {
    case dns(String)
    case address(String)

    /// Takes IP addresses and host names, whose alphabet leaves no room for another extension's syntax.
    init(_ text: String) throws(CertificateError) {
        var room = in6_addr()
        if inet_pton(AF_INET, text, &room) == 1 || inet_pton(AF_INET6, text, &room) == 1 {
            self = .address(text)
            return
        }
        guard (1...253).contains(text.utf8.count) else {
            throw .badName(field: "server name", value: text, reason: "must have 1 to 253 characters")
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        for (index, label) in labels.enumerated() where !Self.isLabel(label, mayBeWildcard: index == 0) {
            throw .badName(field: "server name", value: text, reason: "is neither an IP address nor a host name")
        }
        self = .dns(text)
    }

    var extensionText: String {
        switch self {
        case .dns(let name): "DNS:\(name)"
        case .address(let address): "IP:\(address)"
        }
    }

    private static func isLabel(_ label: Substring, mayBeWildcard: Bool) -> Bool {
        if label == "*" { return mayBeWildcard }
        guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else { return false }
        return label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
