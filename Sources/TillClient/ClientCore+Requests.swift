import EventLoop
import LineProtocol

/// Requests out, answers in.
extension ClientCore {
    /// `internal` may well be a defect that the same request meets each time.
    private static let internalRetriesMaximum = 3

    /// Takes a call in and sends it as soon as possible.
    func begin(_ request: OutgoingRequest, slot: ReplySlot, options: CallOptions) {
        if case .ended(let error) = stage { return slot.fill(.failure(error)) }
        if isLeaving { return slot.fill(.failure(.closed)) }
        if case .idle = stage { return slot.fill(.failure(.notConnected(problem: "connect was not called"))) }
        if options.whenDisconnected == .fail, !isGreeted {
            return slot.fill(.failure(.notConnected(problem: problem)))
        }
        let overhead = "\(request.verb.name)".utf8.count + 22
        guard request.body.count + overhead <= lineBytesLimit else {
            return slot.fill(.failure(.lineTooLong(bytes: request.body.count + overhead, limit: lineBytesLimit)))
        }
        guard let number = table.add(request) else {
            return slot.fill(.failure(.tooManyRequests(limit: table.capacity)))
        }
        let deadline = options.deadlineMilliseconds ?? configuration.callDeadlineMilliseconds
        let token = loop.schedule(afterMilliseconds: deadline) { [weak self] in self?.deadlinePassed(number) }
        calls[number] = Call(slot: slot, deadlineMilliseconds: deadline, deadlineToken: token)
        sendWaiting()
    }

    var isGreeted: Bool {
        if case .greeted = stage { true } else { false }
    }

    /// A request of the client's own, which is not repeated on another connection.
    func sendOwn(_ verb: Verb, body: [UInt8] = Array("{}".utf8)) {
        guard let number = table.add(OutgoingRequest(verb: verb, body: body, isRepeatable: false)) else { return }
        calls[number] = Call(slot: nil, deadlineMilliseconds: 0)
        sendWaiting()
    }

    /// Sends what waits, as far as the pipeline and the connection have room.
    func sendWaiting() {
        guard isGreeted, let wire else { return }
        while wire.hasRoom, let next = table.takeNext(nowNanoseconds: loop.nowNanoseconds) {
            writeLine(next.request.verb, tag: String(next.number), body: next.request.body)
        }
        armReplyWatch()
    }

    func writeLine(_ verb: Verb, tag: String, body: [UInt8]) {
        var tag = tag
        writer.removeAll()
        tag.withUTF8 { writer.beginRequest(verb, tag: UnsafeRawBufferPointer($0)) }
        body.withUnsafeBytes { writer.append($0) }
        writer.endLine()
        wire?.write(writer.bytes)
        lastSentNanoseconds = loop.nowNanoseconds
    }

    // MARK: Answers

    func received(_ line: UnsafeRawBufferPointer) {
        do throws(MalformedLine) {
            switch try ServerLine.parse(line) {
            case .ok(let tag, let body): succeeded(text(tag), body)
            case .error(let tag, let code, let body): failed(text(tag), refusal(code, body))
            case .event(let number, let name, let body): eventReceived(number, name, body)
            }
        } catch {
            lost("the gateway sent a line that is none")
        }
    }

    private func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    private func refusal(_ code: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) -> Refusal {
        let content = try? ErrorBody(FieldReader(reader.read(body)))
        return Refusal(code: ErrorCode(code), codeText: text(code), body: content ?? ErrorBody(message: text(body)))
    }

    private func succeeded(_ tag: String, _ body: UnsafeRawBufferPointer) {
        if tag == Self.helloTag, case .greeting = stage { return greeted(body) }
        guard let number = RequestTable.Number(tag) else { return }
        finish(number, .success(Array(body)))
    }

    private func failed(_ tag: String, _ refusal: Refusal) {
        if case .greeting = stage { return notGreeted(refusal) }
        guard let number = RequestTable.Number(tag), table.isExpected(number) else {
            // An error without a tag is about the connection, and the gateway closes it.
            if let number = RequestTable.Number(tag) { finish(number, .failure(.refused(refusal))) }
            problem = "\(refusal.codeText): \(refusal.message)"
            return
        }
        if refusal.code == .draining {
            table.sendAgain(number)
            count { $0.repeatedRequests += 1 }
            drain()
            return leaveWhenDrained()
        }
        if refusal.code == .helloFirst { return lost("the gateway does not know this session") }
        guard mayRetry(number, refusal) else { return finish(number, .failure(.refused(refusal))) }
        retryLater(number, refusal)
    }

    private func mayRetry(_ number: RequestTable.Number, _ refusal: Refusal) -> Bool {
        switch refusal.retry {
        case .never: false
        case .later: true
        case .same: (calls[number]?.refusals ?? 0) < Self.internalRetriesMaximum
        }
    }

    private func retryLater(_ number: RequestTable.Number, _ refusal: Refusal) {
        guard var call = calls[number] else { return }
        table.pause(number)
        count { $0.retriedRequests += 1 }
        var pauses = configuration.pauses
        if let asked = refusal.body.retryAfterMilliseconds {
            pauses = ReconnectPauses(firstMilliseconds: asked, longestMilliseconds: asked)
        }
        let pause = pauses.pauseMilliseconds(afterFailures: call.refusals, using: &generator)
        call.lastRefusal = refusal
        call.refusals += 1
        call.retryToken = loop.schedule(afterMilliseconds: pause) { [weak self] in
            self?.table.sendAgain(number)
            self?.sendWaiting()
        }
        calls[number] = call
        sendWaiting()
    }

    // MARK: Outcomes

    private func finish(_ number: RequestTable.Number, _ outcome: ReplySlot.Outcome) {
        if table.finish(number) {
            complete(number, outcome)
        } else {
            count { $0.lateReplies += 1 }
        }
        leaveWhenDrained()
        sendWaiting()
    }

    /// Gives a call its outcome.
    func complete(_ number: RequestTable.Number, _ outcome: ReplySlot.Outcome) {
        guard let call = calls.removeValue(forKey: number) else { return }
        if let token = call.deadlineToken { loop.cancel(token) }
        if let token = call.retryToken { loop.cancel(token) }
        call.slot?.fill(outcome)
        leaveIfDone()
    }

    private func deadlinePassed(_ number: RequestTable.Number) {
        guard let call = calls[number] else { return }
        table.abandon(number)
        // What the gateway itself has said tells more than that the time is up.
        let error = call.lastRefusal.map { TillClientError.refused($0) }
        complete(
            number,
            .failure(error ?? .deadline(milliseconds: call.deadlineMilliseconds, problem: isGreeted ? nil : problem)))
    }

    /// Gives the call up whose answer this slot waits for.
    func cancel(_ slot: ReplySlot) {
        greetingWaiters.removeAll { $0 === slot }
        if let number = calls.first(where: { $0.value.slot === slot })?.key {
            table.abandon(number)
            complete(number, .failure(.cancelled))
        }
        slot.fill(.failure(.cancelled))
    }
}
