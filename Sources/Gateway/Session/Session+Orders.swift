import LineProtocol

extension Session {
    /// The verbs of pick-up orders.
    func performOrder(_ verb: Verb, _ request: Request, _ principal: Principal) {
        answerLater(request) { completion throws(Refusal) in
            try OrderRequests(desk: gateway.orders).perform(
                verb, request.body, text: request.text, by: principal, completion: completion)
        }
    }
}
