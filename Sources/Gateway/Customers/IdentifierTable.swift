/// One stripe of the ``IdentifierIndex``: an open-addressing table over identifiers that lie one after the other in
/// memory of its own. Nothing is ever removed: an identifier that moves gets another customer.
struct IdentifierTable: ~Copyable, @unchecked Sendable {
    private struct Slot {
        var tag: UInt32 = 0
        /// Where the identifier lies: kind, length (2 bytes), bytes.
        var offset: UInt32 = 0
        /// 0 marks a free slot; customer numbers start at 1.
        var customer: UInt32 = 0
    }

    private static let headerBytes = 3

    private var slots: UnsafeMutableBufferPointer<Slot>
    private var used = 0
    private var arena: UnsafeMutableRawBufferPointer
    private var arenaUsed = 0

    init() {
        slots = Self.emptySlots(16)
        arena = .allocate(byteCount: 512, alignment: 1)
    }

    deinit {
        slots.deallocate()
        arena.deallocate()
    }

    borrowing func find(hash: UInt64, kind: UInt8, value: UnsafeRawBufferPointer) -> UInt32? {
        let slot = slots[position(hash: hash, kind: kind, value: value)]
        return slot.customer == 0 ? nil : slot.customer
    }

    mutating func set(hash: UInt64, kind: UInt8, value: UnsafeRawBufferPointer, customer: UInt32) {
        let found = position(hash: hash, kind: kind, value: value)
        if slots[found].customer != 0 {
            slots[found].customer = customer
            return
        }
        let offset = store(kind: kind, value: value)
        slots[found] = Slot(tag: UInt32(truncatingIfNeeded: hash), offset: offset, customer: customer)
        used += 1
        if used * 10 > slots.count * 7 { grow() }
    }

    /// The slot that holds the identifier, or the free one where it belongs.
    private borrowing func position(hash: UInt64, kind: UInt8, value: UnsafeRawBufferPointer) -> Int {
        let mask = slots.count - 1
        let tag = UInt32(truncatingIfNeeded: hash)
        var index = Int(tag) & mask
        while slots[index].customer != 0 {
            if slots[index].tag == tag, holds(slots[index].offset, kind: kind, value: value) { return index }
            index = (index + 1) & mask
        }
        return index
    }

    private borrowing func holds(_ offset: UInt32, kind: UInt8, value: UnsafeRawBufferPointer) -> Bool {
        let start = Int(offset)
        guard arena[start] == kind, length(at: start) == value.count else { return false }
        let stored = UnsafeRawBufferPointer(
            rebasing: arena[start + Self.headerBytes..<start + Self.headerBytes + value.count])
        return stored.elementsEqual(value)
    }

    private borrowing func length(at start: Int) -> Int {
        Int(arena[start + 1]) | Int(arena[start + 2]) << 8
    }

    private mutating func store(kind: UInt8, value: UnsafeRawBufferPointer) -> UInt32 {
        let needed = Self.headerBytes + value.count
        if arenaUsed + needed > arena.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: arena.count * 2 + needed, alignment: 1)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: arena[..<arenaUsed]))
            arena.deallocate()
            arena = larger
        }
        let start = arenaUsed
        arena[start] = kind
        arena[start + 1] = UInt8(truncatingIfNeeded: value.count)
        arena[start + 2] = UInt8(truncatingIfNeeded: value.count >> 8)
        UnsafeMutableRawBufferPointer(rebasing: arena[start + Self.headerBytes..<start + needed]).copyMemory(
            from: value)
        arenaUsed += needed
        return UInt32(start)
    }

    /// The tag holds the hash's low half, which is all that a larger table needs to place a slot anew.
    private mutating func grow() {
        let old = slots
        slots = Self.emptySlots(old.count * 2)
        let mask = slots.count - 1
        for slot in old where slot.customer != 0 {
            var index = Int(slot.tag) & mask
            while slots[index].customer != 0 { index = (index + 1) & mask }
            slots[index] = slot
        }
        old.deallocate()
    }

    private static func emptySlots(_ count: Int) -> UnsafeMutableBufferPointer<Slot> {
        let slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: count)
        slots.initialize(repeating: Slot())
        return slots
    }
}
