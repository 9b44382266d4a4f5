import Locking

/// Takes in an answer up to its limits; libcurl calls it during a request.
final class AnswerReceiver {
    /// All header lines of an answer together.
    static let headerBytesMaximum = 65_536

    let bodyBytesMaximum: Int
    private(set) var body: [UInt8] = []
    private(set) var isOverLimit = false
    private var headerBytes = 0

    init(bodyBytesMaximum: Int) {
        self.bodyBytesMaximum = bodyBytesMaximum
    }

    static func from(_ context: UnsafeMutableRawPointer?) -> AnswerReceiver? {
        context.map { Unmanaged<AnswerReceiver>.fromOpaque($0).takeUnretainedValue() }
    }

    func begin() {
        body = []
        headerBytes = 0
        isOverLimit = false
    }

    /// Returns the bytes taken; fewer than given ends the request.
    func takeBody(_ bytes: UnsafeMutablePointer<CChar>?, count: Int) -> Int {
        guard body.count + count <= bodyBytesMaximum else {
            isOverLimit = true
            return 0
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    /// Returns the bytes taken; fewer than given ends the request.
    func takeHeader(count: Int) -> Int {
        headerBytes += count
        isOverLimit = isOverLimit || headerBytes > Self.headerBytesMaximum
        return isOverLimit ? 0 : count
    }
}

/// Thrown once by `stop()`, read by a request under way on another thread.
final class StopSwitch: Sendable {
    private let value = Atomic(false)

    var isOn: Bool { value.load(ordering: .relaxed) }

    func turnOn() {
        value.store(true, ordering: .relaxed)
    }
}
