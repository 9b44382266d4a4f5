import LineProtocol
import Retail

/// A request, sent word for word until it is answered for good.
final class Ask {
    let verb: String
    let body: String
    /// Called once, with the first answer that is for good.
    let done: (Answer, Ask) -> Void
    fileprivate(set) var answer: Answer?
    /// How often it was sent.
    fileprivate(set) var sent = 0
    fileprivate(set) var firstSentAt: Int64 = 0
    fileprivate(set) var sentAt: Int64 = 0
    /// The same content is always answered with the same bytes.
    var isAnsweredAlike = false

    init(_ verb: String, _ body: String, done: @escaping (Answer, Ask) -> Void) {
        self.verb = verb
        self.body = body
        self.done = done
    }
}

/// Whether a device may go on.
enum Revocation: Equatable {
    case none, asked
    /// The operator was told so at that moment: what is sent later is acknowledged by nobody.
    case done(Int64)
}

/// Somebody at the other end of a connection, who repeats what was not answered, and deals with events.
class Peer {
    let name: String
    let store: String
    let role: DeviceRole
    unowned let world: World
    let lane: Lane
    private(set) var wire: Wire?
    private(set) var isGreeted = false
    /// What is not answered for good, in order.
    private(set) var asks: [Ask] = []
    /// It is not there: in the dark, or gone for ever.
    private(set) var isAway = false
    private(set) var isGone = false
    var revocation = Revocation.none
    let mailbox: MailboxModel
    var dice: Dice
    private var partial: [UInt8] = []
    private var tags = 0
    private var isConnecting = false

    init(_ name: String, store: String, role: DeviceRole, in world: World) {
        self.name = name
        self.store = store
        self.role = role
        self.world = world
        lane = world.agenda.lane("\(store)/\(name)", world.life)
        mailbox = MailboxModel(owner: "\(store)/\(name)")
        dice = Dice(seed: world.seed, for: "\(store)/\(name)")
    }

    // MARK: For those who play a part

    /// HELLO was answered.
    func greeted() {}

    /// An event came for the first time.
    func event(_ name: String, _ body: JSONText) {}

    /// It may do something now.
    func act() {}

    /// Asks for something, until it is answered.
    func ask(_ ask: Ask) {
        asks.append(ask)
        ask.firstSentAt = world.agenda.now
        if isGreeted { send(ask) }
    }

    func isUnanswered(_ ask: Ask) -> Bool { asks.contains { $0 === ask } }

    // MARK: The connection

    /// Plays its part from now on.
    func begin() {
        connectSoon()
        actSoon()
    }

    private func actSoon() {
        let pause = world.weather.pauseMilliseconds
        world.agenda.after(Int64(dice.number(pause / 4...pause * 2)), lane) { [self] in
            if !isAway, !world.isEnding { act() }
            sendAgain()
            actSoon()
        }
    }

    private func connectSoon() {
        guard !isConnecting else { return }
        isConnecting = true
        world.agenda.after(Int64(dice.number(0...2_000)), lane) { [self] in
            isConnecting = false
            connect()
        }
    }

    private func connect() {
        guard wire == nil else { return }
        guard !isAway, let fresh = world.connect(self) else { return connectSoon() }
        wire = fresh
        isGreeted = false
        partial = []
        let hello = Ask("HELLO", helloBody) { [self] answer, _ in
            guard answer.isOK else { return turnedAway(answer) }
            isGreeted = true
            for ask in asks { send(ask) }
            greeted()
        }
        send(hello)
    }

    private func turnedAway(_ answer: Answer) {
        if answer.code == "unauthenticated" {
            if revocation == .none {
                world.fail("\(store)/\(name) was turned away, and nobody has revoked it: \(answer.text)")
            }
            // Its people see what it says, and turn it off.
            leave(forMilliseconds: nil)
        }
        cut()
    }

    private var helloBody: String {
        // A device that has stored what it acknowledged says so.
        dice.chance(4) ? #"{"protocol":1,"events_after":\#(mailbox.acknowledged)}"# : #"{"protocol":1}"#
    }

    /// Goes away for a while, or for ever.
    func leave(forMilliseconds pause: Int64?) {
        isAway = true
        isGone = isGone || pause == nil
        wire?.cut()
        if let pause { world.agenda.after(pause, lane) { [self] in comeBack() } }
    }

