import Journal
import LineProtocol
import Loyalty
import Retail

extension Session {
    /// HELLO: finds out who is there, then what is waiting for them.
    func greet(_ request: RequestLine) {
        let hello: Hello
        let principal: Principal
        do {
            hello = try readHello(request)
            principal = try authenticate(hello)
        } catch {
            // Whoever is slowed down is in the log already, once.
            if error.code != .rateLimited { tellRefused(error) }
            answer(tag: request.tag, error)
            return
        }
        let tag = String(decoding: request.tag, as: UTF8.self)
        beginGreeting(principal)
        link.pauseReading()
        guard register(principal, tag) else { return }
        let awaited = whatAwaits(principal)
        if awaited.hasEvents {
            readMailbox(principal, tag, acknowledged: hello.eventsAfter)
        } else {
            welcome(principal, tag, .empty, hasOrders: awaited.hasOrders)
        }
    }

    /// From now on whoever stores an event for the device finds this session; what comes before the greeting is noted as
    /// missed.
    private func register(_ principal: Principal, _ tag: String) -> Bool {
        if gateway.presence.register(self, as: principal, at: gateway.clock.now()) { return true }
        let limit = gateway.settings.connectionsPerDevice
        executor.execute { [self] in failGreeting(tag: tag, .tooManyConnections(limit: limit)) }
        return false
    }

    /// Looks what the journal has for a device, without its writer, which a thousand tills that return at once would wait
    /// for. Where the look is not enough, something may be there.
    ///
    /// While the writer is idle everything that was decided before this session was registered can be read, and whatever is
    /// decided after that knows of it.
    private func whatAwaits(_ principal: Principal) -> (hasEvents: Bool, hasOrders: Bool) {
        guard gateway.journal.isIdle else { return (hasEvents: true, hasOrders: true) }
        let seen = try? gateway.journal.lookUp { view in
            (
                hasEvents: try view.hasEvents(store: principal.store, device: principal.device),
                hasOrders: try view.hasOrders(awaiting: principal.device, store: principal.store)
            )
        }
        return seen ?? (hasEvents: true, hasOrders: true)
    }

    /// Notes what the device has received and asks for the rest, in the order of all that is written.
    private func readMailbox(_ principal: Principal, _ tag: String, acknowledged: Int64?) {
        gateway.journal.submit { transaction in
            if let acknowledged {
                try transaction.acknowledge(through: acknowledged, store: principal.store, device: principal.device)
            }
            if transaction.planted.contains(.mailboxForgotten) {
                try transaction.acknowledge(through: .max, store: principal.store, device: principal.device)
            }
            return try transaction.mailbox(of: principal.key, after: 0)
        } completion: { [self] result in
            switch result {
            case .success(let page): welcome(principal, tag, page, hasOrders: true)
            case .failure(JournalError.unavailable):
                welcomeWithoutWrites(principal, tag, eventsAfter: acknowledged ?? 0)
            case .failure(let error): abandonGreeting(principal, tag, Refusal(store: error))
            }
        }
    }

    /// The disk takes no writes: the till is greeted all the same, since customers are identified and baskets priced without
    /// them. What it has acknowledged is not written down, and may be sent again.
    private func welcomeWithoutWrites(_ principal: Principal, _ tag: String, eventsAfter last: Int64) {
        do {
            let page = try gateway.journal.lookUp {
                try $0.mailbox(of: principal.key, after: last, acknowledged: last)
            }
            welcome(principal, tag, page, hasOrders: true)
        } catch {
            abandonGreeting(principal, tag, Refusal(store: error))
        }
    }

    /// - Parameter hasOrders: whether there may be orders that this device has to hear of.
    private func welcome(_ principal: Principal, _ tag: String, _ page: MailboxPage, hasOrders: Bool) {
        let reply = gateway.helloReply(to: principal, unacknowledged: page.unacknowledged)
        executor.execute { [self] in
            // A revocation that came meanwhile is seen here, a later one finds this session greeted.
            guard gateway.devices.isActive(principal) else {
                abandonGreeting(principal, tag, Refusal(.unauthenticated, "the device was revoked"))
                return
            }
            finishGreeting(principal, tag: tag, reply: reply, page: page)
            if hasOrders { gateway.deviceArrived(principal) }
        }
    }

    private func abandonGreeting(_ principal: Principal, _ tag: String, _ refusal: Refusal) {
        gateway.sessionEnded(self, of: principal)
        executor.execute { [self] in failGreeting(tag: tag, refusal) }
    }

    /// The log is told more than the client, who learns nothing about devices that are not its own.
    func tellRefused(_ refusal: Refusal) {
        var objection: CertificateObjection?
        if refusal.code == .unauthenticated, let certificate = link.clientCertificate {
            objection = gateway.devices.objection(to: certificate)
        }
        gateway.refusals.tellHello(
            refusal, objection: objection, certificate: link.clientCertificate, peer: link.peerDescription)
    }

    private func readHello(_ request: RequestLine) throws(Refusal) -> Hello {
        let hello: Hello
        do {
            let fields = try FieldReader(try workbench.reader.read(request.body))
            // Another version may have other fields, so it is looked at before them.
            let version = try fields.integer("protocol", in: 1...Int64(Int32.max))
            guard version == ProtocolLimits.protocolVersion else { throw Refusal.badVersion }
            hello = try Hello(fields)
        } catch let refusal as Refusal {
            throw refusal
        } catch let error as JSONSyntaxError {
            throw Refusal(error)
        } catch let error as FieldError {
            throw Refusal(error)
        } catch {
            throw Refusal(.internal, "\(error)")
        }
        return hello
    }

    private func authenticate(_ hello: Hello) throws(Refusal) -> Principal {
        let principal: Principal
        if link.isLocalSocket {
            principal = gateway.localOperator
        } else if let certificate = link.clientCertificate {
            guard let known = gateway.devices.device(with: certificate) else {
                throw Refusal(.unauthenticated, "the certificate's device is not known here or was revoked")
            }
            principal = known
        } else if let token = hello.token {
            guard let known = gateway.devices.device(withToken: token) else {
                throw gateway.guesses.wrongToken(at: link)
                    ?? Refusal(.unauthenticated, "the token belongs to no device")
            }
            principal = known
        } else {
            throw Refusal(.unauthenticated, "neither a client certificate nor a token was given")
        }
        if let role = hello.role, role != principal.role {
            throw Refusal(.forbidden, "the credential's role is \(principal.role.rawValue)")
        }
        return hello.language.map { principal.speaking(Language($0)) } ?? principal
    }
}

extension Language {
    fileprivate init(_ language: MessageLanguage) {
        switch language {
        case .russian: self = .russian
        case .english: self = .english
        }
    }
}

extension Refusal {
    fileprivate static var badVersion: Refusal {
        var refusal = Refusal(.badVersion, "this gateway speaks version \(ProtocolLimits.protocolVersion)")
        refusal.supported = [ProtocolLimits.protocolVersion]
        return refusal
    }
}
