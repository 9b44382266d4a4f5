import Locking
import Retail

/// Finds customers by identifier: a million customers with several identifiers each, in a few hundred nanoseconds, from
/// any loop, while the writer adds to it.
///
/// The index is cut into stripes, each an open-addressing table with its own lock and its own bytes, so that two loops
/// rarely meet and no lookup allocates.
final class IdentifierIndex: Sendable {
    private static let stripeCount = 64
    private let stripes: [Stripe]
    /// Makes the positions in the table unpredictable to whoever chooses the identifiers.
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        stripes = (0..<Self.stripeCount).map { _ in Stripe() }
    }

    /// The customer with this identifier, given by its normalised bytes.
    func customer(_ kind: CustomerIdentifier.Kind, _ value: UnsafeRawBufferPointer) -> CustomerID? {
        let hash = hash(kind, value)
        // The bytes are only looked at while the caller waits.
        nonisolated(unsafe) let value = value
        return stripe(hash).table.withLock { table in
            table.find(hash: hash, kind: kind.code, value: value).map { CustomerID(number: Int64($0)) }
        }
    }

    /// Adds an identifier, given by its normalised bytes. One that is known is moved to the customer or left alone.
    func set(
        _ kind: CustomerIdentifier.Kind, _ value: UnsafeRawBufferPointer, to customer: CustomerID, replacing: Bool
    ) {
        let hash = hash(kind, value)
        // The bytes are only looked at while the caller waits.
        nonisolated(unsafe) let value = value
        stripe(hash).table.withLock { table in
            table.set(
                hash: hash, kind: kind.code, value: value, customer: UInt32(customer.number), replacing: replacing)
        }
    }

    private func stripe(_ hash: UInt64) -> Stripe { stripes[Int(hash >> 58)] }

    private func hash(_ kind: CustomerIdentifier.Kind, _ value: UnsafeRawBufferPointer) -> UInt64 {
        var hash = seed ^ (UInt64(kind.code) &* 0x9E37_79B9_7F4A_7C15)
        var offset = 0
        while offset + 8 <= value.count {
            hash = Self.mixed(hash, value.loadUnaligned(fromByteOffset: offset, as: UInt64.self), bytes: 8)
            offset += 8
        }
        if offset < value.count {
            var rest: UInt64 = 0
            for byte in value[offset...] { rest = rest << 8 | UInt64(byte) }
            hash = Self.mixed(hash, rest, bytes: value.count - offset)
        }
        return hash ^ (hash >> 29)
    }

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64, bytes: Int) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low ^ UInt64(bytes)
    }

    private final class Stripe: Sendable {
        let table = Mutex(IdentifierTable())
    }
}

extension CustomerIdentifier.Kind {
    /// A small number for the kind, part of what is hashed and compared.
    fileprivate var code: UInt8 {
        switch self {
        case .card: 1
        case .phone: 2
        case .email: 3
        case .token: 4
        case .external: 5
        }
    }
}
