import Retail

/// How far what upstream sends down has been taken in.
package enum FeedPosition: Sendable, Equatable {
    /// Nothing is known: a snapshot is due.
    case unknown
    /// A snapshot is being taken in; nil: from its first page.
    case snapshot(page: String?)
    /// A snapshot has been taken in; what it did not name is being withdrawn, then changes follow from the cursor.
    case sweeping(cursor: String, kinds: [FeedKind])
    /// Changes follow from the cursor.
    case following(cursor: String)
}

/// What a snapshot can be complete in.
package enum FeedKind: String, Sendable, CaseIterable {
    case product
}

/// Where the feed stands, and what it has done so far.
package struct FeedState: Sendable, Equatable {
    /// Which upstream the position belongs to.
    package var source: String?
    package var position = FeedPosition.unknown
    /// Changes that did something, over the gateway's life.
    package var applied: Int64 = 0
    /// Changes that were known already or older than what is known.
    package var known: Int64 = 0
    /// Changes that were refused, those that were applied later included.
    package var refused: Int64 = 0
    /// When a page was last taken in.
    package var takenAt: Instant?
    /// When a snapshot was last complete.
    package var snapshotAt: Instant?

    /// A feed that has not begun.
    package init() {}
}

extension JournalView {
    /// Where the feed stands.
    package func feedState() throws(SQLError) -> FeedState {
        var facts: [String: String] = [:]
        try statement("SELECT name, value FROM feed_state").forEach { facts[$0.text(0)] = $0.text(1) }
        return FeedState(facts)
    }

    /// Whether a snapshot that is being taken in has named anything of a kind.
    package func hasSeen(_ kind: FeedKind) throws(SQLError) -> Bool {
        try statement("SELECT EXISTS (SELECT 1 FROM feed_seen WHERE kind = ? AND key <> '')").bind(kind.rawValue)
            .first { $0.bool(0) } ?? false
    }

    /// Whether a snapshot that is being taken in has named something of a kind that nobody can read.
    package func hasUnreadable(_ kind: FeedKind) throws(SQLError) -> Bool {
        try statement("SELECT EXISTS (SELECT 1 FROM feed_seen WHERE kind = ? AND key = '')").bind(kind.rawValue)
            .first { $0.bool(0) } ?? false
    }

    /// As of when upstream last spoke of something that has no row of its own for it.
    package func feedVersion(_ kind: String, _ key: String) throws(SQLError) -> Instant? {
        try statement("SELECT at FROM feed_version WHERE kind = ? AND key = ?").bind(kind).bind(key)
            .first { Instant(millisecondsSinceEpoch: $0.integer(0)) }
    }
}

extension JournalTransaction {
    /// Notes where the feed stands.
    package func put(_ state: FeedState) throws(SQLError) {
        for (name, value) in state.facts {
            if let value {
                try statement("INSERT OR REPLACE INTO feed_state (name, value) VALUES (?, ?)").bind(name).bind(value)
                    .run()
            } else {
                try statement("DELETE FROM feed_state WHERE name = ?").bind(name).run()
            }
        }
    }

    /// A snapshot has named something.
    package func markSeen(_ kind: FeedKind, _ key: String) throws(SQLError) {
        try statement("INSERT OR IGNORE INTO feed_seen (kind, key) VALUES (?, ?)").bind(kind.rawValue).bind(key).run()
    }

    /// A snapshot has named something of a kind that nobody can read: no key is empty.
    package func markUnreadable(_ kind: FeedKind) throws(SQLError) {
        try markSeen(kind, "")
    }

    /// Forgets some of what a snapshot has named.
    ///
    /// - Returns: whether there is more.
    package func forgetSeen(limit: Int) throws(SQLError) -> Bool {
        try statement(
            """
            DELETE FROM feed_seen WHERE (kind, key) IN (SELECT kind, key FROM feed_seen ORDER BY kind, key LIMIT ?)
            """
        ).bind(limit).run()
        return try statement("SELECT EXISTS (SELECT 1 FROM feed_seen)").first { $0.bool(0) } ?? false
    }

