/// The kinds of JSON value.
public enum JSONKind: UInt8, CaseIterable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool
    /// A number, kept as its digits.
    case number
    /// A string.
    case string
    /// An array.
    case array
    /// An object.
    case object
}

/// One value of a text that was read, or one member name, as a position in the text.
///
/// The nodes of a text stand in the order of the text: a container is followed by its contents, a member name by its
/// value. `next` leads past everything inside, so a reader looking for a member steps over the values it does not
/// want.
@usableFromInline
struct JSONNode {
    /// The first byte in the text.
    var start: UInt32
    /// The byte after the last one.
    var end: UInt32
    /// The index of the first node after this one and its contents.
    var next: UInt32
    /// The kind in bits 28 to 30, "has escapes" in bit 31, and below them what the kind needs: the number of elements
    /// or members, or a string's hash when it is a member name.
    var meta: UInt32

    static let payloadMask: UInt32 = 0x0FFF_FFFF
    static let escapedBit: UInt32 = 0x8000_0000

    init(kind: JSONKind, start: Int, end: Int, next: Int) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = UInt32(truncatingIfNeeded: next)
        meta = UInt32(kind.rawValue) << 28
    }

    @inline(__always)
    var kind: JSONKind { JSONKind(rawValue: UInt8(truncatingIfNeeded: (meta >> 28) & 7)) ?? .null }
    var payload: UInt32 { meta & Self.payloadMask }
    var hasEscapes: Bool { meta & Self.escapedBit != 0 }
}

/// The nodes of the text that was read last, and that text.
///
/// It lives behind a pointer that a reader owns, because a value that pointed to the reader itself would count
/// references at every step.
@usableFromInline
struct JSONTape {
    private static let emptyText: StaticString = ""

    var nodes: UnsafeMutablePointer<JSONNode>
    var capacity: Int
    var count = 0
    var source: UnsafePointer<UInt8>

    init(capacity: Int) {
        nodes = .allocate(capacity: capacity)
        self.capacity = capacity
        source = JSONTape.emptyText.utf8Start
    }

    func free() {
        nodes.deallocate()
    }

    /// Forgets the last text and takes up the next one.
    mutating func restart(source: UnsafePointer<UInt8>) {
        count = 0
        self.source = source
    }

    /// Adds a node and returns its index.
    mutating func append(_ node: JSONNode) -> Int {
        if count == capacity { grow() }
        (nodes + count).initialize(to: node)
        count += 1
        return count - 1
    }

    private mutating func grow() {
        let wider = UnsafeMutablePointer<JSONNode>.allocate(capacity: capacity * 2)
        wider.update(from: nodes, count: count)
        nodes.deallocate()
        nodes = wider
        capacity *= 2
    }
}

/// An array or object that is still open while a text is read.
struct JSONFrame {
    /// The container's own node.
    var node: Int
    /// Elements or members so far.
    var count: Int
    /// One bit for each of 64 classes of member-name hashes seen so far.
    var nameBits: UInt64
    /// Whether two member names fell into one class, so that the names have to be compared when the object closes.
    var mayRepeatNames: Bool
    let isObject: Bool
}
