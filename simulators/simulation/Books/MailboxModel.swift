/// The events of a device: each number has one content for ever, and none is left out.
final class MailboxModel {
    enum Verdict {
        case fresh, known, wrong(String)
    }

    private let owner: String
    private var contents: [Int64: (name: String, body: JSONText)] = [:]
    /// Numbers that came, ascending.
    private(set) var received: [Int64] = []
    /// The last number of which the device has told the gateway that it needs no more.
    var acknowledged: Int64 = 0

    init(owner: String) { self.owner = owner }

    func take(_ number: Int64, _ name: String, _ body: JSONText) -> Verdict {
        if let known = contents[number] {
            guard known.name == name, known.body == body else {
                return .wrong("event \(number) of \(owner) is another one than it was")
            }
            return .known
        }
        contents[number] = (name, body)
        // In order; only what was acknowledged before it came can be left out.
        guard number > received.last ?? 0 else {
            return .wrong("event \(number) of \(owner) came for the first time behind \(received.last ?? 0)")
        }
        guard number == (received.last ?? 0) + 1 else {
            return .wrong("\(owner) was sent event \(number) behind \(received.last ?? 0): what lies between is lost")
        }
        received.append(number)
        return .fresh
    }

    /// The events of a name, in order.
    func bodies(of name: String) -> [JSONText] {
        received.compactMap { contents[$0].flatMap { $0.name == name ? $0.body : nil } }
    }
}
