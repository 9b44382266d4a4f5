import Foundation
import TestSupport

/// What the plates of a disk hold of one file, and what is only in the cache above them.
struct DiskShadow {
    /// A power cut leaves whole sectors, old or new.
    static let sectorBytes = 512

    enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    /// What survives a power cut for certain.
    private(set) var durable: [UInt8]
    /// What was written since the last fsync, in its order, each with its place among the changes of all files.
    private(set) var unsynced: [(place: Int, change: Change)] = []
    /// The file's size as programs see it.
    private(set) var visibleSize: Int

    init(durable: [UInt8]) {
        self.durable = durable
        visibleSize = durable.count
    }

    mutating func write(_ bytes: [UInt8], at offset: Int, place: Int) {
        unsynced.append((place, .write(offset: offset, bytes: bytes)))
        visibleSize = max(visibleSize, offset + bytes.count)
    }

    mutating func truncate(to size: Int, place: Int) {
        unsynced.append((place, .truncate(size: size)))
        visibleSize = size
    }

    /// The cache reaches the disk.
    mutating func sync() {
        for (_, change) in unsynced { Self.apply(change, to: &durable) }
        unsynced.removeAll()
    }

    /// The cache is called clean although it did not reach the disk, as Linux does after a failed fsync: nothing will
    /// write it any more.
    mutating func forgetUnsynced() { unsynced.removeAll() }

    /// The cache is read anew from the disk.
    mutating func revert() {
        unsynced.removeAll()
        visibleSize = durable.count
    }

    /// What a power cut leaves.
    func image(_ loss: PowerLoss, cutAt place: Int, using generator: inout SeededGenerator) -> [UInt8] {
        var image = durable
        for (changePlace, change) in unsynced {
            switch loss {
            case .allUnsynced: return durable
            case .nothing: Self.apply(change, to: &image)
            case .later:
                if changePlace < place {
                    Self.apply(change, to: &image)
                } else if changePlace == place {
                    tear(change, into: &image, using: &generator)
                }
            case .scattered: tear(change, into: &image, using: &generator)
            }
        }
        return image
    }

    /// Some sectors of a change reach the disk, others do not.
    private func tear(_ change: Change, into image: inout [UInt8], using generator: inout SeededGenerator) {
        switch change {
        case .truncate:
            if Bool.random(using: &generator) { Self.apply(change, to: &image) }
        case .write(let offset, let bytes):
            var from = 0
            while from < bytes.count {
                let sectorEnd = ((offset + from) / Self.sectorBytes + 1) * Self.sectorBytes - offset
                let to = min(bytes.count, sectorEnd)
                if Bool.random(using: &generator) {
                    Self.apply(.write(offset: offset + from, bytes: Array(bytes[from..<to])), to: &image)
                }
                from = to
            }
        }
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .truncate(let size):
            if size < bytes.count {
                bytes.removeLast(bytes.count - size)
            } else {
                bytes += [UInt8](repeating: 0, count: size - bytes.count)
            }
        case .write(let offset, let fresh):
            let end = offset + fresh.count
            if end > bytes.count { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(offset..<end, with: fresh)
        }
    }
}

/// What becomes of what was written and not synced when the power goes.
package enum PowerLoss: CaseIterable, Sendable {
    /// None of it reached the disk.
    case allUnsynced
    /// All of it did, though nobody had been told.
    case nothing
    /// It did up to some moment, and a write in the middle is torn.
    case later
    /// Any sectors of it did, in no order.
    case scattered
}

/// A moment of a disk, from which images can be made later.
package struct DiskSnapshot: Sendable {
    let shadows: [String: DiskShadow]

    /// The folder as a power cut at that moment would have left it.
    ///
    /// - Parameter seed: chooses which sectors make it.
    package func image(_ loss: PowerLoss, seed: UInt64 = 0) throws -> TemporaryFolder {
        let image = try TemporaryFolder()
        var generator = SeededGenerator(seed: seed)
        let places = shadows.values.flatMap { $0.unsynced.map(\.place) }.sorted()
        let cut = places.randomElement(using: &generator) ?? 0
        for (file, shadow) in shadows.sorted(by: { $0.key < $1.key }) {
            let bytes = shadow.image(loss, cutAt: cut, using: &generator)
            try Data(bytes).write(to: URL(filePath: image.path + "/" + file))
        }
        return image
    }
}
