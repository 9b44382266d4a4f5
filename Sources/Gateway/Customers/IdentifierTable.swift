import Glibc

/// One stripe of the ``IdentifierIndex``: an open-addressing table of slots that hold the identifier itself where it is
/// short, as cards and phones are, so that finding one looks at one place in memory. Nothing is ever removed: an
/// identifier that moves gets another customer.
struct IdentifierTable: ~Copyable, @unchecked Sendable {
    /// 32 bytes: two to a cache line.
    private struct Slot {
        var key: IdentifierKey
        var tag: UInt32
        /// 0 marks a free slot; customer numbers start at 1.
        var customer: UInt32
    }

    /// Five slots of which four are used at most: beyond that, runs of used slots grow long.
    private static let fullTenths = 8

    private var memory: UnsafeMutableRawBufferPointer
    private var slots: UnsafeMutableBufferPointer<Slot>
    private var used = 0
    /// The identifiers that are too long for a slot, one after the other.
    private var long: [UInt8] = []

    init() {
        memory = LargeMemory.allocate(bytes: 16 * MemoryLayout<Slot>.stride)
        slots = Self.emptySlots(in: memory)
    }

    deinit { LargeMemory.free(memory) }

    borrowing func find(hash: UInt64, kind: UInt8, value: UnsafeRawBufferPointer) -> UInt32? {
        let slot = slots[position(IdentifierKey(kind: kind, value: value), hash, value)]
        return slot.customer == 0 ? nil : slot.customer
    }

    mutating func set(
        hash: UInt64, kind: UInt8, value: UnsafeRawBufferPointer, customer: UInt32, replacing: Bool
    ) {
        var key = IdentifierKey(kind: kind, value: value)
        let found = position(key, hash, value)
        if slots[found].customer != 0 {
            if replacing { slots[found].customer = customer }
            return
        }
        if key.isLong {
            key.offset = long.count
            long.append(contentsOf: value)
        }
        slots[found] = Slot(key: key, tag: UInt32(truncatingIfNeeded: hash), customer: customer)
        used += 1
        if used * 10 > slots.count * Self.fullTenths { grow() }
    }

    /// The slot that holds the identifier, or the free one where it belongs.
    private borrowing func position(_ key: IdentifierKey, _ hash: UInt64, _ value: UnsafeRawBufferPointer) -> Int {
        let mask = slots.count - 1
        let tag = UInt32(truncatingIfNeeded: hash)
        var index = Int(tag) & mask
        while slots[index].customer != 0 {
            if slots[index].tag == tag, holds(slots[index].key, key, value) { return index }
            index = (index + 1) & mask
        }
        return index
    }

    private borrowing func holds(
        _ stored: IdentifierKey, _ key: IdentifierKey, _ value: UnsafeRawBufferPointer
    ) -> Bool {
        guard key.isLong else { return stored == key }
        guard stored.head == key.head, let start = value.baseAddress else { return false }
        return long.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return memcmp(base + stored.offset, start, value.count) == 0
        }
    }

    /// The tag holds as much of the hash as places a slot, so that the identifiers need not be hashed again.
    private mutating func grow() {
        let larger = LargeMemory.allocate(bytes: memory.count * 2)
        let fresh = Self.emptySlots(in: larger)
        let mask = fresh.count - 1
        for slot in slots where slot.customer != 0 {
            var index = Int(slot.tag) & mask
            while fresh[index].customer != 0 { index = (index + 1) & mask }
            fresh[index] = slot
        }
        LargeMemory.free(memory)
        (memory, slots) = (larger, fresh)
    }

    private static func emptySlots(in memory: UnsafeMutableRawBufferPointer) -> UnsafeMutableBufferPointer<Slot> {
        let slots = memory.bindMemory(to: Slot.self)
        slots.initialize(repeating: Slot(key: IdentifierKey(), tag: 0, customer: 0))
        return slots
    }
}

/// An identifier in three words: kind, length and up to 22 bytes; a longer one has its place among the long ones instead.
struct IdentifierKey: Equatable {
    private static let inlineBytesMaximum = 22

    /// Kind, length (2 bytes where it is long), the first bytes.
    private(set) var head: UInt64 = 0
    private var middle: UInt64 = 0
    private var tail: UInt64 = 0

    init() {}

    init(kind: UInt8, value: UnsafeRawBufferPointer) {
        guard value.count <= Self.inlineBytesMaximum else {
            head = UInt64(kind) | 0xFF << 8 | UInt64(value.count) << 16
            return
        }
        withUnsafeMutableBytes(of: &self) { bytes in
            bytes[0] = kind
            bytes[1] = UInt8(value.count)
            UnsafeMutableRawBufferPointer(rebasing: bytes[2...]).copyMemory(from: value)
        }
    }

    var isLong: Bool { head >> 8 & 0xFF == 0xFF }

    /// Where a long identifier's bytes begin.
    var offset: Int {
        get { Int(tail) }
        set { tail = UInt64(newValue) }
    }
}
