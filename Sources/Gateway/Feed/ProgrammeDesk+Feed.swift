import Journal
import LineProtocol
import Loyalty
import ProgrammeFiles
import Retail

extension ProgrammeDesk {
    /// A change of the rules and what stands against it.
    private struct Edit: Sendable {
        var received: ReceivedChange
        var change: UpstreamChange
        var refusal: FeedRefusal?
        /// Something newer is known: it changes nothing.
        var isKnown = false

        /// Nothing stands against it so far.
        var isOpen: Bool { !isKnown && refusal == nil }

        /// What the moment of the change is kept for.
        var subject: (kind: String, key: String) {
            switch change.content {
            case .promotion(let body): ("promotion", body.programme + "/" + body.id)
            case .promotionWithdrawn(let body): ("promotion", body.programme + "/" + body.id)
            default: ("programmes", "")
            }
        }
    }

    /// Applies changes of programmes and promotions from upstream: all together when they fit, else one by one, so
    /// that a bad one stops no other. Puts the outcome in force at once. Blocks.
    ///
    /// - Parameter finish: runs in the transaction that stores them.
    func take(
        _ changes: [ReceivedChange], after before: FeedCounts, finish: ChangeIntake.Finish?
    ) throws -> FeedCounts {
        try queue.sync {
            var edits = try changes.map { received in
                Edit(received: received, change: try received.change.get())
            }
            try markKnown(&edits)
            var fresh: LoadedProgrammes?
            if readFiles != nil {
                var refusal = Refusal(
                    .badState, "the programmes are those of the files that the gateway was started with")
                refusal.state = ProgrammeSource.files.rawValue
                refuseAll(&edits, FeedRefusal(refusal))
            } else {
                fresh = Self.rewrite(programmes.active.bundle.loaded, by: &edits)
            }
            return try store(edits, fresh, after: before, finish: finish)
        }
    }

    private func markKnown(_ edits: inout [Edit]) throws {
        let now = clock.now()
        for index in edits.indices {
            do throws(FeedRefusal) { try edits[index].change.checkMoments(at: now) } catch {
                edits[index].refusal = error
            }
        }
        try journal.read { view in
            var whole = try view.feedVersion("programmes", "") ?? .distantPast
            var latest: [String: Instant] = [:]
            for index in edits.indices where edits[index].refusal == nil {
                let (kind, key) = edits[index].subject
                let at = edits[index].change.at
                let known = try latest[key] ?? view.feedVersion(kind, key) ?? .distantPast
                edits[index].isKnown = at < max(known, whole)
                guard !edits[index].isKnown else { continue }
                latest[key] = at
                if kind == "programmes" { whole = at }
            }
        }
    }

    private func refuseAll(_ edits: inout [Edit], _ refusal: FeedRefusal) {
        for index in edits.indices where edits[index].isOpen { edits[index].refusal = refusal }
    }

    /// The rules after the changes; nil when they stay as they are.
    private static func rewrite(_ loaded: LoadedProgrammes, by edits: inout [Edit]) -> LoadedProgrammes? {
        let before = RuleDocuments(loaded)
        var all = before
        for index in edits.indices where edits[index].isOpen {
            do throws(Refusal) {
                try all.apply(edits[index].change.content)
            } catch {
                edits[index].refusal = FeedRefusal(error)
            }
        }
        guard all.documents != before.documents else { return nil }
        if let fresh = try? all.load() { return fresh }
        // Something does not fit: each by itself, on what those before it have left.
        var good = before
        var fresh: LoadedProgrammes?
        for index in edits.indices where edits[index].isOpen {
            var tried = good
            do {
                try tried.apply(edits[index].change.content)
                fresh = try tried.load()
                good = tried
            } catch let refused as FileRefused {
                edits[index].refusal = FeedRefusal(
                    .badField("body." + refused.place(separator: "."), "\(refused.error.reason)"))
            } catch {
                edits[index].refusal = FeedRefusal(cause: error)
            }
        }
        return good.documents == before.documents ? nil : fresh
    }

    private func store(
        _ edits: [Edit], _ fresh: LoadedProgrammes?, after before: FeedCounts, finish: ChangeIntake.Finish?
    ) throws -> FeedCounts {
        let now = clock.now()
        let bundle = fresh.map { ProgrammeBundle($0, source: .sent) }
        let bench = AccountBench(active: programmes.active, clock: StoreCalendar(timeZone: "UTC").clock(at: now))
        let counts = try journal.perform { transaction in
            var application = try ChangeApplication(transaction, bench, isSnapshot: false)
            for edit in edits {
                if let refusal = edit.refusal {
                    try application.refuse(edit.received, refusal)
                    continue
                }
                if !edit.isKnown {
                    let (kind, key) = edit.subject
                    try transaction.setFeedVersion(kind, key, edit.change.at)
                }
                try transaction.forgetRefusedChange(edit.change.id)
            }
            if let bundle { try transaction.putInForce(bundle.records, from: bundle.source, at: now) }
            var counts = before + application.counts
            let taken = edits.count { $0.refusal == nil && !$0.isKnown }
            if bundle == nil { counts.known += taken } else { counts.applied += taken }
            counts.known += edits.count { $0.isKnown }
            try finish?(transaction, counts)
            return counts
        }
        if let bundle { putInForce(bundle) }
        return counts
    }
}

extension FileRefused {
    /// The document and the path in it.
    func place(separator: String) -> String {
        error.path.isEmpty ? file : file + separator + error.path
    }
}
