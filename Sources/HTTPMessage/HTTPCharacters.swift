/// The character classes of RFC 9110 and RFC 3986 that the reader tells apart, as one table of bit flags.
enum HTTPCharacters {
    private static let tokenFlag: UInt8 = 1
    private static let targetFlag: UInt8 = 2
    private static let hostFlag: UInt8 = 4

    private static let flags: [UInt8] = {
        var flags = [UInt8](repeating: 0, count: 256)
        func mark(_ characters: String, _ flag: UInt8) {
            for byte in characters.utf8 { flags[Int(byte)] |= flag }
        }
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        let digits = "0123456789"
        mark(letters + digits, tokenFlag | targetFlag | hostFlag)
        mark("!#$%&'*+-.^_`|~", tokenFlag)
        mark("-._~!$&'()*+,;=:@/?%", targetFlag)
        // A comma, a user part or an escape in Host is legal to write but only ever seen in attacks.
        mark("-._:[]", hostFlag)
        return flags
    }()

    /// tchar: what a method or a field name is made of.
    static func isToken(_ byte: UInt8) -> Bool { flags[Int(byte)] & tokenFlag != 0 }

    /// pchar, `/` and `?`: what a target in origin form is made of.
    static func isTarget(_ byte: UInt8) -> Bool { flags[Int(byte)] & targetFlag != 0 }

    /// What a host name, an address in brackets or a port is made of.
    static func isHost(_ byte: UInt8) -> Bool { flags[Int(byte)] & hostFlag != 0 }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
}
