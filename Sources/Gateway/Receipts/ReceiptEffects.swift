import Retail

/// What each line of a stored sale did, kept beside the receipt so that a return knows what to take back.
struct ReceiptEffects: Equatable {
    struct Line: Equatable {
        var quantity: Quantity
        var earned: Int64
        var spent: Int64
        /// What was paid in money; unknown of sales that were stored by an earlier form.
        var paid: Money?
    }

    var lines: [Line]

    private static let version: UInt8 = 2
    /// Numbers of a line, by version.
    private static let numbersOfLine: [UInt8: Int] = [1: 3, 2: 4]
    private static let numberBytes = MemoryLayout<Int64>.size

    init(lines: [Line]) {
        self.lines = lines
    }

    /// One byte of version, then four little-endian 64-bit numbers a line: quantity, earned, spent, paid.
    var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.version]
        bytes.reserveCapacity(1 + lines.count * 4 * Self.numberBytes)
        for line in lines {
            for number in [line.quantity.thousandths, line.earned, line.spent, line.paid?.minorUnits ?? 0] {
                withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    /// Reads what ``encoded`` wrote; nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard let version = bytes.first, let numbers = Self.numbersOfLine[version],
            (bytes.count - 1) % (numbers * Self.numberBytes) == 0
        else { return nil }
        lines = stride(from: 1, to: bytes.count, by: numbers * Self.numberBytes).map { start in
            func number(_ index: Int) -> Int64 {
                bytes.withUnsafeBytes {
                    Int64(
                        littleEndian: $0.loadUnaligned(
                            fromByteOffset: start + index * Self.numberBytes, as: Int64.self))
                }
            }
            return Line(
                quantity: Quantity(thousandths: number(0)), earned: number(1), spent: number(2),
                paid: numbers > 3 ? Money(minorUnits: number(3)) : nil)
        }
    }
}
