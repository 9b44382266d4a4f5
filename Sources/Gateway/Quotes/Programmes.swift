import Loyalty
import Synchronization

/// The loyalty programme in force. A new one replaces it whole, between two requests.
package final class Programmes: Sendable {
    private let programme: Mutex<Programme>

    /// Programmes that begin with `programme`.
    package init(_ programme: Programme) {
        self.programme = Mutex(programme)
    }

    var current: Programme { programme.withLock { $0 } }

    /// Puts a checked programme in force.
    package func replace(with programme: Programme) {
        self.programme.withLock { $0 = programme }
    }
}
