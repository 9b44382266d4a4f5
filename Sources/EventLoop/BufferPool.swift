/// Blocks of raw memory in powers of two, kept for reuse by one loop, so that a busy wake-up allocates nothing.
///
/// Not thread-safe: each loop owns one.
struct BufferPool {
    /// The smallest block: most replies of one wake-up fit.
    static let smallestBytes = 4_096
    /// What the longest line needs with its end and what came behind it. Larger blocks are rare and go straight back to the
    /// allocator; fresh ones cost the system a fault for each of their pages.
    static let largestKeptBytes = 2_097_152
    /// What a loop keeps at most for later.
    static let keptBytesMaximum = 4_194_304

    private var free: [[UnsafeMutableRawPointer]] = Array(repeating: [], count: Self.shelf(largestKeptBytes) + 1)
    private(set) var keptBytes = 0

    /// The size of the block that holds `count` bytes.
    static func capacity(for count: Int) -> Int {
        guard count > smallestBytes else { return smallestBytes }
        return 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    }

    /// A block of exactly `capacity` bytes, which must come from `capacity(for:)`.
    mutating func take(capacity: Int) -> UnsafeMutableRawPointer {
        if capacity <= Self.largestKeptBytes, let block = free[Self.shelf(capacity)].popLast() {
            keptBytes -= capacity
            return block
        }
        return .allocate(byteCount: capacity, alignment: 16)
    }

    mutating func give(_ block: UnsafeMutableRawPointer, capacity: Int) {
        guard capacity <= Self.largestKeptBytes, keptBytes + capacity <= Self.keptBytesMaximum else {
            return block.deallocate()
        }
        keptBytes += capacity
        free[Self.shelf(capacity)].append(block)
    }

    mutating func removeAll() {
        for shelf in free.indices {
            for block in free[shelf] { block.deallocate() }
            free[shelf].removeAll()
        }
        keptBytes = 0
    }

    private static func shelf(_ capacity: Int) -> Int {
        capacity.trailingZeroBitCount - smallestBytes.trailingZeroBitCount
    }
}
