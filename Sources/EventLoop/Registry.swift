/// What an epoll event's key stands for.
///
/// A key is a slot and the slot's generation, so an event that was fetched before its connection closed finds nothing
/// instead of a stranger.
struct Registry {
    private struct Slot {
        var generation: UInt32 = 1
        var connection: Connection?
        var listener: ListenerSocket?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []
    private(set) var connectionCount = 0

    mutating func add(_ connection: Connection) -> UInt64 {
        connectionCount += 1
        let index = takeSlot()
        slots[index].connection = connection
        return key(index)
    }

    mutating func add(_ listener: ListenerSocket) -> UInt64 {
        let index = takeSlot()
        slots[index].listener = listener
        return key(index)
    }

    mutating func remove(_ key: UInt64) {
        let index = Int(truncatingIfNeeded: key & 0xFFFF_FFFF)
        guard slots.indices.contains(index), slots[index].generation == UInt32(truncatingIfNeeded: key >> 32) else {
            return
        }
        if slots[index].connection != nil { connectionCount -= 1 }
        slots[index] = Slot(generation: slots[index].generation &+ 1)
        free.append(UInt32(index))
    }

    @inline(__always)
    func connection(_ key: UInt64) -> Connection? {
        let index = Int(truncatingIfNeeded: key & 0xFFFF_FFFF)
        guard index < slots.count, slots[index].generation == UInt32(truncatingIfNeeded: key >> 32) else {
            return nil
        }
        return slots[index].connection
    }

    func listener(_ key: UInt64) -> ListenerSocket? {
        let index = Int(truncatingIfNeeded: key & 0xFFFF_FFFF)
        guard index < slots.count, slots[index].generation == UInt32(truncatingIfNeeded: key >> 32) else {
            return nil
        }
        return slots[index].listener
    }

    /// Copies, because what is done to them changes the registry.
    var connections: [Connection] { slots.compactMap(\.connection) }
    var listeners: [ListenerSocket] { slots.compactMap(\.listener) }

    private mutating func takeSlot() -> Int {
        if let index = free.popLast() { return Int(index) }
        slots.append(Slot())
        return slots.count - 1
    }

    private func key(_ index: Int) -> UInt64 {
        UInt64(slots[index].generation) << 32 | UInt64(index)
    }
}
