/// The storage of a writer, behind a pointer so that the writer's loops do not pass through the object.
struct ByteStorage {
    var bytes: UnsafeMutablePointer<UInt8>
    var capacity: Int
    var count = 0
    /// Whether the next JSON value follows another one and needs a comma before it.
    var needsComma = false

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        bytes = .allocate(capacity: self.capacity)
    }

    /// Makes room for `extra` more bytes and returns where they go.
    @inline(__always)
    mutating func reserve(_ extra: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity - count < extra { grow(by: extra) }
        return bytes + count
    }

    private mutating func grow(by extra: Int) {
        capacity = max(capacity * 2, count + extra)
        let wider = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        wider.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = wider
    }
}

/// A growing run of bytes that messages are written to: raw bytes, and JSON with its commas and escapes.
///
/// A writer that has seen its longest message allocates nothing any more. It belongs to one thread of work at a time.
public final class ByteWriter {
    let storage: UnsafeMutablePointer<ByteStorage>

    /// Makes an empty writer with room for `capacity` bytes.
    public init(capacity: Int = 512) {
        storage = .allocate(capacity: 1)
        storage.initialize(to: ByteStorage(capacity: capacity))
    }

    deinit {
        storage.pointee.bytes.deallocate()
        storage.deallocate()
    }

    /// The number of bytes written.
    public var count: Int { storage.pointee.count }

    /// What was written; valid until the writer writes again or is released.
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: storage.pointee.bytes, count: storage.pointee.count)
    }

    /// Forgets what was written.
    ///
    /// - Parameter keepingCapacity: whether the memory is kept for what comes next.
    public func removeAll(keepingCapacity: Bool = true) {
        storage.pointee.count = 0
        storage.pointee.needsComma = false
        guard !keepingCapacity else { return }
        storage.pointee.bytes.deallocate()
        storage.pointee = ByteStorage(capacity: 0)
    }

    /// Forgets everything behind the first `count` bytes, for a message that turned out not to be sent.
    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= storage.pointee.count, "a writer is only cut back")
        storage.pointee.count = count
        storage.pointee.needsComma = false
    }

    // MARK: Raw bytes. A JSON value written behind them starts anew, without a comma.

    /// Appends a text of the program.
    public func append(_ text: StaticString) {
        copy(UnsafeRawPointer(text.utf8Start), count: text.utf8CodeUnitCount)
        storage.pointee.needsComma = false
    }

    /// Appends bytes as they are.
    public func append(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { copy(start, count: bytes.count) }
        storage.pointee.needsComma = false
    }

    /// Appends one byte.
    public func append(byte: UInt8) {
        put(byte)
        storage.pointee.needsComma = false
    }

    /// Appends a text as UTF-8, without quotes and escapes.
    public func append(utf8 text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends the decimal digits of a number.
    public func append(integer: Int64) {
        if integer < 0 { put(Ascii.minus) }
        putDigits(integer.magnitude)
        storage.pointee.needsComma = false
    }

    /// Appends the decimal digits of a number.
    public func append(unsigned: UInt64) {
        putDigits(unsigned)
        storage.pointee.needsComma = false
    }

    // MARK: Within the module: no effect on commas

    @inline(__always)
    func put(_ byte: UInt8) {
        storage.pointee.reserve(1).pointee = byte
        storage.pointee.count += 1
    }

    @inline(__always)
    func copy(_ start: UnsafeRawPointer, count: Int) {
        UnsafeMutableRawPointer(storage.pointee.reserve(count)).copyMemory(from: start, byteCount: count)
        storage.pointee.count += count
    }

    func putDigits(_ number: UInt64) {
        if number < 10 { return put(Ascii.zero + UInt8(truncatingIfNeeded: number)) }
        var length = 1
        var bound: UInt64 = 10
        while length < 20 && number >= bound {
            length += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        let start = storage.pointee.reserve(length)
        var rest = number
        for position in stride(from: length - 1, through: 0, by: -1) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            start[position] = Ascii.zero + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        storage.pointee.count += length
    }
}
