import EventLoop
import LineProtocol
import Retail
import Testing

@testable import TillClient

/// A gateway and clients that know it, on loops of their own. Not copyable, so it lives to the end of the test.
struct World: ~Copyable {
    let gateway: ScriptedGateway
    let clientLoop: EventLoop
    private let gatewayLoop: EventLoop

    /// An address at which nobody listens; a port that was closed could be another test's by now.
    static let nowhere = ListenAddress.unixSocket("/nonexistent/tillgate.sock")

    init(limits: SessionLimits = SessionLimits()) throws {
        let gatewayLoop = try EventLoop(label: "gateway")
        let clientLoop = try EventLoop(label: "client")
        gateway = try ScriptedGateway(loop: gatewayLoop, limits: limits)
        self.gatewayLoop = gatewayLoop
        self.clientLoop = clientLoop
    }

    deinit {
        clientLoop.stop()
        gatewayLoop.stop()
    }

    /// A client that connects again at once, so that tests do not wait.
    func client(_ adjust: (inout TillClientConfiguration) -> Void = { _ in }) -> TillClient {
        var configuration = TillClientConfiguration(addresses: [gateway.address], role: .register)
        configuration.pauses = ReconnectPauses(firstMilliseconds: 1, longestMilliseconds: 4)
        configuration.acknowledgeDelayMilliseconds = 1
        adjust(&configuration)
        return TillClient(configuration, loop: clientLoop)
    }

    /// A client that has been greeted; its HELLO is taken.
    func connectedClient(
        _ adjust: (inout TillClientConfiguration) -> Void = { _ in }
    ) async throws -> TillClient {
        let client = client(adjust)
        try await client.connect()
        _ = try await gateway.hellos.take()
        return client
    }
}

/// Replies and receipts that the tests send around.
enum Sample {
    static func receipt(_ number: String, total: Int64 = 1_000) -> ReceiptRequest {
        let amount = Money(minorUnits: total)
        let line = ReceiptLine(sku: "LAMP", name: "Lamp", quantity: .one, price: amount, amount: amount)
        return ReceiptRequest(
            kind: .sale, shift: 1, number: number, at: Instant(millisecondsSinceEpoch: 0),
            lines: [ReceiptRequestLine(line)], payments: [Tender(kind: "card", amount: amount)], total: amount)
    }

    static func stored(_ number: String, sequence: Int = 1) -> String {
        #"{"key":"S1/T01/1/\#(number)","kind":"sale","state":"stored","received_at":"2026-11-22T09:31:00Z","#
            + #""sequence":\#(sequence),"customer_id":null,"points":null,"tier":null,"marks":[]}"#
    }

    static let pong = #"{"now":"2026-11-22T09:31:00Z"}"#

    static func changed(_ order: String) -> String {
        #"{"source":"WEB1","order":"\#(order)","state":"new","number":1,"at":"2026-11-22T09:31:00Z","#
            + #""by":{"role":"website","device":"WEB1"}}"#
    }
}

extension Issue {
    /// What a call that must fail has failed with.
    static func failure<Value>(
        of body: () async throws(TillClientError) -> Value, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TillClientError {
        do throws(TillClientError) {
            _ = try await body()
        } catch {
            return error
        }
        Issue.record("the call should have failed", sourceLocation: sourceLocation)
        throw CancellationError()
    }
}
