/// Numbers of receipts in a form that is short where they run on: single numbers, and ranges `first:last`.
///
/// A range counts the digits at the end of its numbers: `A-0098:A-0102` is five numbers, `9:12` is four. What stands before
/// those digits is the same in all, and leading zeros stay. Two lists are equal that have the same numbers, whatever their
/// order.
public struct ReceiptNumbers: Hashable, Sendable {
    /// Why an entry cannot be taken.
    public enum Problem: Error, Hashable, Sendable {
        /// The entry is neither a receipt's number nor a range of them.
        case notNumbers(entry: Int)
        /// More numbers than allowed.
        case tooMany(limit: Int)
    }

    /// The numbers, each once, in the order in which they were named.
    public private(set) var numbers: [String] = []

    /// A list of numbers; what stands there again counts once.
    public init(_ numbers: some Sequence<String>) {
        var seen: Set<String> = []
        for number in numbers where seen.insert(number).inserted { self.numbers.append(number) }
    }

    /// Reads entries, each a number or a range.
    ///
    /// - Parameter limit: how many numbers the entries may count out, those among them that were named before.
    public init(entries: some Sequence<String>, limit: Int) throws(Problem) {
        var seen: Set<String> = []
        // Repeats count too: to count a range out again is as much work as another one.
        var left = UInt64(limit)
        for (place, entry) in entries.enumerated() {
            guard let range = Range(entry) else { throw .notNumbers(entry: place) }
            // Before it is counted out: a range can be longer than any memory.
            guard range.count <= left else { throw .tooMany(limit: limit) }
            left -= range.count
            for number in range.numbers where seen.insert(number).inserted { numbers.append(number) }
        }
    }

    /// The numbers as entries: sorted, and as few as they can be written with.
    public var entries: [String] {
        var left = Set(numbers)
        return numbers.map(CountedText.init).sorted(by: <).compactMap { first in
            guard left.remove(first.text) != nil else { return nil }
            var last = first
            while let next = last.successor, left.remove(next.text) != nil { last = next }
            return first == last ? first.text : "\(first.text):\(last.text)"
        }
    }

    /// The order in which numbers are named says nothing.
    public static func == (left: ReceiptNumbers, right: ReceiptNumbers) -> Bool {
        left.numbers.count == right.numbers.count && Set(left.numbers) == Set(right.numbers)
    }

    /// Equal lists have equal hashes.
    public func hash(into hasher: inout Hasher) { hasher.combine(Set(numbers)) }

    fileprivate static let separator = UInt8(ascii: ":")
}

/// What one entry stands for.
private struct Range {
    let first: CountedText
    let count: UInt64

    init?(_ entry: String) {
        let bytes = entry.utf8
        guard let separator = bytes.firstIndex(of: ReceiptNumbers.separator) else {
            guard ReceiptKey.isNumber(entry) else { return nil }
            first = CountedText(entry)
            count = 1
            return
        }
        let ends = (entry[..<separator], entry[bytes.index(after: separator)...])
        guard ReceiptKey.isNumber(ends.0), ReceiptKey.isNumber(ends.1) else { return nil }
        first = CountedText(String(ends.0))
        let last = CountedText(String(ends.1))
        guard !first.digits.isEmpty, last.prefix == first.prefix, last.value >= first.value,
            first.counted(to: last.value) == last.text
        else { return nil }
        count = last.value - first.value + 1
    }

    var numbers: [String] {
        count == 1 ? [first.text] : (first.value..<first.value + count).map { first.counted(to: $0) }
    }
}

/// A number taken apart: what is counted are the digits at its end.
private struct CountedText: Equatable {
    /// So many digits fit into 64 bits.
    private static let digitsMaximum = 18

    let prefix: Substring
    let digits: Substring
    let value: UInt64

    init(_ text: String) {
        let bytes = text.utf8
        var start = bytes.endIndex
        var count = 0
        while start > bytes.startIndex, count < Self.digitsMaximum {
            let before = bytes.index(before: start)
            guard isASCIIDigit(bytes[before]) else { break }
            start = before
            count += 1
        }
        prefix = text[..<start]
        digits = text[start...]
        value = UInt64(digits) ?? 0
    }

    var text: String { prefix + String(digits) }

    /// The text that counts so far: as wide as this one, or as wide as the number needs.
    func counted(to value: UInt64) -> String {
        let number = String(value)
        return prefix + String(repeating: "0", count: max(0, digits.utf8.count - number.utf8.count)) + number
    }

    /// The next one; nil where nothing is counted, or where a digit more would be one of the prefix.
    var successor: CountedText? {
        guard !digits.isEmpty else { return nil }
        let next = CountedText(counted(to: value + 1))
        return next.prefix == prefix ? next : nil
    }

    static func < (left: CountedText, right: CountedText) -> Bool {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        return left.value == right.value ? left.digits.utf8.count < right.digits.utf8.count : left.value < right.value
    }
}
