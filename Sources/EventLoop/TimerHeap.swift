/// Names a scheduled piece of work, so that it can be called off.
public struct TimerToken: Hashable, Sendable {
    let number: UInt64
}

/// Work ordered by its due time, ties by the order of scheduling. Pure: the time is always an argument.
///
/// Calling off is lazy: it drops the work at once (and what the work holds on to) but leaves the heap entry until it
/// comes to the top or until dead entries are the majority.
struct TimerHeap {
    private struct Entry {
        let due: UInt64
        let number: UInt64

        func isBefore(_ other: Entry) -> Bool {
            due != other.due ? due < other.due : number < other.number
        }
    }

    private var entries: [Entry] = []
    private var works: [UInt64: () -> Void] = [:]
    private var lastNumber: UInt64 = 0

    /// How many pieces of work are waiting.
    var count: Int { works.count }

    /// How many heap entries exist, dead ones included.
    var entryCount: Int { entries.count }

    /// When the next work is due, in nanoseconds; `.max` when there is none.
    var nextDueNanoseconds: UInt64 { entries.first?.due ?? .max }

    mutating func insert(dueNanoseconds: UInt64, _ work: @escaping () -> Void) -> TimerToken {
        lastNumber += 1
        works[lastNumber] = work
        entries.append(Entry(due: dueNanoseconds, number: lastNumber))
        siftUp(entries.count - 1)
        return TimerToken(number: lastNumber)
    }

    /// Returns false when the work has run or was called off before.
    @discardableResult
    mutating func cancel(_ token: TimerToken) -> Bool {
        guard works.removeValue(forKey: token.number) != nil else { return false }
        if entries.count > 2 * works.count + 64 { dropDeadEntries() }
        dropDeadTop()
        return true
    }

    /// Takes the next piece of work that is due, or nil.
    mutating func popDue(nowNanoseconds: UInt64) -> (() -> Void)? {
        while let first = entries.first, first.due <= nowNanoseconds {
            removeFirst()
            if let work = works.removeValue(forKey: first.number) {
                dropDeadTop()
                return work
            }
        }
        return nil
    }

    /// Nobody may wake up for work that was called off: a loop would find nothing due, and set the same alarm again at once.
    private mutating func dropDeadTop() {
        while let first = entries.first, works[first.number] == nil { removeFirst() }
    }

    mutating func removeAll() {
        entries = []
        works = [:]
    }

    private mutating func dropDeadEntries() {
        entries.removeAll { works[$0.number] == nil }
        var index = entries.count / 2
        while index > 0 {
            index -= 1
            siftDown(index)
        }
    }

    private mutating func removeFirst() {
        let last = entries.removeLast()
        guard !entries.isEmpty else { return }
        entries[0] = last
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].isBefore(entries[parent]) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = 2 * parent + 1
            guard least < entries.count else { return }
            if least + 1 < entries.count, entries[least + 1].isBefore(entries[least]) { least += 1 }
            guard entries[least].isBefore(entries[parent]) else { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
