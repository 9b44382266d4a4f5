import HTTPMessage
import Locking

/// The bodies of requests that are on their way to the endpoints.
///
/// Only heads go through the private socket, each with the number of its body, which stays here until the endpoints take
/// it: on a core that tills wait for, a body of 900 kB took 13 ms to come through it.
final class HeldBodies: Sendable {
    /// The field that has the number of a request's body. It is no client's to set: see ``NormalForm/fields``.
    static let field = "Tillgate-Body"

    private struct Shelf {
        var bodies: [UInt64: [UInt8]] = [:]
        var last: UInt64 = 0
    }

    private let shelf = Mutex(Shelf())

    /// Holds a body for as long as the result is held, or until it is taken.
    func hold(_ body: [UInt8]) -> Hold {
        let number = shelf.withLock { shelf in
            shelf.last += 1
            shelf.bodies[shelf.last] = body
            return shelf.last
        }
        return Hold(number: number, bodies: self)
    }

    /// The body of a request that has come through: empty if it has none, nil if it is held no longer because nobody
    /// waits for the answer. From any thread.
    func take(for headers: HTTPHeaders) -> [UInt8]? {
        guard let text = headers[Self.field] else { return [] }
        return UInt64(text).flatMap { number in shelf.withLock { $0.bodies.removeValue(forKey: number) } }
    }

    /// Bodies that are held at the moment.
    var count: Int { shelf.withLock { $0.bodies.count } }

    fileprivate func drop(_ number: UInt64) {
        _ = shelf.withLock { $0.bodies.removeValue(forKey: number) }
    }

    /// A body's place on the shelf.
    final class Hold {
        let number: UInt64
        private let bodies: HeldBodies

        fileprivate init(number: UInt64, bodies: HeldBodies) {
            self.number = number
            self.bodies = bodies
        }

        deinit { bodies.drop(number) }
    }
}
