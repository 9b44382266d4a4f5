/// The events of a device: each number has one content for ever, and none is left out.
final class MailboxModel {
    enum Verdict {
        case fresh, known, wrong(String)
    }

    private let owner: String
    private var contents: [Int64: (name: String, body: JSONText)] = [:]
    /// The last number that the device has; it has all before it.
    private(set) var last: Int64 = 0
    /// The last number of which the device has told the gateway that it needs no more.
    var acknowledged: Int64 = 0

    init(owner: String) { self.owner = owner }

    func take(_ number: Int64, _ name: String, _ body: JSONText) -> Verdict {
        if let known = contents[number], known.name != name || known.body != body {
            return .wrong("event \(number) of \(owner) is another one than it was")
        }
        contents[number] = (name, body)
        guard number > last else { return .known }
        guard number == last + 1 else {
            return .wrong("\(owner) was sent event \(number) behind \(last): what lies between is lost")
        }
        last = number
        return .fresh
    }

    /// The device has lost its memory: what it has not acknowledged it must be sent again.
    func forget() { last = acknowledged }

    /// The events of a name, in order.
    func bodies(of name: String) -> [JSONText] {
        guard last > 0 else { return [] }
        return (1...last).compactMap { contents[$0].flatMap { $0.name == name ? $0.body : nil } }
    }
}
