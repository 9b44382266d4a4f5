import LineProtocol
import Testing

@Suite("Lines taken apart")
struct RequestLineTests {
    private func parts(_ line: String) throws -> [String] {
        try withRawBytes(line) { bytes in
            let request = try RequestLine.parse(bytes)
            return [text(request.verb), text(request.tag), text(request.body)]
        }
    }

    private func malformed(_ line: String) -> MalformedLine? {
        withRawBytes(line) { bytes in
            do throws(MalformedLine) {
                _ = try RequestLine.parse(bytes)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("a request is a verb, a tag and a body; without a body it is an empty object")
    func takesRequestsApart() throws {
        #expect(try parts("IDENTIFY 17 {\"card\":\"2200\"}") == ["IDENTIFY", "17", "{\"card\":\"2200\"}"])
        #expect(try parts("PING a") == ["PING", "a", "{}"])
        #expect(try parts("QUOTE A.z_0:9-  {} ") == ["QUOTE", "A.z_0:9-", " {} "])
        let tag = String(repeating: "x", count: 32)
        let verb = String(repeating: "V", count: 24)
        #expect(try parts("\(verb) \(tag) x") == [verb, tag, "x"])
    }

    @Test(
        "a line that is not a request says what is wrong with it and keeps its tag if it has one",
        arguments: [
            ("", .badVerb, nil), (" ", .badVerb, nil), ("PING", .missingTag, nil), ("PING ", .badTag, nil),
            ("PING  {}", .badTag, nil), ("PING 1 ", .missingBody, 5..<6), ("ping 12 {}", .badVerb, 5..<7),
            ("P 1 {}", .badVerb, 2..<3), ("_PING 1", .badVerb, 6..<7), ("PI2NG 1", .badVerb, 6..<7),
            ("PING t@g {}", .badTag, nil), ("PING \u{7f} {}", .badTag, nil), ("ping t@g {}", .badVerb, nil),
            ("{\"a\":1}", .badVerb, nil), ("ЖУК 1 {}", .badVerb, 7..<8),
            ("VVVVVVVVVVVVVVVVVVVVVVVVV 1", .badVerb, 26..<27),
            ("PING 123456789012345678901234567890123", .badTag, nil),
        ] as [(String, MalformedLine.Reason, Range<Int>?)])
    func refusesOtherLines(line: String, reason: MalformedLine.Reason, tag: Range<Int>?) {
        #expect(malformed(line) == MalformedLine(reason: reason, tag: tag), "\(line)")
    }

    @Test("every byte that a tag may have is taken and no other")
    func knowsTagBytes() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-".utf8)
        for byte in UInt8.min...UInt8.max where byte != 0x20 {
            let line = Array("PING ".utf8) + [byte]
            let isTaken = line.withUnsafeBytes { (try? RequestLine.parse($0)) != nil }
            #expect(isTaken == allowed.contains(byte), "byte \(byte)")
        }
    }

    private func serverParts(_ line: String) throws -> [String] {
        try withRawBytes(line) { bytes in
            switch try ServerLine.parse(bytes) {
            case .ok(let tag, let body): ["ok", text(tag), text(body)]
            case .error(let tag, let code, let body): ["error", text(tag), text(code), text(body)]
            case .event(let number, let name, let body): ["event", "\(number)", text(name), text(body)]
            }
        }
    }

    @Test("a client takes replies, errors and events apart, known to it or not")
    func takesServerLinesApart() throws {
        #expect(try serverParts("OK 17 {\"now\":1}") == ["ok", "17", "{\"now\":1}"])
        #expect(try serverParts("ERR - malformed {}") == ["error", "-", "malformed", "{}"])
        #expect(try serverParts("ERR a.1 brand_new {}") == ["error", "a.1", "brand_new", "{}"])
        #expect(try serverParts("EVENT 0 drain {}") == ["event", "0", "drain", "{}"])
        let largest = "EVENT 18446744073709551615 order.changed {}"
        #expect(try serverParts(largest) == ["event", "18446744073709551615", "order.changed", "{}"])
    }

    @Test(
        "a line that no gateway sends is refused",
        arguments: [
            ("", .unknownLead), ("ok 1 {}", .unknownLead), ("OK", .missingTag), ("OK  {}", .badTag),
            ("OK 1", .missingBody), ("OK 1 ", .missingBody), ("ERR 1", .badName), ("ERR 1 Busy {}", .badName),
            ("ERR 1 busy", .missingBody), ("EVENT", .badNumber), ("EVENT x drain {}", .badNumber),
            ("EVENT 01 drain {}", .badNumber), ("EVENT 18446744073709551616 drain {}", .badNumber),
            ("EVENT 1", .badName), ("EVENT 1 drain", .missingBody),
        ] as [(String, MalformedLine.Reason)])
    func refusesOtherServerLines(line: String, reason: MalformedLine.Reason) {
        #expect(throws: MalformedLine(reason: reason)) { try serverParts(line) }
    }

    @Test("what a writer begins and ends, a parser takes apart")
    func writesLines() {
        withRawBytes("t:1") { tag in
            let line = { (begin: (ByteWriter) -> Void) in
                written { writer in
                    begin(writer)
                    writer.beginObject()
                    writer.endObject()
                    writer.endLine()
                }
            }
            #expect(line { $0.beginRequest(.orderGet, tag: tag) } == "ORDER_GET t:1 {}\n")
            #expect(line { $0.beginOK(tag: tag) } == "OK t:1 {}\n")
            #expect(line { $0.beginError(tag: tag, code: .lineTooLong) } == "ERR t:1 line_too_long {}\n")
            #expect(line { $0.beginError(tag: nil, code: .malformed) } == "ERR - malformed {}\n")
            #expect(line { $0.beginEvent(number: 12, name: .orderOffered) } == "EVENT 12 order.offered {}\n")
        }
    }
}
