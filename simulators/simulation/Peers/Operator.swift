import LineProtocol
import Retail

/// The shop's IT: revokes devices, makes one customer of two, counts goods, changes the secrets of webhooks.
final class Operator: Peer {
    private var books: Books { world.books }
    private var merges = 0
    private var isCounting = false
    private var isChangingSecret = false

    /// When goods were counted, however often the count is put right: before any world begins, whatever its clock says.
    private static let countedAt = Instant(millisecondsSinceEpoch: 1_795_000_000_000)
    private static let mergesMaximum = 2

    override func act() {
        guard asks.count < 3 else { return }
        switch dice.number(0...19) {
        case 0, 1: merge()
        case 2: count()
        case 3: changeSecret()
        case 4: retryWebhooks()
        default: break
        }
    }

    // MARK: Devices

    func revoke(_ peer: Peer) {
        peer.revocation = .asked
        ask(
            Ask("DEVICE_REVOKE", #"{"device":"\#(peer.name)","store":"\#(peer.store)"}"#) { [self] answer, _ in
                guard answer.isOK else { return world.fail("DEVICE_REVOKE was answered \(answer.text)") }
                world.trace.note("\(peer.store)/\(peer.name) is revoked")
                peer.revocation = .done(world.agenda.now)
            })
    }

    // MARK: Customers

    private func merge() {
        guard merges < Self.mergesMaximum, let gone = books.customer(&dice), let survivor = books.customer(&dice),
            isMet(gone), isMet(survivor), books.points.beginMerge(gone, into: survivor)
        else { return }
        merges += 1
        for person in books.people.people
        where [gone, survivor].contains(where: { books.points.areOne(person.external, $0) }) {
            person.isShared = true
        }
        let (old, into) = (books.points.whole(gone), books.points.whole(survivor))
        ask(
            Ask("CUSTOMER_MERGE", #"{"customer_id":"\#(old)","into":"\#(into)"}"#) { [self] answer, _ in
                guard answer.isOK, answer.body.text("customer_id") == into, answer.body.text("merged") == old else {
                    return world.fail("CUSTOMER_MERGE of \(old) into \(into) was answered \(answer.text)")
                }
                books.endMerge(old)
            })
    }

    /// Whether upstream has told of a customer whom it knows. Else its first word would be that the card is another
    /// person's than the one whom the shop has made of them, and the card would move.
    private func isMet(_ customer: String) -> Bool {
        !books.people.people.contains { $0.kept == 0 && books.points.areOne($0.external, customer) }
    }

    // MARK: Goods

    /// A count is put right: what was sold since stays sold.
    private func count() {
        guard !isCounting, let store = dice.pick(world.stores), let sku = dice.pick(StockModel.products) else { return }
        isCounting = true
        let quantity = Int64(dice.number(5_000...20_000))
        let row =
            #"{"store":"\#(store)","sku":"\#(sku)","quantity":\#(quantity),"as_of":"\#(Self.countedAt.rfc3339)"}"#
        ask(
            Ask("IMPORT_STOCK", #"{"rows":[\#(row)]}"#) { [self] answer, _ in
                isCounting = false
                guard answer.isOK, answer.body.integer("updated") == 1 else {
                    return world.fail("IMPORT_STOCK of \(row) was answered \(answer.text)")
                }
                books.stock.set(quantity * 1_000, store, sku)
            })
    }

    // MARK: Webhooks

    private func changeSecret() {
        guard !isChangingSecret, let store = dice.pick(world.stores) else { return }
        isChangingSecret = true
        let secret = "new-secret-of-\(store)-" + String(dice.word(), radix: 16) + "-0123456789abcdef"
        world.site.add(secret, for: store)
        let body = #"{"store":"\#(store)","site":"WEB1","url":"\#(Prepared.webhook(of: store))","secret":"\#(secret)"}"#
        ask(
            Ask("WEBHOOK_PUT", body) { [self] answer, _ in
                isChangingSecret = false
                if !answer.isOK { world.fail("WEBHOOK_PUT was answered \(answer.text)") }
            })
    }

    /// What waits for websites is tried at once, also what a site has stopped.
    func retryWebhooks() {
        ask(
            Ask("WEBHOOK_RETRY", "{}") { [self] answer, _ in
                if !answer.isOK { world.fail("WEBHOOK_RETRY was answered \(answer.text)") }
            })
    }
}
