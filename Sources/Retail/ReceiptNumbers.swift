/// Numbers of receipts in a form that is short where they run on: single numbers, and ranges `first:last`.
///
/// A range counts the digits at the end of its numbers: `A-0098:A-0102` is five numbers, `9:12` is four. What stands before
/// those digits is the same in all, and leading zeros stay.
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
    /// - Parameter limit: how many numbers they may come to.
    public init(entries: some Sequence<String>, limit: Int) throws(Problem) {
        var seen: Set<String> = []
        for (place, entry) in entries.enumerated() {
            guard let range = Range(entry) else { throw .notNumbers(entry: place) }
            // Before it is counted out: a range can be longer than any memory.
            guard range.count <= UInt64(limit - numbers.count) else { throw .tooMany(limit: limit) }
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
            return first == last ? first.text : "\(first.text)\(Self.separator)\(last.text)"
        }
    }

    fileprivate static let separator: Character = ":"
}

/// What one entry stands for.
private struct Range {
    let first: CountedText
    let count: UInt64

    init?(_ entry: String) {
        let ends = entry.split(separator: ReceiptNumbers.separator, omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(ends.count), ends.allSatisfy({ ReceiptKey.isNumber($0) }) else { return nil }
        first = CountedText(ends[0])
        guard ends.count == 2 else {
            count = 1
            return
        }
        let last = CountedText(ends[1])
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
        var start = text.endIndex
        var count = 0
        while start > text.startIndex, count < Self.digitsMaximum {
            let before = text.index(before: start)
            guard text[before].isASCII, text[before].isWholeNumber else { break }
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
        return prefix + String(repeating: "0", count: max(0, digits.count - number.count)) + number
    }

    /// The next one; nil where nothing is counted, or where a digit more would be one of the prefix.
    var successor: CountedText? {
        guard !digits.isEmpty else { return nil }
        let next = CountedText(counted(to: value + 1))
        return next.prefix == prefix ? next : nil
    }

    static func < (left: CountedText, right: CountedText) -> Bool {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        return left.value == right.value ? left.digits.count < right.digits.count : left.value < right.value
    }
}
