import Foundation
import HTTPMessage
import SimulatedHTTP
import TestSupport
import UpstreamSimulator

/// Where a simulated upstream keeps what it has received.
extension TemporaryFolder {
    var receipts: String { path + "/receipts.ndjson" }
    var events: String { path + "/events.ndjson" }
    var ids: String { receipts + ".ids" }

    func openStore() throws -> EventStore {
        try EventStore(receiptsPath: receipts, eventsPath: events)
    }

    func content(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }
}

/// A receipt whose numbers and escapes a re-encoding would change.
func receiptBody(_ number: Int) -> String {
    #"{"number": "\#(number)", "sign":18446744073709551615, "mark":"\u001d>&'", "total":2.4700}"#
}

func receipt(_ number: Int) -> IncomingEvent {
    IncomingEvent(id: "r\(number)", type: "receipt", body: Array(receiptBody(number).utf8))
}

func enrolment(_ number: Int) -> IncomingEvent {
    IncomingEvent(id: "c\(number)", type: "customer.enrolled", body: Array(#"{"customer":\#(number)}"#.utf8))
}

/// A request as the reader hands it over.
func request(_ method: HTTPMethod, _ target: String, _ body: String = "") -> HTTPRequest {
    let head = HTTPRequestHead(method: method, target: target, headers: ["Host": "upstream"])
    return HTTPRequest(head: head, body: Array(body.utf8))
}

/// A batch of these events as the gateway sends it.
func batch(_ events: [IncomingEvent]) -> HTTPRequest {
    let items = events.enumerated().map { index, event in
        #"{"sequence":\#(index + 1),"id":"\#(event.id)","type":"\#(event.type)","body":"#
            + String(decoding: event.body, as: UTF8.self) + "}"
    }
    return request(.post, "/v1/events", #"{"events":[\#(items.joined(separator: ","))]}"#)
}

func text(_ reply: Reply) -> String {
    String(decoding: reply.response.body, as: UTF8.self)
}
