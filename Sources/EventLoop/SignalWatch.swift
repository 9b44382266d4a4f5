import Dispatch
import Glibc

/// Signals as work on a queue.
public enum SignalWatch {
    /// Keeps a watch alive; cancelled when it goes away.
    public final class Token: @unchecked Sendable {
        private let source: any DispatchSourceSignal

        init(source: any DispatchSourceSignal) {
            self.source = source
        }

        deinit {
            source.cancel()
        }

        /// Stops calling. The signal stays ignored.
        public func cancel() {
            source.cancel()
        }
    }

    /// Calls `work` on `queue` whenever the signal arrives, instead of what the signal does by default.
    public static func onSignal(
        _ number: Int32, queue: DispatchQueue, _ work: @escaping @Sendable () -> Void
    ) -> Token {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler(handler: DispatchWorkItem(block: work))
        source.resume()
        return Token(source: source)
    }
}
