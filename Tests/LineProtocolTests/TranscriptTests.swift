import Foundation
import LineProtocol
import Retail
import Testing

/// Lines of the specification's dialogues, read as the gateway and a client would read them.
@Suite("Lines of the transcripts")
struct TranscriptTests {
    private static func transcripts() throws -> [(name: String, lines: [String])] {
        let folder = ProjectFiles.specification("transcripts")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
        return try names.sorted().map { name in
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            let filled = text.replacing("<now>", with: "2026-11-22T09:30:00Z")
                .replacing("\"<instant>\"", with: "\"2026-11-22T09:30:00Z\"")
            return (name, filled.split(separator: "\n").map(String.init))
        }
    }

    /// The line behind `C: ` or `S: `, whichever connection it is on.
    private static func sent(_ line: String, by side: String) -> String? {
        guard let range = line.range(of: "\(side): "), line.distance(from: line.startIndex, to: range.lowerBound) <= 4
        else { return nil }
        return String(line[range.upperBound...])
    }

    @Test("every request that is answered OK is taken by its typed message")
    func requestsAreTaken() throws {
        var taken = 0
        for (name, lines) in try Self.transcripts() {
            let answered = Set(
                lines.compactMap { Self.sent($0, by: "S") }.filter { $0.hasPrefix("OK ") }
                    .map { String($0.split(separator: " ")[1]) })
            for line in lines {
                guard let request = Self.sent(line, by: "C"), request.split(separator: " ").count > 1,
                    answered.contains(String(request.split(separator: " ")[1]))
                else { continue }
                #expect(throws: Never.self, "\(name): \(request)") { try take(request) }
                taken += 1
            }
        }
        #expect(taken > 100)
    }

    private func take(_ line: String) throws {
        try withRawBytes(line) { bytes in
            let request = try RequestLine.parse(bytes)
            let verb = try #require(Verb(request.verb))
            let reader = JSONReader()
            try withExtendedLifetime(reader) {
                let fields = try FieldReader(reader.read(request.body))
                try take(fields, verb)
            }
        }
    }

    private func take(_ fields: FieldReader, _ verb: Verb) throws {
        switch verb {
        case .hello: _ = try Hello(fields)
        case .status: _ = try Status(fields)
        case .ack: _ = try Acknowledge(fields)
        case .identify: _ = try Identify(fields)
        case .enrol: _ = try Enrol(fields)
        case .quote: _ = try QuoteRequest(fields)
        case .hold: _ = try HoldRequest(fields)
        case .release: _ = try ReleaseRequest(fields)
        case .sale: _ = try ReceiptRequest(fields, kind: .sale)
        case .return: _ = try ReceiptRequest(fields, kind: .return)
        case .void: _ = try ReceiptRequest(fields, kind: .void)
        case .orderPush: _ = try OrderPush(fields)
        case .orderList: _ = try OrderList(fields)
        case .orderAck, .orderAccept, .orderReject, .orderReady, .orderClaim, .orderRelease, .orderHandover,
            .orderCancel, .orderGet:
            _ = try OrderReference(fields)
        case .customer: _ = try CustomerCardRequest(fields)
        case .noteAdd: _ = try NoteAdd(fields)
        case .basketSend: _ = try BasketSend(fields)
        case .basketOpen: _ = try BasketOpen(fields)
        case .basketReturn: _ = try BasketReturn(fields)
        case .basketWithdraw: _ = try BasketWithdraw(fields)
        case .visit: _ = try Visit(fields)
        case .tasks: _ = try TaskList(fields)
        default: _ = try EmptyBody(fields)
        }
    }

    @Test("every line of the gateway is taken apart, and its codes and events are known")
    func serverLinesAreTaken() throws {
        for (name, lines) in try Self.transcripts() {
            for line in lines.compactMap({ Self.sent($0, by: "S") }) {
                try withRawBytes(line) { bytes in
                    switch try ServerLine.parse(bytes) {
                    case .ok: break
                    case .error(_, let code, _): #expect(ErrorCode(code) != nil, "\(name): \(line)")
                    case .event(_, let event, let body):
                        let event = try #require(EventName(event), "\(name): \(line)")
                        #expect(throws: Never.self, "\(name): \(line)") { try take(event, text(body)) }
                    }
                }
            }
        }
    }

    private func take(_ event: EventName, _ body: String) throws {
        switch event {
        case .drain: _ = try message(Drain.self, body)
        case .orderOffered: _ = try message(OrderDetails.self, body)
        case .orderChanged: _ = try message(TransitionReply.self, body)
        case .orderWithdrawn: _ = try message(OrderWithdrawn.self, body)
        case .orderReminder: _ = try message(OrderReminder.self, body)
        case .basketOffered: _ = try message(BasketDetails.self, body)
        case .basketChanged: _ = try message(BasketChange.self, body)
        case .tasksChanged: _ = try message(TasksChanged.self, body)
        }
    }
}