    /// It is there again, unless it has gone for ever.
    func comeBack() { if !isGone { isAway = false } }

    func cut() { wire?.cut() }

    /// The device's program ends: it has on its own disk what is not answered, and what it has acknowledged.
    func crash() {
        mailbox.forget()
        cut()
    }

    /// The world has ended.
    func end() {
        wire?.open = [:]
        wire = nil
        asks = []
    }

    func lost(_ lost: Wire) {
        guard wire === lost else { return }
        lost.open = [:]
        wire = nil
        isGreeted = false
        connectSoon()
    }

    // MARK: Lines

    private func send(_ ask: Ask) {
        guard let wire else { return }
        tags += 1
        let tag = "n\(tags)"
        ask.sent += 1
        ask.sentAt = world.agenda.now
        wire.open[tag] = ask
        wire.sentAt[tag] = world.agenda.now
        world.trace.note("\(store)/\(name) > \(ask.verb) \(tag) \(ask.body)")
        wire.send(Array("\(ask.verb) \(tag) \(ask.body)\n".utf8))
    }

    /// What was not answered on a connection that stands; some send too early.
    private func sendAgain() {
        guard isGreeted else { return }
        for ask in asks where ask.answer == nil {
            let isOpen = wire?.open.values.contains { $0 === ask } ?? false
            if !isOpen || (dice.chance(30) && !ask.isTimeless) { send(ask) }
        }
    }

    func heard(_ bytes: [UInt8], on wire: Wire) {
        guard wire === self.wire else { return }
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                let line = partial
                partial.removeAll(keepingCapacity: true)
                take(line, on: wire)
            } else {
                partial.append(byte)
            }
        }
    }

    private func take(_ line: [UInt8], on wire: Wire) {
        world.trace.note("\(store)/\(name) < \(String(decoding: line.prefix(400), as: UTF8.self))")
        guard let parsed = ServerLineText(line) else {
            return world.fail("\(store)/\(name) was sent a line that is none of the protocol's")
        }
        let body = JSONText(bytes: parsed.body)
        switch parsed.kind {
        case .ok: answered(parsed.tag, Answer(code: nil, body: body), on: wire)
        case .error(let code): answered(parsed.tag, Answer(code: code, body: body), on: wire)
        case .event(let number, let name):
            if number == 0 { return }
            switch mailbox.take(number, name, body) {
            case .known: break
            case .fresh: event(name, body)
            case .wrong(let what): world.fail(what)
            }
            acknowledgeSometimes()
        }
    }

    /// Answers that say: later.
    private static let later: Set<String> = ["busy", "store_unavailable", "draining", "internal"]

    private func answered(_ tag: String, _ answer: Answer, on wire: Wire) {
        guard tag != "-" else { return }
        guard let ask = wire.open.removeValue(forKey: tag) else {
            return world.fail("\(store)/\(name) was answered to \(tag), which it did not ask or was answered before")
        }
        if case .done(let moment) = revocation, answer.isOK, let sent = wire.sentAt[tag], sent > moment {
            return world.fail("\(store)/\(name) was revoked, and what it sent after that is answered \(answer.text)")
        }
        if let code = answer.code, Self.later.contains(code) {
            // Without HELLO there is nothing to be asked here.
            if ask.verb == "HELLO" { wire.cut() }
            return
        }
        if let known = ask.answer {
            if ask.isAnsweredAlike, known.code != answer.code || (answer.isOK && known.body != answer.body) {
                world.fail("\(ask.verb) of \(store)/\(name) was answered otherwise the second time: \(known.text)")
            }
            return
        }
        ask.answer = answer
        asks.removeAll { $0 === ask }
        ask.done(answer, ask)
    }

    private func acknowledgeSometimes() {
        guard dice.chance(3), mailbox.last > mailbox.acknowledged else { return }
        let through = Int64(dice.number(Int(mailbox.acknowledged + 1)...Int(mailbox.last)))
        mailbox.acknowledged = through
        ask(Ask("ACK", #"{"through":\#(through)}"#) { _, _ in })
    }
}

extension Ask {
    /// To be sent once at a time: what it says is about this moment.
    fileprivate var isTimeless: Bool { ["IDENTIFY", "HELLO", "HOLD", "RELEASE"].contains(verb) }
}
