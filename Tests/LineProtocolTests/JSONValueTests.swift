import LineProtocol
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("escapes are resolved, and plain bytes are given only where there are none")
    func resolvesEscapes() throws {
        let list = #"["\"\\\/\b\f\n\r\t","\u0041\u00e9\u20ac\ud83d\ude00","я","","\u0000"]"#
        try reading(list) { value in
            let texts = value.elements.map { $0.string() }
            #expect(texts == ["\"\\/\u{8}\u{C}\n\r\t", "Aé€😀", "я", "", "\0"])
            #expect(value.elements.map { $0.plainUTF8 != nil } == [false, false, true, true, false])
            #expect(value.elements.map(\.characterCount) == [8, 4, 1, 0, 1])
        }
    }

    @Test(
        "whole numbers are taken by their digits up to the ends of 64 bits",
        arguments: [
            ("0", 0, 0), ("-0", 0, 0), ("42", 42, 42), ("-42", -42, nil), ("9223372036854775807", .max, 1 << 63 - 1),
            ("9223372036854775808", nil, 1 << 63), ("-9223372036854775808", .min, nil),
            ("-9223372036854775809", nil, nil), ("18446744073709551615", nil, .max), ("18446744073709551616", nil, nil),
            ("99999999999999999999", nil, nil), ("1.0", nil, nil), ("1e2", nil, nil), ("\"1\"", nil, nil),
        ] as [(String, Int64?, UInt64?)])
    func takesWholeNumbers(text: String, signed: Int64?, unsigned: UInt64?) throws {
        try reading(text) { value in
            #expect(value.int64() == signed)
            #expect(value.uint64() == unsigned)
        }
    }

    @Test(
        "decimals are scaled by their digits",
        arguments: [
            ("2.474", 2_474), ("2.47", 2_470), ("6", 6_000), ("-0.001", -1), ("0.0", 0), ("2.4740", nil), ("1e3", nil),
            ("9223372036854775.807", .max), ("9223372036854775.808", nil), ("-9223372036854775.808", .min),
            ("true", nil),
        ] as [(String, Int64?)])
    func scalesDecimals(text: String, expected: Int64?) throws {
        try reading(text) { #expect($0.decimal(fractionDigits: 3) == expected) }
    }

    @Test("a name is found whether or not it is written with escapes; the first of two counts")
    func findsNames() throws {
        try reading(#"{"\u0061b":1,"ab\u0063":2,"аб":3}"#) { value in
            #expect(value["ab"]?.int64() == 1)
            #expect(value["abc"]?.int64() == 2)
            #expect(value["аб"]?.int64() == 3)
            #expect(value["a"] == nil)
            #expect(value["abcd"] == nil)
        }
        try reading(#"{"a":1,"a":2}"#, duplicateKeys: .accepted) { #expect($0["a"]?.int64() == 1) }
    }

    @Test("truth is true or false and nothing else")
    func readsTruth() throws {
        try reading(#"[true,false,null,"true",1]"#) { value in
            #expect(value.elements.map { $0.bool() } == [true, false, nil, nil, nil])
        }
    }

    @Test("a value knows its place in the text")
    func knowsItsPath() throws {
        try reading(#"{"a":[0,{"b":{"c":[[1]]}}],"d":2}"#) { value in
            let inner = try #require(value["a"]?.elements.map { $0 }[1]["b"]?["c"])
            #expect(inner.path == "a[1].b.c")
            #expect(inner.elements.map(\.path) == ["a[1].b.c[0]"])
            #expect(inner.elements.flatMap { $0.elements.map(\.path) } == ["a[1].b.c[0][0]"])
            #expect(value["d"]?.path == "d")
            #expect(value["d"]?.offset == 31)
            #expect(value.path.isEmpty)
        }
    }
}
