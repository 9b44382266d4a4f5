import Upstream

/// Events e1, e2, … with a body each that a re-encoding would change.
func makeEvents(_ numbers: ClosedRange<Int>) -> [UpstreamEvent] {
    numbers.map { number in
        UpstreamEvent(
            sequence: Int64(number), stream: "S1/T01", id: "e\(number)", type: "receipt", body: awkwardBody(number))
    }
}

/// An object whose number is too large for a signed integer, with padding, escapes and a decimal to be kept as digits.
func awkwardBody(_ number: Int) -> [UInt8] {
    Array(#"{"n":\#(number), "sign":18446744073709551615,"inn":"7707083893  ","mark":"\u001d>&'","q":2.4700}"#.utf8)
}

/// A well-formed 200 for these ids, each with the same status.
func results(_ ids: [String], status: String = "stored") -> String {
    let items = ids.map { #"{"id":"\#($0)","status":"\#(status)"}"# }
    return #"{"results":[\#(items.joined(separator: ","))]}"#
}
