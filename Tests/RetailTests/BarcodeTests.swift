import TestSupport
import Testing

@testable import Retail

@Suite("Bar codes")
struct BarcodeTests {
    private func digits(_ count: Int, _ random: inout SeededGenerator) -> String {
        (0..<count).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
    }

    /// The digit behind the others, worked out the long way: the next multiple of ten less the weighted sum.
    private func checked(_ body: String) -> String {
        let sum = body.reversed().enumerated().reduce(0) { sum, next in
            sum + (next.element.wholeNumberValue ?? 0) * [3, 1][next.offset % 2]
        }
        return body + "\(stride(from: 0, through: 9, by: 1).first { (sum + $0).isMultiple(of: 10) } ?? -1)"
    }

    @Test(
        "a product number with the right check digit is taken, with any other digit changed it is not",
        arguments: 1...20)
    func checkDigits(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for length in [8, 12, 13, 14] {
            // Eight digits that begin with 0 or 1 may be right as UPC-E where they are wrong as EAN-8.
            let right = checked((length == 8 ? "4" : "") + digits(length - (length == 8 ? 2 : 1), &random))
            let taken = try Barcode(right)
            #expect(taken.text == right)
            #expect(taken.key == String(repeating: "0", count: 14 - length) + right)
            for place in right.indices where length != 8 || place != right.startIndex {
                var wrong = right
                let other = (right[place].wholeNumberValue ?? 0) + Int.random(in: 1...9, using: &random)
                wrong.replaceSubrange(place...place, with: "\(other % 10)")
                #expect(throws: BarcodeError.self, "\(wrong)") { try Barcode(wrong) }
            }
        }
    }

    @Test("the digit that must be there is named")
    func reason() {
        #expect(throws: BarcodeError.checkDigit(is: 0, mustBe: 3)) { try Barcode("4601234567890") }
        #expect("\(BarcodeError.checkDigit(is: 0, mustBe: 3))" == "has the check digit 0, which must be 3")
        #expect(throws: BarcodeError.notPrintable) { try Barcode("46\u{1D}01") }
    }

    @Test("EAN-13, UPC-A and GTIN-14 of one number have one key", arguments: 1...10)
    func forms(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let short = checked(digits(11, &random))
        let keys = try ["", "0", "00"].map { try Barcode($0 + short).key }
        #expect(Set(keys).count == 1)
        for zeros in ["", "0", "00"] { #expect(ScannedCode(zeros + short).keys.first == keys[0]) }
    }

    @Test("UPC-E leaves zeros out of UPC-A and is the same number", arguments: 1...20)
    func shortForm(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (a, b, c, d, e) = (
            digits(1, &random), digits(1, &random), digits(1, &random), digits(1, &random), digits(1, &random)
        )
        // Maker and item of the long number, and the six digits of the short one (GS1 General Specifications, UPC-E).
        let pairs = [
            ("\(a)\(b)000" + "00\(c)\(d)\(e)", "\(a)\(b)\(c)\(d)\(e)0"),
            ("\(a)\(b)100" + "00\(c)\(d)\(e)", "\(a)\(b)\(c)\(d)\(e)1"),
            ("\(a)\(b)200" + "00\(c)\(d)\(e)", "\(a)\(b)\(c)\(d)\(e)2"),
            ("\(a)\(b)\(c)00" + "000\(d)\(e)", "\(a)\(b)\(c)\(d)\(e)3"),
            ("\(a)\(b)\(c)\(d)0" + "0000\(e)", "\(a)\(b)\(c)\(d)\(e)4"),
            ("\(a)\(b)\(c)\(d)\(e)" + "00007", "\(a)\(b)\(c)\(d)\(e)7"),
        ]
        for (long, short) in pairs {
            let full = checked("0" + long)
            let upcE = "0" + short + full.suffix(1)
            #expect(try Barcode(upcE).key == Barcode(full).key, "\(upcE) \(full)")
            #expect(ScannedCode(upcE).keys.contains("00" + full))
        }
        #expect(try Barcode("01234565").key == "00012345000065")
        #expect(try Barcode("04252614").key == "00042100005264")
    }

    @Test("eight digits that fit both ways are looked up both ways")
    func ambiguous() throws {
        let both = try #require(
            (1...9_999_999).lazy.map { "0" + String(String($0 + 10_000_000).dropFirst()) }
                .first { TradeNumber.readings(TradeNumber.digits(Array($0.utf8)) ?? []).count == 2 })
        let keys = ScannedCode(both).keys
        #expect(keys.count == 3)
        #expect(try Barcode(both).key == keys[0])
        #expect(keys.contains("000000" + both))
    }

    @Test(
        "the product number of a marking code is found, whatever the scanner puts in front",
        arguments: [
            "010460123456789321abcdefghijklm\u{1D}93dGVz", "]d2010460123456789321abc", "\u{1D}010460123456789321abc",
            "]d2\u{1D}010460123456789321abc", "(01)04601234567893(21)abc", "0104601234567893",
            "04601234567893abcdefgABCDefgh", "04601234567893abcdefg", "]E04601234567893",
        ])
    func markingCodes(_ scan: String) {
        #expect(ScannedCode(scan).keys.contains("04601234567893"), "\(scan)")
    }

    @Test("what has a wrong check digit is no product number, also in a marking code")
    func wrongMarkingCode() {
        for scan in ["010460123456789021abc", "04601234567890abcdefg", "4601234567890", "01046012345678"] {
            #expect(ScannedCode(scan).keys == [scan])
        }
    }

    @Test("any bytes are read without harm, and there is always something to look up", arguments: 1...20)
    func garbage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("01(29])d\u{1D}Zé ")
        for _ in 0..<200 {
            let text = String(
                (0..<Int.random(in: 1...40, using: &random)).compactMap { _ in alphabet.randomElement(using: &random) })
            let scan = ScannedCode(text)
            #expect(!scan.keys.isEmpty)
            if let code = ScaleCode(prefix: 22, itemDigits: 4, measure: .price) { _ = code.label(scan) }
        }
    }

    // MARK: Scales

    @Test("a scale's label tells the item and its weight")
    func weight() throws {
        let code = try #require(ScaleCode(text: "20:5:weight"))
        let label = try #require(code.label(ScannedCode(checked("200123401250"))))
        #expect(label.key == "2001234")
        #expect(label.quantity(at: nil) == Quantity(thousandths: 1_250))
        #expect(code.label(ScannedCode(checked("210123401250"))) == nil)
        #expect(code.label(ScannedCode("2001234012500")) == nil)
        #expect(code.label(ScannedCode(checked("200123400000")))?.quantity(at: nil) == nil)
    }

    @Test("or its price, which makes a quantity with the price of one unit, rounded half up")
    func price() throws {
        let code = try #require(ScaleCode(text: "22:4:price"))
        let label = try #require(code.label(ScannedCode(checked("221234044816"))))
        #expect(label.key == "221234")
        #expect(label.value == 44_816)
        #expect(label.quantity(at: Money(minorUnits: 129_900)) == Quantity(thousandths: 345))
        #expect(label.quantity(at: Money(minorUnits: 89_632_000)) == Quantity(thousandths: 1))
        #expect(label.quantity(at: Money(minorUnits: 89_632_001)) == nil)
        #expect(label.quantity(at: nil) == nil)
        #expect(label.quantity(at: .zero) == nil)
    }

    @Test(
        "settings that make no sense are refused",
        arguments: ["19:5:weight", "30:5:weight", "20:6:weight", "20:5", "x:5:price"])
    func settings(_ text: String) {
        #expect(ScaleCode(text: text) == nil)
    }
}
