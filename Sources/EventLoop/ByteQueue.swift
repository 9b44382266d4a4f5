/// Bytes in one contiguous block: appended at the end, dropped at the front. Holds no memory while empty.
///
/// The block comes from the loop's pool and must be given back with `removeAll` before the queue goes away.
struct ByteQueue {
    private var block: UnsafeMutableRawPointer?
    private var capacity = 0
    private var head = 0
    private var end = 0

    var count: Int { end - head }
    var isEmpty: Bool { head == end }

    /// The waiting bytes; valid until the next change.
    var bytes: UnsafeRawBufferPointer {
        guard let block else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: block + head, count: end - head)
    }

    mutating func append(_ added: UnsafeRawBufferPointer, pool: inout BufferPool) {
        guard let source = added.baseAddress, added.count > 0 else { return }
        if capacity - end < added.count { makeRoom(for: added.count, pool: &pool) }
        guard let block else { return }
        (block + end).copyMemory(from: source, byteCount: added.count)
        end += added.count
    }

    mutating func dropFirst(_ dropped: Int, pool: inout BufferPool) {
        precondition(dropped >= 0 && dropped <= count)
        head += dropped
        if head == end { removeAll(pool: &pool) }
    }

    mutating func removeAll(pool: inout BufferPool) {
        if let block { pool.give(block, capacity: capacity) }
        (block, capacity, head, end) = (nil, 0, 0, 0)
    }

    /// Moves the bytes to the front, into a larger block when they would fill more than half of this one: either way
    /// the cost of moving is paid for by the bytes dropped or added since the last move.
    private mutating func makeRoom(for added: Int, pool: inout BufferPool) {
        let kept = count
        if let block, kept + added <= capacity, head >= capacity / 2 {
            block.copyMemory(from: block + head, byteCount: kept)
        } else {
            let larger = BufferPool.capacity(for: max(kept + added, capacity + 1))
            let fresh = pool.take(capacity: larger)
            if let block {
                fresh.copyMemory(from: block + head, byteCount: kept)
                pool.give(block, capacity: capacity)
            }
            (block, capacity) = (fresh, larger)
        }
        (head, end) = (0, kept)
    }
}
