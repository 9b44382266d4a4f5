import Retail

/// What each line of a stored sale did, kept beside the receipt so that a return knows what to take back.
struct ReceiptEffects: Equatable {
    struct Line: Equatable {
        var quantity: Quantity
        var earned: Int64
        var spent: Int64
    }

    var lines: [Line]

    private static let version: UInt8 = 1
    private static let lineBytes = 24

    init(lines: [Line]) {
        self.lines = lines
    }

    /// One byte of version, then three little-endian 64-bit numbers a line.
    var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes.reserveCapacity(1 + lines.count * Self.lineBytes)
        for line in lines {
            for number in [line.quantity.thousandths, line.earned, line.spent] {
                withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    /// Reads what ``encoded`` wrote; nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard bytes.first == Self.version, (bytes.count - 1) % Self.lineBytes == 0 else { return nil }
        lines = stride(from: 1, to: bytes.count, by: Self.lineBytes).map { start in
            func number(_ index: Int) -> Int64 {
                bytes.withUnsafeBytes {
                    Int64(littleEndian: $0.loadUnaligned(fromByteOffset: start + index * 8, as: Int64.self))
                }
            }
            return Line(quantity: Quantity(thousandths: number(0)), earned: number(1), spent: number(2))
        }
    }
}
