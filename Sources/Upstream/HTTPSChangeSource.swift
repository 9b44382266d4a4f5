import Foundation
import Locking

/// Asks an upstream over HTTPS what it sends down, as described by `protocol-spec/upstream.openapi.yaml`.
public final class HTTPSChangeSource: ChangeSource {
    /// The address that changes are asked of.
    public let description: String

    private struct Line {
        let session: CurlSession
        let reader = FeedPageReader()
    }

    private let requests: RequestMaker
    private let configuration: HTTPSUpstreamConfiguration
    private let stopSwitch = StopSwitch()
    // The lock is held during a request: a second one waits instead of sharing the handle.
    private let line: Mutex<Line>

    /// A source that connects with its first question.
    public init(_ configuration: HTTPSUpstreamConfiguration) throws(HTTPSUpstreamError) {
        var configuration = configuration
        configuration.answerBytesMaximum = FeedPageReader.pageBytesMaximum
        requests = try configuration.validated()
        description = requests.url("/v1/changes")
        self.configuration = configuration
        line = Mutex(Line(session: try CurlSession(configuration: configuration, stopSwitch: stopSwitch)))
    }

    /// Asks for changes; the upstream may hold the question for so long.
    public func changes(
        after cursor: String, limit: Int, waitMilliseconds: Int
    ) throws(SourceFailure) -> ChangePage {
        let path = "/v1/changes?cursor=\(queryEncoded(cursor))&limit=\(limit)&wait=\(waitMilliseconds / 1_000)"
        return try line.withLock { (line) throws(SourceFailure) in
            try line.reader.changes(
                try get(path, line.session, configuration.requestDeadlineMilliseconds + waitMilliseconds))
        }
    }

    /// Asks for a page of everything.
    public func snapshot(page: String?, limit: Int) throws(SourceFailure) -> SnapshotPage {
        let path = "/v1/snapshot?limit=\(limit)" + (page.map { "&page=\(queryEncoded($0))" } ?? "")
        return try line.withLock { (line) throws(SourceFailure) in
            try line.reader.snapshot(try get(path, line.session, configuration.requestDeadlineMilliseconds))
        }
    }

    /// Ends the request that is under way, within about a second, and makes later ones fail.
    public func stop() {
        stopSwitch.turnOn()
    }

    private func get(_ path: String, _ session: CurlSession, _ deadline: Int) throws(SourceFailure) -> [UInt8] {
        let answer: UpstreamAnswer
        do throws(TransferError) {
            guard !stopSwitch.isOn else { throw .stopped }
            answer = try session.get(
                requests.url(path), headers: requests.requestHeaders(method: "GET", path: path, body: []),
                deadlineMilliseconds: deadline)
        } catch {
            if case .answerTooLong = error { throw .tooLong }
            if case .timedOut(let reason) = error { throw .tooSlow(reason: reason) }
            throw .failed(reason: error.reason, retryAfterMilliseconds: nil)
        }
        guard answer.status == 200 else { throw limited(answer.sourceFailure) }
        return answer.body
    }

    private func limited(_ failure: SourceFailure) -> SourceFailure {
        guard case .failed(let reason, let pause?) = failure else { return failure }
        return .failed(
            reason: reason, retryAfterMilliseconds: min(pause, configuration.retryAfterMillisecondsMaximum))
    }
}

/// Asks an upstream over HTTPS for single customers, over a few connections that are kept alive.
public final class HTTPSCustomerSource: CustomerSource {
    /// The longest answer: one customer.
    private static let answerBytesMaximum = 65_536
    /// Connections that are kept between questions.
    private static let idleMaximum = 8

    /// A session between two questions: one thread at a time has it.
    private struct Idle: @unchecked Sendable {
        let session: CurlSession
    }

    private let requests: RequestMaker
    private let configuration: HTTPSUpstreamConfiguration
    private let stopSwitch = StopSwitch()
    private let idle = Mutex<[Idle]>([])

    /// A source that connects with its first question.
    public init(_ configuration: HTTPSUpstreamConfiguration) throws(HTTPSUpstreamError) {
        var configuration = configuration
        configuration.answerBytesMaximum = Self.answerBytesMaximum
        requests = try configuration.validated()
        self.configuration = configuration
    }

    /// Asks for the customer with an identifier.
    public func customer(kind: String, value: String, deadlineMilliseconds: Int) -> CustomerAnswer {
        let path = "/v1/customers?kind=\(queryEncoded(kind))&value=\(queryEncoded(value))"
        do {
            guard !stopSwitch.isOn else { return .failed(reason: TransferError.stopped.reason) }
            let line = try take()
            let answer = try line.session.get(
                requests.url(path), headers: requests.requestHeaders(method: "GET", path: path, body: []),
                deadlineMilliseconds: deadlineMilliseconds)
            give(line)
            switch answer.status {
            case 200: return .found(answer.body)
            case 404: return .unknown
            default: return .failed(reason: "HTTP \(answer.status)")
            }
        } catch let error as TransferError {
            return .failed(reason: error.reason)
        } catch {
            return .failed(reason: "\(error)")
        }
    }

    /// Ends the requests that are under way, within about a second, and makes later ones fail.
    public func stop() {
        stopSwitch.turnOn()
        idle.withLock { $0.removeAll() }
    }

    private func take() throws -> Idle {
        if let known = idle.withLock({ $0.popLast() }) { return known }
        return Idle(session: try CurlSession(configuration: configuration, stopSwitch: stopSwitch))
    }

    private func give(_ line: Idle) {
        idle.withLock { if $0.count < Self.idleMaximum { $0.append(line) } }
    }
}

/// A text as one part of a query: everything but letters, digits and `-._~` is encoded.
func queryEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        if isLetter || isDigit || "-._~".utf8.contains(byte) {
            encoded.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return encoded
}
