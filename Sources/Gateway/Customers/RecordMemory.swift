/// Places for records of different lengths, close together in a few large pieces of memory. A place that is given back is
/// used again for a record of the same size class.
struct RecordMemory: ~Copyable {
    /// Places are multiples of this, so that a record that grows a little finds a place that was given back.
    private static let granuleBytes = 32
    private static let firstPieceBytes = 16 << 10
    private static let largestPieceBytes = 4 << 20

    private var pieces: [UnsafeMutableRawBufferPointer] = []
    private var used = 0
    /// Places that were given back, by their size in granules.
    private var free: [Int: [UnsafeMutableRawPointer]] = [:]

    deinit {
        for piece in pieces { LargeMemory.free(piece) }
    }

    mutating func take(bytes: Int) -> UnsafeMutableRawPointer {
        let granules = Self.granules(bytes)
        if let place = free[granules]?.popLast() { return place }
        let needed = granules * Self.granuleBytes
        if pieces.last.map({ used + needed > $0.count }) ?? true { addPiece(holding: needed) }
        defer { used += needed }
        return pieces[pieces.count - 1].baseAddress! + used
    }

    mutating func giveBack(_ place: UnsafeMutableRawPointer, bytes: Int) {
        free[Self.granules(bytes), default: []].append(place)
    }

    private mutating func addPiece(holding needed: Int) {
        let size = min(Self.largestPieceBytes, max(Self.firstPieceBytes, (pieces.last?.count ?? 0) * 2))
        pieces.append(LargeMemory.allocate(bytes: max(size, needed)))
        used = 0
    }

    private static func granules(_ bytes: Int) -> Int { (bytes + granuleBytes - 1) / granuleBytes }
}
