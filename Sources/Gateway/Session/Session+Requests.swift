import LineProtocol
import Retail

/// A request whose line has been read: valid while its line is being handled.
struct Request {
    let tag: UnsafeRawBufferPointer
    /// The JSON object as it came.
    let text: UnsafeRawBufferPointer
    let body: FieldReader
}

extension Session {
    /// Leads a request to the desk that answers it.
    func perform(_ verb: Verb, _ request: Request, _ principal: Principal) {
        switch verb {
        case .ping:
            reply(request) { writer in
                PingReply(now: gateway.clock.now()).write(to: writer)
            }
        case .bye:
            sayFarewell(request)
        case .ack, .status, .backlog:
            performSession(verb, request, principal)
        case .identify: identify(request, principal)
        case .quote:
            reply(request) { writer throws(Refusal) in
                let message: QuoteRequest = try read(request)
                if !message.coupons.isEmpty, let refusal = refusal(ofCoupons: message.coupons, principal) {
                    throw refusal
                }
                try gateway.quotes.answer(message, for: principal, to: writer)
            }
        case .product:
            reply(request) { writer throws(Refusal) in
                let message: ProductRequest = try read(request)
                try gateway.catalogue.product(message, for: principal).write(to: writer)
            }
        case .stock:
            reply(request) { writer throws(Refusal) in
                let message: StockRequest = try read(request)
                try gateway.catalogue.stock(message, for: principal).write(to: writer)
            }
        case .enrol:
            answerLater(request) { completion throws(Refusal) in
                let message: Enrol = try read(request)
                try enrol(message, principal, completion)
            }
        case .hold:
            answerLater(request) { completion throws(Refusal) in
                let message = try read(request) { body throws(FieldError) in
                    try HoldRequest(body, role: principal.role)
                }
                try gateway.points.hold(message, by: principal, completion: completion)
            }
        case .release:
            answerLater(request) { completion throws(Refusal) in
                let message = try read(request) { body throws(FieldError) in
                    try ReleaseRequest(body, role: principal.role)
                }
                try gateway.points.release(message, by: principal, completion: completion)
            }
        case .sale: record(.sale, request, principal)
        case .return: record(.return, request, principal)
        case .void: record(.void, request, principal)
        case .correction: record(.correction, request, principal)
        case .shiftOpen:
            answerLater(request) { completion throws(Refusal) in
                gateway.shifts.open(try read(request), text: Array(request.text), by: principal, completion: completion)
            }
        case .shiftClose:
            answerLater(request) { completion throws(Refusal) in
                let message: ShiftClose = try read(request)
                gateway.shifts.close(message, text: Array(request.text), by: principal, completion: completion)
            }
        case _ where verb.isForOperatorsOnly:
            answerLater(request) { completion throws(Refusal) in
                try gateway.operate(verb, request.body, completion: completion)
            }
        case .customer, .noteAdd, .basketSend, .basketOpen, .basketReturn, .basketWithdraw, .visit, .tasks:
            performShopFloor(verb, request, principal)
        default:
            performOrder(verb, request, principal)
        }
    }

    /// Reads a request's message; a field that is not as it must be becomes the reply.
    func read<Message: MessageBody>(_ request: Request) throws(Refusal) -> Message {
        try read(request) { body throws(FieldError) in try Message(body) }
    }

    private func read<Message>(
        _ request: Request, _ read: (FieldReader) throws(FieldError) -> Message
    ) throws(Refusal) -> Message {
        do { return try read(request.body) } catch { throw Refusal(error) }
    }

    /// Answers from memory at once, unless a birthday's gift must be in the books before it can be shown.
    private func identify(_ request: Request, _ principal: Principal) {
        let identification = gateway.identification
        if let refusal = gateway.guesses.refusal(of: principal) ?? refusalByID(request, principal) {
            refuse(tag: request.tag, refusal)
            return
        }
        // What is wrong with the request is said by the answer itself.
        let active = gateway.programmes.active
        if active.hasBirthdayGifts,
            let customer = (try? identification.customerDueForGift(request.body, for: principal)) ?? nil
        {
            answerLater(request) { completion in
                gateway.points.giveBirthdayGift(to: customer, by: principal) {
                    completion(
                        Result { () throws(Refusal) in try identification.answer(customer, for: principal) })
                }
            }
            return
        }
        let isKnown = replyIfKnown(request) { writer throws(Refusal) in
            try identification.answer(request.body, by: active, for: principal, to: writer)
        }
        if !isKnown { identifyUpstream(request, principal) }
    }

    /// What stands against IDENTIFY by the gateway's own id.
    private func refusalByID(_ request: Request, _ principal: Principal) -> Refusal? {
        guard request.body.value("customer_id") != nil,
            case .customer(let customer)? = try? Identify(request.body).subject
        else { return nil }
        return gateway.guesses.refusal(of: customer, by: principal, at: link)
    }

    /// What stands against a quote with these coupons; those that no programme takes are guesses.
    private func refusal(ofCoupons coupons: [String], _ principal: Principal) -> Refusal? {
        let known = gateway.programmes.active.coupons
        return gateway.guesses.refusal(
            ofCodes: coupons.filter { !known.contains($0) }, by: principal, at: link)
    }

    private func record(_ kind: ReceiptKind, _ request: Request, _ principal: Principal) {
        answerLater(request) { completion throws(Refusal) in
            let message: ReceiptRequest
            do throws(FieldError) {
                message = try ReceiptRequest(request.body, kind: kind)
            } catch {
                throw Refusal(error)
            }
            gateway.receipts.record(
                message.receipt(store: principal.store, till: principal.device), text: Array(request.text),
                by: principal, completion: completion)
        }
    }

    private func performSession(_ verb: Verb, _ request: Request, _ principal: Principal) {
        answerLater(request) { completion throws(Refusal) in
            switch verb {
            case .ack:
                let message: Acknowledge = try read(request)
                acknowledge(message, principal, completion)
            case .backlog:
                let isWhole = principal.role == .operator
                gateway.inquiries.backlog(of: isWhole ? nil : principal.key, completion: completion)
            default:
                let message: Status = try read(request)
                try status(message, principal, completion)
            }
        }
    }

    private func acknowledge(
        _ message: Acknowledge, _ principal: Principal,
        _ completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        gateway.acknowledge(through: message.through, sent: lastEvent, by: principal) { [self] result in
            completion(result.map { AcknowledgeReply(unacknowledged: $0.unacknowledged).text })
            guard case .success(let page) = result else { return }
            executor.execute { [self] in if isBehind { send(page) } }
        }
    }

    private func status(
        _ message: Status, _ principal: Principal,
        _ completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) throws(Refusal) {
        switch message.subject {
        case .receipt(let key):
            let isOwn = key.store == principal.store && key.till == principal.device
            guard isOwn || principal.role == .operator else {
                throw Refusal(.forbidden, "a till asks for its own receipts only")
            }
            gateway.receipts.status(of: key, completion: completion)
        case .order(let order, let source):
            let key = OrderKey(source: try principal.source(named: source), order: order)
            gateway.orders.status(of: key, by: Actor(principal), completion: completion)
        }
    }
}

extension Enrolment.Application {
    init(_ message: Enrol) {
        self.init(identifiers: message.identifiers, profile: .init(message))
    }
}
