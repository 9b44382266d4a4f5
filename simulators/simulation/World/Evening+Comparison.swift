import Journal
import LineProtocol
import Retail

/// The gateway's journal and upstream's books are compared with what was acknowledged.
extension Evening {
    func compare() {
        compareUpstream()
        compareBaskets()
        for peer in world.peers where peer.isGreeted {
            if case .done = peer.revocation { world.fail("\(peer.store)/\(peer.name) was revoked and is connected") }
        }
        do {
            let findings = try world.audit()
            if !findings.isEmpty { return world.fail("in the evening the books do not add up: \(findings)") }
            try compareReceipts()
        } catch {
            world.fail("the journal cannot be read: \(error)")
        }
        world.stopInGoodOrder()
    }

    private func compareReceipts() throws {
        guard let journal = world.process?.journal else { return }
        try journal.read { view in
            for (key, known) in world.books.receipts.recorded.sorted(by: { $0.key < $1.key }) {
                guard let stored = try ReceiptKey(text: key).flatMap({ try view.receipt($0) }) else {
                    return world.fail("\(key) was acknowledged and is gone")
                }
                if stored.body != Array(known.body.utf8) || stored.answer != known.answer.bytes {
                    return world.fail("\(key) is stored otherwise than it was acknowledged")
                }
            }
            let lostAsks = world.peers.filter { peer in !others.contains { $0 === peer } }.flatMap(\.asks)
                .count { ["SALE", "RETURN", "VOID", "CORRECTION"].contains($0.verb) }
            let count = Int(try view.receiptCount())
            let known = world.books.receipts.recorded.count
            if count < known || count > known + lostAsks {
                world.fail("\(known) receipts were acknowledged, \(count) are stored")
            }
        }
    }

    /// Every basket that a phone has sent ended once at most, and the phone was told how.
    private func compareBaskets() {
        for basket in world.books.basketsInTurn {
            guard let phone = somebody(of: basket.store, { $0.name == basket.app }) else { continue }
            let told = phone.mailbox.bodies(of: "basket.changed").filter {
                $0.text("basket") == basket.basket && $0.text("state") != "opened"
            }
            // What a phone has taken back itself it learnt from the reply.
            let isTold = basket.end != nil && (!basket.isWithdrawnByApp || told.count == 1)
            if told.count != (isTold ? 1 : 0) {
                world.fail(
                    "basket \(basket.basket) was \(basket.end ?? "not ended"); its phone was told \(told.map(\.text))")
            }
        }
    }

    private func compareUpstream() {
        let receipts = world.upstream.events.values.filter { $0.type == "receipt" }
        for event in receipts where !world.books.receipts.sent.contains(event.id) {
            return world.fail("upstream was sent \(event.id), which no till has made")
        }
        for (key, known) in world.books.receipts.recorded.sorted(by: { $0.key < $1.key }) {
            guard let event = world.upstream.events[key] else {
                if isQuarantined(key) { continue }
                return world.fail("\(key) was acknowledged and never came upstream")
            }
            // The till's own members are there byte for byte.
            let members = String(known.body.dropFirst().dropLast())
            if !String(decoding: event.body, as: UTF8.self).contains(members) {
                return world.fail("\(key) came upstream otherwise than its till sent it")
            }
        }
    }
}

extension World {
    /// What upstream refused for good, by id.
    var quarantine: [String: String] {
        let entries = (try? process?.journal.read { try $0.quarantine(after: 0, limit: 1_000) }) ?? []
        return Dictionary(entries.map { ($0.id, $0.type) }, uniquingKeysWith: { first, _ in first })
    }

    /// What stored receipts have done to the mugs of a store, in thousandths.
    func mugsMoved(in store: String) -> Int64 {
        let goods = books.receipts.goods.filter { $0.key.hasPrefix(store + "/") && $0.value != 0 }
        return goods.reduce(into: 0) { sum, moved in
            let isStored =
                books.receipts.recorded[moved.key] != nil
                || (try? process?.journal.read { view in
                    try ReceiptKey(text: moved.key).flatMap { try view.receipt($0) } != nil
                }) ?? false
            if isStored { sum += moved.value }
        }
    }
}
