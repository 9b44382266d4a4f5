import LineProtocol
import TestSupport
import Testing

@Suite("JSON reader")
struct JSONReaderTests {
    @Test("a request's body is read member by member")
    func readsMembers() throws {
        try reading(#" {"card" : "2200000000000042","n":[1,-2.50,true,null,{}] } "#) { value in
            #expect(value.kind == .object)
            #expect(value.count == 2)
            #expect(value["card"]?.string() == "2200000000000042")
            #expect(value["card"]?.plainUTF8.map(text) == "2200000000000042")
            #expect(value["car"] == nil)
            #expect(value["card "] == nil)
            #expect(value.members.map { $0.name.string() } == ["card", "n"])
            let list = try #require(value["n"])
            #expect(list.elements.map(\.kind) == [.number, .number, .bool, .null, .object])
            #expect(list.elements.map { text($0.rawBytes) } == ["1", "-2.50", "true", "null", "{}"])
            #expect(list.count == 5)
            #expect(list["card"] == nil)
        }
    }

    @Test("what a reader noted of one text does not show in the next")
    func isReused() throws {
        let reader = JSONReader()
        for length in [3_000, 1, 500] {
            let body = "[" + Array(repeating: "{\"k\":[]}", count: length).joined(separator: ",") + "]"
            try withRawBytes(body) { bytes in
                let value = try reader.read(bytes)
                #expect(value.count == length)
                #expect(value.elements.allSatisfy { $0["k"]?.count == 0 })
            }
            withRawBytes("[{\"a\":[") { bytes in
                #expect(throws: JSONSyntaxError(reason: .unexpectedEnd, offset: 7)) { try reader.read(bytes) }
            }
        }
    }

    @Test(
        "a refusal says why and where",
        arguments: [
            ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("{", .unexpectedEnd, 1), ("[1 2]", .unexpectedByte, 3),
            ("{} x", .trailingBytes, 3), ("{\"a\"}", .unexpectedByte, 4), ("{\"a\":1,}", .unexpectedByte, 7),
            ("[1,]", .unexpectedByte, 3), ("[01]", .badNumber, 2), ("[-]", .badNumber, 2), ("[1.]", .badNumber, 3),
            ("[1e+]", .badNumber, 4), ("nul", .badLiteral, 0), ("\"\\x\"", .badEscape, 1),
            ("\"\\u12g4\"", .badEscape, 1),
            ("\"\\ud800\"", .loneSurrogate, 1), ("\"\\udc00\"", .loneSurrogate, 1),
            ("\"\\ud800\\u0041\"", .loneSurrogate, 1), ("\"\\ud800\\ud800\"", .loneSurrogate, 1),
            ("\"a\u{1}\"", .controlCharacter, 2),
            ("\"abc", .unexpectedEnd, 4),
            ("{\"a\":1,\"a\":2}", .duplicateKey, 7), ("\"\\", .unexpectedEnd, 2), ("\"\\u00", .unexpectedEnd, 5),
            ("\u{FEFF}{}", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0), ("+1", .unexpectedByte, 0),
        ] as [(String, JSONSyntaxError.Reason, Int)])
    func saysWhere(text: String, reason: JSONSyntaxError.Reason, offset: Int) {
        #expect(refusal(text) == JSONSyntaxError(reason: reason, offset: offset), "\(text)")
    }

    @Test("32 levels are read and the 33rd is not")
    func limitsDepth() {
        let levels = { (count: Int) in
            String(repeating: "[", count: count) + String(repeating: "]", count: count)
        }
        #expect(refusal(levels(32)) == nil)
        #expect(refusal(levels(33)) == JSONSyntaxError(reason: .tooDeep, offset: 32))
        let deep = JSONLimits(depth: 200_000, membersPerObject: 1, textBytes: 1 << 20)
        #expect(refusal(levels(200_000), limits: deep) == nil)
        #expect(refusal(levels(200_001), limits: deep)?.reason == .tooDeep)
    }

    @Test("256 members are read and the 257th is not; so are bytes of a text")
    func limitsMembersAndBytes() {
        let object = { (count: Int) in
            "{" + (0..<count).map { "\"m\($0)\":\($0)" }.joined(separator: ",") + "}"
        }
        #expect(refusal(object(256)) == nil)
        #expect(refusal(object(257))?.reason == .tooManyMembers)
        let short = JSONLimits(depth: 4, membersPerObject: 4, textBytes: 4)
        #expect(refusal("[1 ]", limits: short) == nil)
        #expect(refusal("[1  ]", limits: short) == JSONSyntaxError(reason: .textTooLong, offset: 4))
    }

    @Test("a name given twice is found in small and wide objects, at any two places, and behind escapes")
    func findsRepeatedNames() {
        var generator = SeededGenerator(seed: 7)
        for count in [2, 3, 15, 16, 17, 18, 64, 200, 256] {
            for _ in 0..<20 {
                var names = (0..<count).map { "member_number_\($0)" }
                let repeated = names.indices.randomElement(using: &generator) ?? 0
                let over = names.indices.filter { $0 != repeated }.randomElement(using: &generator) ?? 0
                names[over] = names[repeated].replacing("_", with: "\\u005f")
                let object = "{" + names.map { "\"\($0)\":{\"x\":[1]}" }.joined(separator: ",") + "}"
                #expect(refusal(object)?.reason == .duplicateKey, "\(count) members, \(repeated) and \(over)")
            }
        }
        #expect(refusal(#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#) == nil)
        #expect(refusal(#"{"":1,"":2}"#)?.reason == .duplicateKey)
        #expect(refusal(#"{"😀":1,"\ud83d\ude00":2}"#)?.reason == .duplicateKey)
    }

    @Test("bytes that are not UTF-8 are refused wherever they stand in a string")
    func refusesInvalidUTF8() {
        let broken: [[UInt8]] = [
            [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFF],
        ]
        for bytes in broken {
            for padding in 0...17 {
                let text = [0x22] + Array(repeating: 0x61, count: padding) + bytes + Array("tail of text\"".utf8)
                let expected = JSONSyntaxError(reason: .invalidUTF8, offset: 1 + padding)
                #expect(refusal(text) == expected, "\(bytes) behind \(padding)")
                #expect(refusal([0x22] + Array(repeating: 0x61, count: padding) + bytes + [0x22]) == expected)
            }
        }
    }

    @Test("quotes, escapes and control characters are seen at every place of a word of eight")
    func seesSpecialBytesAtEveryPlace() throws {
        for padding in 0...25 {
            let pad = String(repeating: "я", count: padding / 3) + String(repeating: "z", count: padding)
            try reading("[\"\(pad)\",\"\(pad)\\u001d\\n\",1]") { value in
                #expect(value.elements.map { $0.string() } == [pad, pad + "\u{1D}\n", nil])
            }
            #expect(refusal("\"\(pad)\u{1D}\"")?.reason == .controlCharacter)
            #expect(refusal("\"\(pad)")?.reason == .unexpectedEnd)
        }
    }
}
