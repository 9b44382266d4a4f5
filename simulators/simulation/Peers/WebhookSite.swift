import Certificates
import Retail
import Upstream

/// The websites' end of webhooks: believes what is signed, keeps what it is told before it says so, and fails, is slow, goes
/// away and comes back as websites do.
final class WebhookSite: WebhookPoster, @unchecked Sendable {
    /// What messages are signed with, by store; the last one is the newest.
    private(set) var secrets: [String: [String]] = [:]
    /// Nothing goes wrong any more.
    var isKind = false
    private unowned let world: World
    private var dice: Dice
    private let moods: Int
    /// The site's server is off until then, by store.
    private var isOffUntil: [String: Int64] = [:]

    init(_ world: World) {
        self.world = world
        dice = Dice(seed: world.seed, for: "webhooks")
        moods = dice.number(0...3)
        for store in world.stores { secrets[store] = [Prepared.webhookSecret] }
    }

    /// The operator is about to change a secret: messages may be signed with the new one from now on.
    func add(_ secret: String, for store: String) { secrets[store, default: []].append(secret) }

    private func isInMood(_ often: Int) -> Bool { !isKind && moods > 0 && dice.chance(often / moods) }

    func post(_ message: WebhookMessage) -> WebhookOutcome {
        let life = world.gatewayLife
        let store = String(message.url.split(separator: "/").last ?? "")
        if isInMood(60) { isOffUntil[store] = world.agenda.now + Int64(dice.number(1_000...20_000)) }
        if !isKind, isOffUntil[store] ?? 0 > world.agenda.now { return .unreachable(reason: "no server") }
        if dice.chance(4) { world.agenda.pause(Int64(dice.number(1...800)), life) }
        if isInMood(8) { return refuse(life) }
        guard let step = take(message, store) else { return .answered(status: 400, retryAfterMilliseconds: nil) }
        if isInMood(8) {
            // It has the step, and nobody hears of it.
            if dice.chance(4) { world.agenda.pause(10_000, life) }
            return .unanswered(reason: "timeout")
        }
        if !life.isOver { world.books.webhooks.acknowledged(step.order, step.number, in: world.calm) }
        return .answered(status: dice.pick([200, 204]) ?? 200, retryAfterMilliseconds: nil)
    }

    private func refuse(_ life: Life) -> WebhookOutcome {
        switch dice.number(0...6) {
        case 0: return .answered(status: 503, retryAfterMilliseconds: dice.number(500...5_000))
        case 1: return .answered(status: 429, retryAfterMilliseconds: dice.number(500...5_000))
        case 2: return .answered(status: 302, retryAfterMilliseconds: nil)
        case 3 where dice.chance(4): return .answered(status: 410, retryAfterMilliseconds: nil)
        case 4:
            world.agenda.pause(Int64(dice.number(100...2_000)), life)
            return .unanswered(reason: "cut")
        default: return .answered(status: 500, retryAfterMilliseconds: nil)
        }
    }

    /// Believes a message, and keeps what it says; nil when it is not to be believed.
    private func take(_ message: WebhookMessage, _ store: String) -> (order: String, number: Int)? {
        func header(_ name: String) -> String? {
            message.headers.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
        let body = JSONText(bytes: message.body)
        guard let id = header("Tillgate-Id"), let stamp = header("Tillgate-Timestamp"), let seconds = Int64(stamp),
            let signature = header("Tillgate-Signature"), let order = body.text("order"),
            let number = body.integer("number")
        else {
            world.fail("a webhook's message lacks something: \(message.headers) \(body.text)")
            return nil
        }
        world.trace.note("the website is posted \(id)")
        let signed = Array("\(seconds).".utf8) + message.body
        let codes = secrets[store, default: []].map { "v1=" + hexadecimal(hmacSHA256(key: $0.utf8, signed)) }
        let parts = signature.split(separator: ",").map(String.init)
        if parts.first != "t=\(stamp)" || !parts.contains(where: codes.contains) {
            world.fail("\(id) is not signed with the website's secret: \(signature)")
        }
        let age = abs(world.clock.now().millisecondsSinceEpoch / 1_000 - seconds)
        if world.clock.jumps == 0, age > 60 { world.fail("\(id) was signed \(age) seconds ago") }
        guard id == "WEB1/\(order)/\(number)", body.text("store") == store, let known = world.books.orders[order],
            known.store == store
        else {
            world.fail("\(id) is about no order of this website: \(body.text)")
            return nil
        }
        world.check(known.disagreement(body))
        world.check(world.books.webhooks.disagreement(order, Int(number), message.body, in: world.calm))
        return (order, Int(number))
    }

    func stop() {}
}
