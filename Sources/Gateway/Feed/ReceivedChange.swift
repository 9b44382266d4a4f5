import Journal
import LineProtocol
import Retail

/// A change as upstream sent it: read and checked, or with what is wrong with it.
struct ReceivedChange: Sendable {
    /// The upstream's id; one made of the bytes where there is none that can be used.
    var id: String
    /// The type as it stands there; empty where there is none.
    var type: String
    /// As it came.
    var bytes: [UInt8]
    var change: Result<UpstreamChange, FeedRefusal>
    /// The product that its body names, as far as that can be read whatever else is wrong with it.
    var sku: String?

    /// What a snapshot says with it about the products that there are.
    enum NamedProduct: Equatable {
        case none
        case one(sku: String)
        /// It may be one, but nobody can say which.
        case unreadable
    }

    var namedProduct: NamedProduct {
        if case .success(let change) = change {
            guard case .product(let row) = change.content else { return .none }
            return .one(sku: row.sku)
        }
        guard type.isEmpty || type == UpstreamChange.Kind.product.rawValue else { return .none }
        return sku.map { .one(sku: $0) } ?? .unreadable
    }
}

extension UpstreamChange {
    /// What claims to be of a moment far ahead would be newer than everything that comes after it: it is refused.
    func checkMoments(at now: Instant) throws(FeedRefusal) {
        try FeedRefusal.check(at, "at", now: now)
        switch content {
        case .customer(let body): try body.checkOpening(at: now)
        case .rating(let body): try FeedRefusal.check(body.rating.at, "body.at", now: now)
        case .stock(let row): try FeedRefusal.check(row.asOf, "body.as_of", now: now)
        default: break
        }
    }
}

extension CustomerChange {
    /// A balance of a moment to come would have corrections in it that nobody has made yet.
    func checkOpening(at now: Instant) throws(FeedRefusal) {
        if let opening { try FeedRefusal.check(opening.asOf, "body.opening.as_of", now: now) }
    }
}

extension FeedRefusal {
    /// - Throws: a refusal of a moment that is further ahead than two clocks may differ.
    static func check(_ moment: Instant, _ field: String, now: Instant) throws(FeedRefusal) {
        guard moment > now.adding(milliseconds: Int64(ProtocolLimits.clockDifferenceMilliseconds)) else { return }
        throw FeedRefusal(.badField(field, "is more than a day ahead of the gateway's clock"))
    }
}

/// Why a change changes nothing.
struct FeedRefusal: Error {
    var refusal: Refusal
    /// What it names and is not known yet.
    var waitsFor: Need?

    init(_ refusal: Refusal, waitsFor: Need? = nil) {
        self.refusal = refusal
        self.waitsFor = waitsFor
    }

    /// What an error in the middle of a change means.
    init(cause error: any Error) {
        self = error as? FeedRefusal ?? FeedRefusal(Refusal(store: error))
    }

    /// Something that a change can wait for.
    enum Need: Hashable, Sendable {
        case customer(external: String)
        case product(sku: String)

        var text: String {
            switch self {
            case .customer(let external): "customer:" + external
            case .product(let sku): "product:" + sku
            }
        }
    }
}

extension [CustomerIdentifier] {
    /// What changes may have waited for before these became known.
    var needs: [FeedRefusal.Need] {
        compactMap { $0.kind == .external ? .customer(external: $0.value) : nil }
    }
}

/// Reads changes one after the other; used by one thread at a time.
final class ChangeReader {
    /// Refused changes are kept up to this length.
    static let keptBytesMaximum = 65_536
    private static let typeCharacters = 40

    // A programme is a document with a depth and width of its own.
    private let reader = JSONReader(
        limits: JSONLimits(depth: 64, membersPerObject: 4_096, textBytes: ProtocolLimits.changeBytes))

    func read(_ bytes: [UInt8]) -> ReceivedChange {
        bytes.withUnsafeBytes { raw in
            do {
                let value = try reader.read(raw)
                let type = value["type"]?.string().map { String($0.prefix(Self.typeCharacters)) } ?? ""
                let fields = try FieldReader(value)
                let id = (try? fields.changeID()) ?? Self.makeshiftID(bytes)
                do throws(FieldError) {
                    return ReceivedChange(
                        id: id, type: type, bytes: bytes, change: .success(try UpstreamChange(fields)))
                } catch {
                    let sku = value["body"]?["sku"]?.string()
                    return ReceivedChange(
                        id: id, type: type, bytes: bytes, change: .failure(FeedRefusal(Refusal(error))),
                        sku: sku.flatMap { (1...ProtocolLimits.idCharacters).contains($0.count) ? $0 : nil })
                }
            } catch let error as JSONSyntaxError {
                return unreadable(bytes, Refusal(error))
            } catch let error as FieldError {
                return unreadable(bytes, Refusal(error))
            } catch {
                return unreadable(bytes, Refusal(.internal, "\(error)"))
            }
        }
    }

    private func unreadable(_ bytes: [UInt8], _ refusal: Refusal) -> ReceivedChange {
        ReceivedChange(
            id: Self.makeshiftID(bytes), type: "", bytes: bytes, change: .failure(FeedRefusal(refusal)))
    }

    /// The same bytes have the same id, so that a change without one is refused once however often it comes.
    private static func makeshiftID(_ bytes: [UInt8]) -> String {
        var hash = StableHash()
        hash.combine(String(decoding: bytes, as: UTF8.self))
        return "unnamed-" + String(hash.value, radix: 16)
    }
}
