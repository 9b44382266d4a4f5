/// Every receipt that was sent, and what was said of it.
final class ReceiptModel {
    struct Recorded {
        var verb: String
        var body: String
        var answer: JSONText
    }

    /// A sale of which something may come back.
    final class Sale {
        let key: String
        let customer: String?
        let thousandths: Int64
        let earned: Int64
        let spent: Int64
        var returned: Int64 = 0
        var isReturnUnderWay = false

        init(key: String, customer: String?, thousandths: Int64, earned: Int64, spent: Int64) {
            self.key = key
            self.customer = customer
            self.thousandths = thousandths
            self.earned = earned
            self.spent = spent
        }

        /// What a return of so much takes back of the points earned and gives back of those spent (DOMAIN 5).
        func reversed(by thousandths: Int64) -> (earned: Int64, spent: Int64) {
            func part(_ points: Int64, _ returned: Int64) -> Int64 { points * returned / self.thousandths }
            return (
                part(earned, returned + thousandths) - part(earned, returned),
                part(spent, returned + thousandths) - part(spent, returned)
            )
        }
    }

    /// Those that were answered, by key.
    private(set) var recorded: [String: Recorded] = [:]
    /// Every key that a receipt was sent under.
    private(set) var sent: Set<String> = []
    /// Thousandths of mugs that a receipt takes off its store's shelves (below zero) or puts there.
    private(set) var goods: [String: Int64] = [:]
    private(set) var sales: [Sale] = []

    func send(_ key: String, goods thousandths: Int64 = 0) {
        sent.insert(key)
        goods[key] = thousandths
    }

    /// Takes an answer; nil when it agrees with what was said before.
    func disagreement(_ key: String, _ verb: String, _ body: String, _ answer: JSONText) -> String? {
        if let known = recorded[key] {
            return known.answer == answer
                ? nil : "\(key) was answered \(answer.text), and before \(known.answer.text)"
        }
        guard answer.text("key") == key, answer.text("state") == "stored" else {
            return "\(key) was answered \(answer.text)"
        }
        recorded[key] = Recorded(verb: verb, body: body, answer: answer)
        return nil
    }

    func add(_ sale: Sale) { sales.append(sale) }
}
