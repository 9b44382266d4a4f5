import LineProtocol

/// Receipts that carry every character in every text, written in every way that JSON has, with numbers and members that a
/// re-encoding would change.
struct EveryByte {
    /// Every text that a till can write: as it stands, and with escapes for whatever may be escaped.
    static let texts: [String] = {
        let scalars = boundaries.map { String($0) }.joined()
        var plain = ""
        for scalar in scalars.unicodeScalars {
            switch scalar {
            case "\"", "\\": plain += "\\" + String(scalar)
            case _ where scalar.value < 0x20: plain += escaped(scalar, upper: false)
            default: plain.unicodeScalars.append(scalar)
            }
        }
        let allEscaped = scalars.unicodeScalars.map { escaped($0, upper: $0.value % 2 == 0) }.joined()
        return [
            plain, allEscaped, #"\b\f\n\r\t\/\"\\"#, "010460>&'\\u001d21\\u001D91<\u{7F}", "  padded  7700000000  ",
            "е\u{301} \u{FEFF} \u{200B} \u{202E} 👩‍👩‍👧 &amp; ]]> _x001D_ %00 \\u0000",
        ]
    }()

    /// All of ASCII and Latin, and both ends of what 2, 3 and 4 bytes can say.
    private static let boundaries: [Unicode.Scalar] =
        (0...0xFF).compactMap(Unicode.Scalar.init)
        + [0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF].compactMap {
            Unicode.Scalar(UInt32($0))
        }

    private static func escaped(_ scalar: Unicode.Scalar, upper: Bool) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: upper)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    /// What a fiscal device adds: unsigned 64-bit numbers, decimals with their zeros, white space, members at any depth up to
    /// what a line may have, and a signed blob of 64 KiB.
    static func fiscal(_ text: String) -> String {
        let blob = String(repeating: "MIIE+/9zAB==\\/", count: 64 * 1_024 / 14 + 1)
        let deep = String(repeating: #"{"d":["#, count: 14) + "0" + String(repeating: "]}", count: 14)
        return #"{ "sign":18446744073709551615,"doc" :0,"sum":1.50,"same":1.5,"e":1E+2,"z":-0.0,"tiny":0.000001e-7,"#
            + #""inn":"7700000000  ","t":"\#(text)","\#(text)":null,"a":[ ],"o":{ },"deep":\#(deep),"tse":"\#(blob)"}"#
    }

    /// A receipt of each kind around one text. Fields with rules of their own (ids, SKUs) have all that these allow.
    static func receipts(_ text: String, number: Int) -> [(verb: String, json: String)] {
        let name = text.count > 190 ? #"\u001d>&'"# : text
        let line =
            #"{"sku":"!#$%&'()*+,-./:;<=>?@A[]^_`{|}~","name":"\#(name)","quantity":2.50,"price":1000,"amount":2500,"#
            + #""marks":["\#(text)","010460\u001d>&'"],"\#(text)":"\#(text)","unit":{"t":"\#(text)"},"#
            + #""tax":{"rate":0,"x":"\#(text)"}}"#
        let paid =
            #""payments":[{"kind":"cash","amount":2500,"rrn":"\#(text)","auth":[1.0,{"t":"\#(text)"}]}],"#
            + #""total":2500"#
        let start = #"{"shift":1, "at":"2026-11-22T09:30:00Z","cashier":{"id":"k","name":"\#(name)","x":"\#(text)"},"#
        let end = #","fiscal":\#(fiscal(text)),"free text":"\#(text)","contact":{"email":"\#(text)","phone":7}}"#
        let bodies: [(String, String)] = [
            ("SALE", #""lines":[\#(line)],\#(paid)"#), ("RETURN", #""lines":[\#(line)],\#(paid)"#),
            ("VOID", #""reason":"\#(text)","lines":[\#(line)],"total":2500"#),
            (
                "CORRECTION",
                #""direction":"sale","reason":"\#(text)","document":{"number":"\#(name)"},"lines":[\#(line)],\#(paid)"#
            ),
        ]
        return bodies.enumerated().map { place, body in
            (body.0, start + #""number":"\#(number)-\#(place)","# + body.1 + end)
        }
    }

    /// What upstream must have of a receipt: the till's own members as they came, behind the gateway's.
    static func isCarried(_ json: String, in body: [UInt8]) -> Bool {
        let own = Array(json.utf8).dropFirst()
        return body.count > own.count && body.suffix(own.count).elementsEqual(own)
            && body[body.count - own.count - 1] == UInt8(ascii: ",")
    }
}
