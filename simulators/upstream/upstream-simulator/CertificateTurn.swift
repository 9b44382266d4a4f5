import Dispatch
import EventLoop
import SimulatedHTTP

/// Shows new connections an expired certificate for a while.
final class CertificateTurn: @unchecked Sendable {
    private static let seconds = 2

    /// The server whose certificate it is; set before it listens to anybody.
    weak var server: SimulatedServer?

    private let good: TLSServerContext
    private let expired: TLSServerContext?
    private let queue = DispatchQueue(label: "certificate")

    init(good: TLSServerContext, expired: TLSServerContext?) {
        self.good = good
        self.expired = expired
    }

    /// Begins now and ends by itself.
    func begin() {
        guard let expired else { return }
        server?.replaceTLS(expired)
        queue.asyncAfter(deadline: .now() + .seconds(Self.seconds)) { [self] in server?.replaceTLS(good) }
    }
}
