import LineProtocol
import Locking
import Retail

extension Session {
    /// IDENTIFY of somebody who is not known here: upstream is asked, for as long as a till can wait.
    func identifyUpstream(_ request: Request, _ principal: Principal) {
        let identification = gateway.identification
        let identifier = try? identification.identifier(in: request.body)
        // Counted before upstream is asked, so that many questions at once are counted, too.
        let isCounted = identifier.map { gateway.guesses.missed($0, by: principal, at: link) } ?? false
        guard let lookups = gateway.lookups, let identifier else {
            refuse(tag: request.tag, Identification.notFound)
            return
        }
        let guesses = gateway.guesses
        answerLater(request) { completion in
            wait(for: identifier, lookups) { answer in
                switch answer {
                case .known(let customer):
                    if isCounted { guesses.found(by: principal) }
                    completion(Result { () throws(Refusal) in try identification.answer(customer, for: principal) })
                case .unknown, .unanswered:
                    completion(.failure(Identification.notFound(upstream: answer)))
                }
            }
        }
    }

    /// ENROL: somebody whom nobody here knows may be known upstream, with points of their own; they are found there
    /// before they are made a second time.
    func enrol(
        _ message: Enrol, _ principal: Principal, _ completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) throws(Refusal) {
        if let refusal = gateway.guesses.refusal(of: principal) { throw refusal }
        // Where the store cannot be read the enrolment itself says so.
        let unknown = (try? message.identifiers.filter { try gateway.directory.customer($0) == nil }) ?? []
        for identifier in unknown { gateway.guesses.missed(identifier, by: principal, at: link) }
        let enrol: @Sendable () -> Void = { [gateway] in
            gateway.enrolment.enrol(Enrolment.Application(message), by: principal, completion: completion)
        }
        guard let lookups = gateway.lookups, unknown.count == message.identifiers.count,
            let identifier = unknown.first(where: { $0.kind == .phone }) ?? unknown.first
        else { return enrol() }
        wait(for: identifier, lookups) { _ in enrol() }
    }

    /// Completes with the answer, or without one when the time is over; once.
    private func wait(
        for identifier: CustomerIdentifier, _ lookups: CustomerLookups,
        completion: @escaping CustomerLookups.Completion
    ) {
        let isDone = Flag()
        lookups.ask(identifier) { answer in
            if isDone.raise() { completion(answer) }
        }
        guard !isDone.isRaised, !gateway.journal.planted.contains(.lookupWithoutDeadline) else { return }
        executor.after(milliseconds: lookups.deadlineMilliseconds) {
            guard isDone.raise() else { return }
            lookups.wentOn(without: identifier)
            completion(.unanswered)
        }
    }
}

/// Something that happens once, whoever is first.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isRaised: Bool { value.load(ordering: .acquiring) }

    /// Whether this call is the first.
    func raise() -> Bool { !value.exchange(true, ordering: .acquiringAndReleasing) }
}

extension Identification {
    static var notFound: Refusal { Refusal(.notFound, "no customer with this identifier is known") }

    /// The refusal that says whether upstream was asked.
    static func notFound(upstream answer: CustomerLookups.Answer) -> Refusal {
        var refusal = notFound
        refusal.upstream = answer == .unknown ? .unknown : .unanswered
        return refusal
    }

    /// The identifier of a message; nil when it names a customer by the gateway's own id.
    func identifier(in body: FieldReader) throws(FieldError) -> CustomerIdentifier? {
        guard case .identifier(let identifier) = try Identify(body).subject else { return nil }
        return identifier
    }
}
