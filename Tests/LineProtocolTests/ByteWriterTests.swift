import LineProtocol
import Retail
import Testing

@Suite("Byte writer")
struct ByteWriterTests {
    @Test("commas are set between values and nowhere else")
    func setsCommas() {
        let json = written { writer in
            writer.append("OK 17 ")
            writer.beginObject()
            writer.field("a", 1)
            writer.name("b")
            writer.beginArray()
            writer.endArray()
            writer.name("c")
            writer.beginArray()
            writer.beginObject()
            writer.endObject()
            writer.value(true)
            writer.nullValue()
            writer.value("x")
            writer.endArray()
            writer.optionalField("d", nil as String?)
            writer.optionalField("e", Int64.min)
            writer.endObject()
            writer.endLine()
            writer.append("OK 18 ")
            writer.beginObject()
            writer.endObject()
        }
        #expect(json == "OK 17 {\"a\":1,\"b\":[],\"c\":[{},true,null,\"x\"],\"e\":-9223372036854775808}\nOK 18 {}")
    }

    @Test("strings are escaped where they must be, at every place of a word of eight")
    func escapes() throws {
        for padding in 0...20 {
            let pad = String(repeating: "z", count: padding)
            for special in ["\"", "\\", "\n", "\r", "\t", "\u{0}", "\u{1D}", "\u{1F}", "я", "😀", "\u{7F}", "/"] {
                let original = pad + special + pad
                let json = written { $0.value(original) }
                try reading(json) { #expect($0.string() == original) }
                #expect(!json.utf8.contains { $0 < 0x20 })
            }
        }
        #expect(written { $0.value("\u{1D}>&'\u{1}") } == "\"\\u001d>&'\\u0001\"")
    }

    @Test(
        "numbers are written as their digits",
        arguments: [0, 1, 9, 10, 99, 100, 12_345, 9_999_999_999, Int64.max, -1, -10, Int64.min])
    func writesNumbers(number: Int64) {
        #expect(written { $0.value(number) } == "\(number)")
        #expect(written { $0.append(integer: number) } == "\(number)")
        #expect(written { $0.value(number.magnitude) } == "\(number.magnitude)")
    }

    @Test("the largest unsigned number is written whole")
    func writesLargestNumber() {
        #expect(written { $0.value(UInt64.max) } == "18446744073709551615")
        #expect(written { $0.append(unsigned: 10_000_000_000_000_000_000) } == "10000000000000000000")
    }

    @Test("money, quantities, rates and moments have their wire form")
    func writesRetailTypes() {
        #expect(written { $0.value(Money(minorUnits: -255)) } == "-255")
        #expect(written { $0.value(BasisPoints(value: 1_000)) } == "1000")
        for thousandths: Int64 in [2_474, 6_000, 500, 10, 1, 100_020, 0, -1_500, 9_999_999_999] {
            let quantity = Quantity(thousandths: thousandths)
            #expect(written { $0.value(quantity) } == quantity.decimalText)
        }
        let instant = Instant(millisecondsSinceEpoch: 1_795_339_800_000)
        #expect(written { $0.value(instant) } == "\"\(instant.rfc3339)\"")
    }

    @Test("a writer can be emptied, cut back and used again")
    func isReused() {
        let writer = ByteWriter(capacity: 1)
        writer.value("first")
        writer.removeAll()
        #expect(writer.count == 0)
        writer.value("second")
        let kept = writer.count
        writer.append("rest")
        writer.truncate(to: kept)
        #expect(text(writer.bytes) == "\"second\"")
        writer.removeAll(keepingCapacity: false)
        writer.append(utf8: "third")
        #expect(text(writer.bytes) == "third")
    }
}
