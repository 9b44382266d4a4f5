import HTTPMessage
import LineProtocol
import Retail

// Orders and stock over HTTPS, by the same desks as over the line protocol.
extension WebDesk {
    /// A request without an effect.
    func look(_ asked: SiteRequest) async throws(WebProblem) -> HTTPResponse {
        try requireNone(["If-Match"], asked)
        let result = asked.operation == .getStock ? stock(asked) : await ask(gateway.orders, asked)
        let body: [UInt8]
        do { body = try result.get() } catch { throw WebProblem(error) }
        guard asked.operation == .getOrder else { return WebAnswer(status: 200, body: body).response }
        let tag = try entityTag(of: body)
        if let field = asked.request.headers["If-None-Match"], tag.isNamed(in: field) {
            return HTTPResponse(status: 304, headers: ["ETag": tag.field, "Cache-Control": "no-store"])
        }
        return WebAnswer(status: 200, entityTag: tag.field, body: body).response
    }

    /// A push, an amendment or a cancellation, once under its idempotency key.
    func change(_ asked: SiteRequest) async throws(WebProblem) -> HTTPResponse {
        try requireNone(asked.operation == .pushOrder ? ["If-Match", "If-None-Match"] : ["If-None-Match"], asked)
        guard let field = asked.request.headers["Idempotency-Key"] else { return try await carryOut(asked, under: nil) }
        let place = KeyPlace(site: asked.site.key, key: try KeyPlace.key(field))
        guard begin(place) else {
            var problem = WebProblem(.keyUnderWay, "a request with this idempotency key is under way")
            problem.retry(afterMilliseconds: 1_000)
            throw problem
        }
        defer { end(place) }
        return try await carryOut(asked, under: place)
    }

    private func carryOut(_ asked: SiteRequest, under place: KeyPlace?) async throws(WebProblem) -> HTTPResponse {
        let frame = WebFrame(
            operation: asked.operation, order: OrderKey(source: asked.site.device, order: asked.order), place: place,
            request: asked.request, now: gateway.clock.now())
        let result = await ask(OrderDesk(gateway.orders, frame: frame), asked)
        switch result {
        case .success:
            guard let answer = frame.answer else { throw WebProblem(Refusal(.internal, "an answer was lost")) }
            return answer.response
        case .failure(let refusal):
            if frame.isReused {
                throw WebProblem(.keyReused, "the idempotency key was used for another request")
            }
            let problem = problem(refusal, asked)
            if place != nil, Self.isFinal(refusal.code) { await keep(problem, frame) }
            throw problem
        }
    }

    /// `stale` is HTTP's own failed precondition when the number came in `If-Match`.
    private func problem(_ refusal: Refusal, _ asked: SiteRequest) -> WebProblem {
        var problem = WebProblem(refusal)
        if refusal.code == .stale, asked.request.headers["If-Match"] != nil { problem.kind = .preconditionFailed }
        return problem
    }

    /// Refusals that the desk would give again under the same key, whatever happens to the order meanwhile.
    private static func isFinal(_ code: ErrorCode) -> Bool {
        switch code {
        case .conflict, .badState, .stale, .claimed, .notFound, .forbidden: true
        default: false
        }
    }

    /// Writes a refusal down under its key. When that fails the client is answered all the same: nothing was done.
    private func keep(_ problem: WebProblem, _ frame: WebFrame) async {
        let response = problem.response
        let answer = WebAnswer(status: response.status, body: response.body)
        await withCheckedContinuation { continuation in
            gateway.journal.submit { transaction in
                try frame.keep(answer, transaction)
            } completion: { _ in
                continuation.resume()
            }
        }
    }

    /// Asks the desk, which answers through the journal's writer.
    private func ask(_ desk: OrderDesk, _ asked: SiteRequest) async -> Result<[UInt8], Refusal> {
        await withCheckedContinuation { continuation in
            do {
                try asked.text.withUnsafeBytes { text in
                    try withJSON(text) { value in
                        try OrderRequests(desk: desk).perform(
                            asked.verb, FieldReader(value), text: text, by: asked.site
                        ) { continuation.resume(returning: $0) }
                    }
                }
            } catch let error as JSONSyntaxError {
                continuation.resume(returning: .failure(Refusal(error)))
            } catch let error as FieldError {
                continuation.resume(returning: .failure(Refusal(error)))
            } catch {
                continuation.resume(returning: .failure(Refusal(store: error)))
            }
        }
    }

    /// Stock is looked up where it stands, beside the writer.
    private func stock(_ asked: SiteRequest) -> Result<[UInt8], Refusal> {
        do {
            return .success(
                try asked.text.withUnsafeBytes { text in
                    try withJSON(text) { value in
                        try gateway.catalogue.stock(StockRequest(FieldReader(value)), for: asked.site).text
                    }
                })
        } catch let error as FieldError {
            return .failure(Refusal(error))
        } catch {
            return .failure(Refusal(store: error))
        }
    }

    private func entityTag(of order: [UInt8]) throws(WebProblem) -> EntityTag {
        do {
            return try order.withUnsafeBytes { bytes in
                try withJSON(bytes) { EntityTag(try FieldReader($0).integer("number", in: 1...Int64.max)) }
            }
        } catch {
            throw WebProblem(Refusal(.internal, "an order without a number"))
        }
    }

    /// A precondition that is not looked at must not seem to hold.
    private func requireNone(_ fields: [String], _ asked: SiteRequest) throws(WebProblem) {
        for name in fields where asked.request.headers[name] != nil {
            throw WebProblem(.http(400), "\(name) is not taken with \(asked.request.method.rawValue) here")
        }
    }
}
