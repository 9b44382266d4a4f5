/// How often promotions were applied to one customer, as bytes beside the customer's other texts: for each promotion the
/// length of its id, the id, and a little-endian 64-bit number.
struct PromotionUseText {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// Receipts by promotion.
    var receipts: [String: Int64] {
        var receipts: [String: Int64] = [:]
        var place = 0
        while place < bytes.count {
            let idBytes = Int(bytes[place])
            let id = UnsafeRawBufferPointer(rebasing: bytes[(place + 1)..<(place + 1 + idBytes)])
            place += 1 + idBytes
            receipts[String(decoding: id, as: UTF8.self)] = Int64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int64.self))
            place += MemoryLayout<Int64>.size
        }
        return receipts
    }

    /// The bytes for some receipts by promotion.
    static func encode(_ receipts: [String: Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (id, count) in receipts where count > 0 {
            // An id has at most 64 characters of ASCII.
            let text = id.utf8.prefix(Int(UInt8.max))
            bytes.append(UInt8(text.count))
            bytes.append(contentsOf: text)
            withUnsafeBytes(of: count.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