    /// Notes as of when upstream spoke of something.
    package func setFeedVersion(_ kind: String, _ key: String, _ at: Instant) throws(SQLError) {
        try statement("INSERT OR REPLACE INTO feed_version (kind, key, at) VALUES (?, ?, ?)")
            .bind(kind).bind(key).bind(at.millisecondsSinceEpoch).run()
    }

    /// Notes as of when upstream, or an operator instead of it, spoke of something; never goes back.
    package func raiseFeedVersion(_ kind: String, _ key: String, _ at: Instant) throws(SQLError) {
        try statement(
            """
            INSERT INTO feed_version (kind, key, at) VALUES (?, ?, ?)
            ON CONFLICT (kind, key) DO UPDATE SET at = max(at, excluded.at)
            """
        ).bind(kind).bind(key).bind(at.millisecondsSinceEpoch).run()
    }

    /// Forgets as of when upstream spoke of something.
    ///
    /// - Returns: whether anything was known of that.
    package func forgetFeedVersion(_ kind: String, _ key: String) throws(SQLError) -> Bool {
        try statement("DELETE FROM feed_version WHERE kind = ? AND key = ? RETURNING 1").bind(kind).bind(key)
            .first { _ in true } ?? false
    }

    /// Runs a part of a change. If it throws, only what the part wrote is undone, and the rest of the change stays.
    ///
    /// - Throws: what concerns the store itself and not the part.
    package func attempt<Value>(_ body: () throws -> Value) throws -> Result<Value, any Error> {
        try savepoint()
        do {
            let value = try body()
            try releaseSavepoint()
            return .success(value)
        } catch let error as SQLError where !error.isConstraint {
            throw error
        } catch {
            try rollbackToSavepoint()
            return .failure(error)
        }
    }
}

extension FeedState {
    fileprivate init(_ facts: [String: String]) {
        func instant(_ name: String) -> Instant? {
            facts[name].flatMap(Int64.init).map(Instant.init(millisecondsSinceEpoch:))
        }
        func count(_ name: String) -> Int64 { facts[name].flatMap(Int64.init) ?? 0 }
        source = facts["source"]
        applied = count("applied")
        known = count("known")
        refused = count("refused")
        takenAt = instant("taken_at")
        snapshotAt = instant("snapshot_at")
        switch (facts["position"], facts["cursor"]) {
        case ("snapshot", _): position = .snapshot(page: facts["page"])
        case ("sweeping", let cursor?):
            let kinds = (facts["kinds"] ?? "").split(separator: " ").compactMap { FeedKind(rawValue: String($0)) }
            position = .sweeping(cursor: cursor, kinds: kinds)
        case ("following", let cursor?): position = .following(cursor: cursor)
        default: position = .unknown
        }
    }

    /// Every fact by its name; nil: there is none.
    fileprivate var facts: [String: String?] {
        var facts: [String: String?] = [
            "source": source, "applied": "\(applied)", "known": "\(known)", "refused": "\(refused)",
            "taken_at": takenAt.map { "\($0.millisecondsSinceEpoch)" },
            "snapshot_at": snapshotAt.map { "\($0.millisecondsSinceEpoch)" },
        ]
        for name in ["position", "cursor", "page", "kinds"] { facts[name] = .some(nil) }
        switch position {
        case .unknown: break
        case .snapshot(let page):
            facts["position"] = "snapshot"
            facts["page"] = .some(page)
        case .sweeping(let cursor, let kinds):
            facts["position"] = "sweeping"
            facts["cursor"] = cursor
            facts["kinds"] = kinds.map(\.rawValue).joined(separator: " ")
        case .following(let cursor):
            facts["position"] = "following"
            facts["cursor"] = cursor
        }
        return facts
    }
}
