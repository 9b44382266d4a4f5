/// What a scanner needs beside the tape: open containers, and room for comparing member names. Kept from text to text.
struct JSONWorkspace {
    private var frames: UnsafeMutablePointer<JSONFrame>
    private var frameCapacity: Int
    private(set) var depth = 0
    private var text: UnsafeMutableBufferPointer<UInt8>
    private var table: UnsafeMutableBufferPointer<UInt32>

    init() {
        frameCapacity = 32
        frames = .allocate(capacity: frameCapacity)
        text = .allocate(capacity: 0)
        table = .allocate(capacity: 0)
    }

    func free() {
        frames.deallocate()
        text.deallocate()
        table.deallocate()
    }

    /// The innermost open container; there is one.
    var top: UnsafeMutablePointer<JSONFrame> { frames + (depth - 1) }

    mutating func reset() {
        depth = 0
    }

    mutating func push(_ frame: JSONFrame) {
        if depth == frameCapacity {
            let wider = UnsafeMutablePointer<JSONFrame>.allocate(capacity: frameCapacity * 2)
            wider.update(from: frames, count: depth)
            frames.deallocate()
            frames = wider
            frameCapacity *= 2
        }
        (frames + depth).initialize(to: frame)
        depth += 1
    }

    mutating func pop() -> JSONFrame {
        depth -= 1
        return frames[depth]
    }

    /// The content of a string with its escapes resolved; valid until the next call.
    mutating func decode(_ content: UnsafePointer<UInt8>, count: Int) -> (start: UnsafePointer<UInt8>, count: Int) {
        if text.count < count + 1 {
            text.deallocate()
            text = .allocate(capacity: max(64, count + 1))
        }
        var bytes = JSONContentBytes(content, count: count)
        var length = 0
        while let byte = bytes.next() {
            text[length] = byte
            length += 1
        }
        return (text.baseAddress.map { UnsafePointer($0) } ?? content, length)
    }

    /// A table of zeros with at least two slots for each member; their number is a power of two.
    mutating func clearedTable(for members: Int) -> UnsafeMutableBufferPointer<UInt32> {
        var slots = 64
        while slots < members * 2 { slots *= 2 }
        if table.count < slots {
            table.deallocate()
            table = .allocate(capacity: slots)
        }
        let cleared = UnsafeMutableBufferPointer(rebasing: table[..<slots])
        cleared.update(repeating: 0)
        return cleared
    }
}

/// A strict reader of JSON texts (RFC 8259) over bytes that somebody else keeps.
///
/// One pass checks the whole text, its UTF-8 and its escapes included, and notes where each value stands. The notes are
/// kept in memory that the next text uses again: a reader that has seen its longest text allocates nothing any more.
/// A reader belongs to one thread of work at a time.
public final class JSONReader {
    private let tape: UnsafeMutablePointer<JSONTape>
    private let workspace: UnsafeMutablePointer<JSONWorkspace>
    private let limits: JSONLimits
    private let duplicateKeys: DuplicateKeys

    /// Makes a reader that keeps `limits`.
    public init(limits: JSONLimits = .message, duplicateKeys: DuplicateKeys = .refused) {
        self.limits = limits
        self.duplicateKeys = duplicateKeys
        tape = .allocate(capacity: 1)
        tape.initialize(to: JSONTape(capacity: 64))
        workspace = .allocate(capacity: 1)
        workspace.initialize(to: JSONWorkspace())
    }

    deinit {
        tape.pointee.free()
        tape.deallocate()
        workspace.pointee.free()
        workspace.deallocate()
    }

    /// Reads one text: one value, with whitespace around it.
    ///
    /// - Parameter bytes: the text. It must stay where it is for as long as the value is used.
    /// - Returns: the value, valid until this reader reads again, is released, or `bytes` go.
    public func read(_ bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONValue {
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            throw JSONSyntaxError(reason: .unexpectedEnd, offset: 0)
        }
        guard bytes.count <= limits.textBytes else {
            throw JSONSyntaxError(reason: .textTooLong, offset: limits.textBytes)
        }
        let source = start.assumingMemoryBound(to: UInt8.self)
        tape.pointee.restart(source: source)
        workspace.pointee.reset()
        var scanner = JSONScanner(
            bytes: source, end: bytes.count, limits: limits, duplicateKeys: duplicateKeys, tape: tape,
            workspace: workspace)
        try scanner.scan()
        return JSONValue(tape: UnsafePointer(tape), index: 0)
    }
}
