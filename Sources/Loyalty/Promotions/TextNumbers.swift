/// Finds the number of a text among those that a programme names, in a pass over the text's bytes.
///
/// A dictionary of strings would do the same, but its hash (made to withstand whoever chooses the keys) costs more than
/// the rest of the look. Here only a programme chooses what is in the table; others ask, and asking puts nothing in.
final class TextNumbers: Sendable {
    /// The hash of a text's bytes (FNV-1a), which grows byte by byte: the beginnings of a path are hashed on the way.
    struct Hash {
        fileprivate private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325
        /// All bytes, one upon the other: below 0x80 when the text is ASCII.
        fileprivate private(set) var bits: UInt8 = 0

        @inline(__always)
        mutating func add(_ byte: UInt8) {
            value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
            bits |= byte
        }
    }

    private struct Slot {
        var hash: UInt64
        /// Below zero: free.
        var number: Int32
        /// Where the text's bytes stand.
        var start: Int32
        var end: Int32
    }

    /// At least two for each text, a power of two, so that a look soon meets the text or a free one.
    private let slots: [Slot]
    private let bytes: [UInt8]
    private let all: [String: Int32]
    /// Whether every text here has one spelling only.
    private let areUnambiguous: Bool

    init(_ numbers: [String: Int32]) {
        var size = 2
        while size < numbers.count * 2 { size *= 2 }
        var slots = [Slot](repeating: Slot(hash: 0, number: -1, start: 0, end: 0), count: size)
        var bytes: [UInt8] = []
        for (text, number) in numbers {
            var hash = Hash()
            for byte in text.utf8 { hash.add(byte) }
            let start = Int32(bytes.count)
            bytes.append(contentsOf: text.utf8)
            var place = TextNumbers.place(hash, of: size)
            while slots[place].number >= 0 { place = (place + 1) & (size - 1) }
            slots[place] = Slot(hash: hash.value, number: number, start: start, end: Int32(bytes.count))
        }
        self.slots = slots
        self.bytes = bytes
        all = numbers
        areUnambiguous = numbers.keys.allSatisfy { $0.utf8.allSatisfy(TextNumbers.isUnambiguous) }
    }

    var isEmpty: Bool { all.isEmpty }

    /// The number of a text; `nil` when the programme does not name it.
    subscript(text: String) -> Int32? {
        if isEmpty { return nil }
        var text = text
        return text.withUTF8 { utf8 in
            var hash = Hash()
            for byte in utf8 { hash.add(byte) }
            return number(of: utf8, hash)
        }
    }

    /// The same for bytes whose hash is known.
    func number(of text: UnsafeBufferPointer<UInt8>, _ hash: Hash) -> Int32? {
        var place = TextNumbers.place(hash, of: slots.count)
        while slots[place].number >= 0 {
            let slot = slots[place]
            if slot.hash == hash.value, isText(of: slot, text) { return slot.number }
            place = (place + 1) & (slots.count - 1)
        }
        // "é" is one character or an "e" and an accent: texts that could be spelt in two ways are compared as text.
        if areUnambiguous, hash.bits < 0x80 || text.allSatisfy(TextNumbers.isUnambiguous) { return nil }
        return all[String(decoding: text, as: UTF8.self)]
    }

    private func isText(of slot: Slot, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == Int(slot.end - slot.start) else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            text.indices.allSatisfy { text[$0] == bytes[Int(slot.start) + $0] }
        }
    }

    private static func place(_ hash: Hash, of slots: Int) -> Int {
        Int(truncatingIfNeeded: hash.value ^ hash.value >> 32) & (slots - 1)
    }

    /// Whether texts of such bytes are the same only when their bytes are: those of the characters below U+0300 and from
    /// U+0400 to U+047F, which are Latin and Cyrillic letters without the accents that stand by themselves.
    private static func isUnambiguous(_ byte: UInt8) -> Bool {
        byte < 0xCC || byte == 0xD0 || byte == 0xD1
    }
}
