import LineProtocol
import Retail

extension Session {
    /// The verbs of the shop floor: what a store app asks and tells, and what tills do with its baskets.
    func performShopFloor(_ verb: Verb, _ request: Request, _ principal: Principal) {
        let text = Array(request.text)
        answerLater(request) { completion throws(Refusal) in
            switch verb {
            case .customer:
                let message: CustomerCardRequest = try read(request)
                if let refusal = gateway.guesses.refusal(of: message.customer, by: principal, at: link) {
                    throw refusal
                }
                try gateway.cards.card(of: message.customer, for: principal, completion: completion)
            case .noteAdd:
                gateway.floorRecords.add(try read(request), text: text, by: principal, completion: completion)
            case .basketSend:
                gateway.baskets.send(try read(request), text: text, by: principal, completion: completion)
            case .basketWithdraw:
                gateway.baskets.withdraw(try read(request), by: principal, completion: completion)
            case .basketOpen: gateway.baskets.open(try read(request), by: principal, completion: completion)
            case .basketReturn: gateway.baskets.giveBack(try read(request), by: principal, completion: completion)
            case .visit:
                try gateway.floorRecords.record(try read(request), text: text, by: principal, completion: completion)
            default:
                try gateway.tasks.list(try read(request), for: principal, on: self, completion: completion)
            }
        }
    }
}
