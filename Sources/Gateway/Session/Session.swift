import EventLoop
import Journal
import LineProtocol
import Retail

/// One client's conversation with the gateway: lines in, replies and events out.
///
/// A session lives on its connection's loop. What takes the disk's time goes to a desk with a completion, and the
/// answer comes back through the loop; the tag tells the client which request it belongs to.
package final class Session: @unchecked Sendable {
    enum Phase {
        case awaitingHello
        /// HELLO has come, and what waits for its device is being looked up; further lines wait.
        case greeting(Principal)
        case open(Principal)
        case closing
    }

    let gateway: Gateway
    let link: any ClientLink
    let executor: any SessionExecutor
    let workbench: Workbench
    private(set) var phase = Phase.awaitingHello
    /// Not checked for overlapping changes: looking for a line calls nothing else.
    @exclusivity(unchecked) private var framer = LineFramer(limit: ProtocolLimits.lineBytesBeforeHello)
    private var helloFirstCount = 0
    var isHelloOverdue = false
    private var underWay = Pipeline()
    private(set) var isPaused = false
    private var isDraining = false
    private var hasPeerFinished = false
    /// The number of the last event sent.
    var lastEvent: Int64 = 0
    /// Whether events wait in the mailbox that were not sent because too many are unacknowledged.
    var isBehind = false
    /// Whether an event came that this session was not sent: while it was being greeted, or to a later one that has ended.
    var hasMissedEvents = false
    /// What was asked of this session while it was being greeted.
    private var isRevoked = false
    private var drainMilliseconds: Int?
    /// The tag of a BYE that waits for the requests before it.
    private var farewellTag: String?
    private(set) var linesTaken = 0
    /// The line that has come in part, by its place among those taken, and since when by the loop's ticks.
    var incompleteLine: (place: Int, since: Int64)?
    var hasLineTimer = false
    /// The share of this turn was used up; the rest of what has arrived comes in the next one.
    var awaitsTurn = false

    /// A session for a connection that has just opened; asks for HELLO within its deadline.
    package init(gateway: Gateway, link: any ClientLink, executor: any SessionExecutor, workbench: Workbench) {
        self.gateway = gateway
        self.link = link
        self.executor = executor
        self.workbench = workbench
        executor.after(milliseconds: ProtocolLimits.helloMilliseconds) { [weak self] in self?.helloDeadline() }
    }

    /// The one this session speaks for, once it has been greeted.
    var principal: Principal? {
        if case .open(let principal) = phase { return principal }
        return nil
    }

    /// The one whose place it has taken, which it does with its HELLO.
    private var registered: Principal? {
        switch phase {
        case .greeting(let principal), .open(let principal): principal
        case .awaitingHello, .closing: nil
        }
    }

    /// Takes what has arrived and returns how much of it was consumed; the rest comes again with what follows.
    package func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        var consumed = 0
        var linesLeft = Self.linesPerTurn
        lines: while canTakeLine, consumed < bytes.count {
            guard linesLeft > 0, consumed < Self.bytesPerTurn else {
                letOthersWork()
                break lines
            }
            linesLeft -= 1
            switch framer.next(bytes, from: consumed) {
            case .line(let range, let next):
                consumed = next
                linesTaken += 1
                handle(UnsafeRawBufferPointer(rebasing: bytes[range]))
            case .incomplete:
                watchIncompleteLine()
                break lines
            case .tooLong:
                consumed = bytes.count
                var refusal = Refusal(.lineTooLong, "the line is longer than \(framer.limit) bytes")
                refusal.limit = framer.limit
                refuse(tag: nil, refusal)
                break lines
            }
        }
        if case .closing = phase { consumed = bytes.count }
        flush()
        return consumed
    }

    /// The client will send nothing more: it gets the answers that are under way, and then the connection ends.
    package func peerFinished() {
        hasPeerFinished = true
        closeIfFinished()
    }

    /// The connection is gone; whatever still comes back for it is dropped.
    package func ended() {
        let registered = registered
        phase = .closing
        if let registered { gateway.sessionEnded(self, of: registered) }
    }

    // MARK: Lines

    private var canTakeLine: Bool {
        switch phase {
        case .awaitingHello: return true
        case .greeting, .closing: return false
        case .open:
            if farewellTag != nil { return false }
            if underWay.hasRoom { return true }
            pause()
            return false
        }
    }

    private func handle(_ line: UnsafeRawBufferPointer) {
        let request: RequestLine
        do {
            request = try RequestLine.parse(line)
        } catch {
            let tag = error.tag.map { UnsafeRawBufferPointer(rebasing: line[$0]) }
            refuse(tag: tag, Refusal(.malformed, error.reason.rawValue))
            return
        }
        switch phase {
        case .awaitingHello: handleBeforeHello(request)
        case .open(let principal): handle(request, principal)
        case .greeting, .closing: break
        }
    }

    private func handleBeforeHello(_ request: RequestLine) {
        if Verb(request.verb) == .hello {
            greet(request)
            return
        }
        helloFirstCount += 1
        refuse(tag: request.tag, Refusal(.helloFirst, "the first request must be HELLO"))
        if helloFirstCount >= ProtocolLimits.helloFirstErrors {
            gateway.refusals.tellCut(Refusal(.helloFirst, "no HELLO came first"), nil, peer: link.peerDescription)
            close()
        }
    }

    private func handle(_ request: RequestLine, _ principal: Principal) {
        guard let verb = Verb(request.verb) else {
            refuse(tag: request.tag, Refusal(.unknownVerb, "version 1 of the protocol has no such verb"))
            return
        }
        if let refusal = refusal(of: verb, principal) {
            refuse(tag: request.tag, refusal)
            return
        }
        let body: FieldReader
        do {
            body = try FieldReader(try workbench.reader.read(request.body))
        } catch let error as JSONSyntaxError {
            refuse(tag: request.tag, Refusal(error))
            return
        } catch let error as FieldError {
            refuse(tag: request.tag, Refusal(error))
            return
        } catch {
            refuse(tag: request.tag, Refusal(.internal, "\(error)"))
            return
        }
        perform(verb, Request(tag: request.tag, text: request.body, body: body), principal)
    }

    /// What stands against a verb whatever the request says, the first reason first.
    private func refusal(of verb: Verb, _ principal: Principal) -> Refusal? {
        if verb == .hello { return Refusal(.alreadyGreeted, "HELLO was answered already") }
        if isDraining, verb != .ack, verb != .bye {
            return Refusal(.draining, "the gateway is about to restart; connect again")
        }
        guard verb.allowed(principal.role) else {
            return Refusal(.forbidden, "the role \(principal.role.rawValue) may not use \(verb.name)")
        }
        return nil
    }

    // MARK: Replies

    /// Writes an OK line at once; what `body` writes is its JSON object. A refusal undoes it and becomes an ERR line.
    func reply(_ request: Request, _ body: (ByteWriter) throws(Refusal) -> Void) {
        let start = workbench.output.count
        workbench.output.beginOK(tag: request.tag)
        do {
            try body(workbench.output)
            workbench.output.endLine()
        } catch {
            workbench.output.truncate(to: start)
            refuse(tag: request.tag, error)
        }
    }

    /// Like ``reply(_:_:)``; where `body` finds nobody it returns false, and nothing is answered.
    func replyIfKnown(_ request: Request, _ body: (ByteWriter) throws(Refusal) -> Bool) -> Bool {
        let start = workbench.output.count
        workbench.output.beginOK(tag: request.tag)
        do {
            guard try body(workbench.output) else {
                workbench.output.truncate(to: start)
                return false
            }
            workbench.output.endLine()
        } catch {
            workbench.output.truncate(to: start)
            refuse(tag: request.tag, error)
        }
        return true
    }

    /// Hands a request to a desk that answers later. `start` is given the completion to call, from any thread.
    func answerLater(
        _ request: Request,
        _ start: (@escaping @Sendable (Result<[UInt8], Refusal>) -> Void) throws(Refusal) -> Void
    ) {
        let tag = String(decoding: request.tag, as: UTF8.self)
        let bytes = request.text.count
        underWay.begin(bytes: bytes)
        gateway.journal.pass(.received)
        do {
            try start { [self] result in
                executor.execute { [self] in finish(tag, bytes, result) }
            }
        } catch {
            underWay.end(bytes: bytes)
            refuse(tag: request.tag, error)
        }
    }

    private func finish(_ tag: String, _ bytes: Int, _ result: Result<[UInt8], Refusal>) {
        underWay.end(bytes: bytes)
        if case .closing = phase { return }
        var tag = tag
        tag.withUTF8 { tag in
            let tag = UnsafeRawBufferPointer(tag)
            switch result {
            case .success(let body):
                workbench.output.beginOK(tag: tag)
                body.withUnsafeBytes { workbench.output.append($0) }
                workbench.output.endLine()
            case .failure(let refusal):
                refuse(tag: tag, refusal)
            }
        }
        flush()
        gateway.journal.pass(.acknowledged)
        if isPaused, underWay.hasRoom {
            isPaused = false
            link.resumeReading()
        }
        closeIfFinished()
    }

    func refuse(tag: UnsafeRawBufferPointer?, _ refusal: Refusal) {
        if refusal.code.closesConnection {
            gateway.refusals.tellCut(refusal, principal, peer: link.peerDescription)
        }
        answer(tag: tag, refusal)
    }

    /// As ``refuse(tag:_:)`` where the log knows already.
    func answer(tag: UnsafeRawBufferPointer?, _ refusal: Refusal) {
        workbench.output.beginError(tag: tag, code: refusal.code)
        refusal.body.write(to: workbench.output)
        workbench.output.endLine()
        if refusal.code.closesConnection { close() }
    }

    func flush() {
        guard workbench.output.count > 0 else { return }
        link.write(workbench.output.bytes)
        workbench.output.removeAll()
    }

    private func pause() {
        guard !isPaused else { return }
        isPaused = true
        link.pauseReading()
    }

    /// Ends the conversation after what has been written went out.
    func close() {
        if case .closing = phase { return }
        flush()
        let registered = registered
        phase = .closing
        if let registered { gateway.sessionEnded(self, of: registered) }
        link.closeAfterFlush()
    }

    /// The device was revoked: it is told so, and goes.
    func cutOff() {
        // Whoever is being greeted has the answer under its tag.
        if case .greeting = phase { return isRevoked = true }
        refuse(tag: nil, Refusal(.unauthenticated, "the device was revoked"))
        flush()
    }

    // MARK: Draining

    /// Tells the client to finish and to connect again; closes when nothing is under way any more.
    func drain(withinMilliseconds limit: Int) {
        switch phase {
        case .open: break
        // It is told behind the answer to its HELLO.
        case .greeting: return drainMilliseconds = limit
        case .awaitingHello, .closing: return close()
        }
        isDraining = true
        let body = ByteWriter(capacity: 64)
        body.beginObject()
        body.field("reason", "restart")
        body.field("within_ms", limit)
        body.endObject()
        send(DeviceEvent(number: 0, name: "drain", body: Array(body.bytes)))
        closeIfFinished()
    }

    private func closeIfFinished() {
        guard isDraining || hasPeerFinished || farewellTag != nil, underWay.requests == 0 else { return }
        if case .greeting = phase { return }
        if var tag = farewellTag {
            tag.withUTF8 { workbench.output.beginOK(tag: UnsafeRawBufferPointer($0)) }
            EmptyBody().write(to: workbench.output)
            workbench.output.endLine()
        }
        close()
    }

    /// BYE: what is under way is answered first, so that its answer is the last line.
    func sayFarewell(_ request: Request) {
        farewellTag = String(decoding: request.tag, as: UTF8.self)
        closeIfFinished()
    }

    // MARK: Greeting

    func beginGreeting(_ principal: Principal) { phase = .greeting(principal) }

    /// HELLO was accepted: longer lines, the reply, and then what the device has not acknowledged.
    func finishGreeting(_ principal: Principal, tag: String, reply: [UInt8], page: MailboxPage) {
        guard case .greeting = phase else {
            gateway.sessionEnded(self, of: principal)
            return
        }
        if isRevoked {
            gateway.sessionEnded(self, of: principal)
            return failGreeting(tag: tag, Refusal(.unauthenticated, "the device was revoked"))
        }
        phase = .open(principal)
        framer.limit = ProtocolLimits.lineBytes
        var tag = tag
        tag.withUTF8 { workbench.output.beginOK(tag: UnsafeRawBufferPointer($0)) }
        reply.withUnsafeBytes { workbench.output.append($0) }
        workbench.output.endLine()
        send(page)
        flush()
        askForMissedEvents()
        link.resumeReading()
        if let limit = drainMilliseconds { drain(withinMilliseconds: limit) }
        closeIfFinished()
    }

    /// HELLO was refused after its device had been looked up.
    func failGreeting(tag: String, _ refusal: Refusal) {
        guard case .greeting = phase else { return }
        phase = .awaitingHello
        tellRefused(refusal)
        var tag = tag
        tag.withUTF8 { answer(tag: UnsafeRawBufferPointer($0), refusal) }
        flush()
        // The deadline passed while the device was looked up: it holds for what would come now.
        if isHelloOverdue { helloDeadline() }
        link.resumeReading()
        closeIfFinished()
    }
}
