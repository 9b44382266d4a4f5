import Retail
import TestSupport
import Testing

@Suite("Numbers of receipts in a short form")
struct ReceiptNumbersTests {
    private func read(_ entries: [String], limit: Int = 20_000) throws -> [String] {
        try ReceiptNumbers(entries: entries, limit: limit).numbers
    }

    @Test("a range counts the digits at the end, with what stands before them and their leading zeros")
    func ranges() throws {
        #expect(try read(["9:12"]) == ["9", "10", "11", "12"])
        #expect(try read(["A-0098:A-0102", "v.1"]) == ["A-0098", "A-0099", "A-0100", "A-0101", "A-0102", "v.1"])
        #expect(try read(["098:102", "7:7"]) == ["098", "099", "100", "101", "102", "7"])
        #expect(try read(["998:1001"]) == ["998", "999", "1000", "1001"])
        #expect(try read(["1234567890123456789099:1234567890123456789100"]).count == 2)
        #expect(try read(["1:3", "2", "3:4"]) == ["1", "2", "3", "4"])
        #expect(try read([]) == [])
    }

    @Test(
        "an entry that is neither a number nor a range is named by its place",
        arguments: [
            "", ":", "1:", ":1", "1:2:3", "a:b", "2:1", "1:A2", "098:0102", "98:099", "A1:B2", "a b", "Й", "1:1a",
            "99999999999999999999:100000000000000000000", String(repeating: "1", count: 33),
        ])
    func refused(_ entry: String) {
        #expect(throws: ReceiptNumbers.Problem.notNumbers(entry: 1)) { try read(["1", entry]) }
    }

    @Test("more numbers than allowed are refused before they are counted out")
    func tooMany() throws {
        #expect(try read(["1:3", "4"], limit: 4).count == 4)
        for entries in [["1:5"], ["1:4", "5"], ["1:999999999999999999"]] {
            #expect(throws: ReceiptNumbers.Problem.tooMany(limit: 4)) { try read(entries, limit: 4) }
        }
    }

    @Test("numbers that are named again count against what is allowed, so that little text is never much work")
    func repeats() throws {
        #expect(try read(["1:2", "2:3"], limit: 4) == ["1", "2", "3"])
        for entries in [["1:2", "1:2", "1"], ["1:3", "1:3"], ["7", "7", "7", "7", "7"]] {
            #expect(throws: ReceiptNumbers.Problem.tooMany(limit: 4)) { try read(entries, limit: 4) }
        }
        let many = Array(repeating: "1:10000", count: 20_000)
        #expect(throws: ReceiptNumbers.Problem.tooMany(limit: 20_000)) { try read(many) }
    }

    @Test("numbers are written with as few entries as they have runs")
    func written() {
        #expect(ReceiptNumbers(["12", "9", "11", "10", "9"]).entries == ["9:12"])
        #expect(ReceiptNumbers(["A-0100", "A-0098", "A-0099", "5"]).entries == ["5", "A-0098:A-0100"])
        #expect(ReceiptNumbers(["1", "3", "v.1", "01"]).entries == ["1", "01", "3", "v.1"])
        #expect(ReceiptNumbers((1...20_000).map { "\($0)" }).entries == ["1:20000"])
        #expect(ReceiptNumbers([]).entries == [])
    }

    @Test("two lists are equal that have the same numbers, in whatever order they are named")
    func order() throws {
        let named = try ReceiptNumbers(entries: ["0090:0092", "001"], limit: 10)
        let written = try ReceiptNumbers(entries: named.entries, limit: 10)
        #expect(named.numbers != written.numbers)
        #expect(named == written && named.hashValue == written.hashValue)
        #expect(try named != ReceiptNumbers(entries: ["0090:0092", "002"], limit: 10))
        #expect(try named != ReceiptNumbers(entries: ["0090:0092"], limit: 10))
    }

    @Test("whatever the numbers are, they come back from what is written of them", arguments: UInt64(1)...40)
    func comesBack(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let numbers = Set(
            (0..<300).map { _ in
                let prefix = ["", "A", "1-", "0"].randomElement(using: &generator) ?? ""
                let digits = String(Int.random(in: 0...150, using: &generator))
                let zeros = String(repeating: "0", count: Int.random(in: 0...2, using: &generator))
                return prefix + zeros + digits
            })
        let entries = ReceiptNumbers(numbers).entries
        #expect(try Set(read(entries)) == numbers)
        #expect(entries.count <= numbers.count)
    }
}
