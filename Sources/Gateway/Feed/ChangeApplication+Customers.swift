import Journal
import LineProtocol
import Loyalty
import Retail

extension ChangeApplication {
    /// An identifier that upstream says is a person's, and whose it is here.
    private struct Claim {
        var identifier: CustomerIdentifier
        var owner: IdentifierOwner?
    }

    /// What upstream knows of a person.
    ///
    /// The person is whoever has the external id; else whoever has one of the other identifiers and is not known
    /// upstream, because they were enrolled in a shop; else nobody yet. Upstream is right about the data. What is
    /// older than its last word changes nothing of the profile, and what is older than what a shop was told fills in
    /// only what is missing.
    mutating func apply(
        _ body: CustomerChange, at: Instant
    ) throws -> (outcome: Outcome, customer: CustomerID) {
        let external = CustomerIdentifier.external(body.external)
        let known = try transaction.owner(of: external)
        var claims: [Claim] = []
        for identifier in body.identifiers {
            claims.append(Claim(identifier: identifier, owner: try transaction.owner(of: identifier)))
        }
        guard let person = known ?? claims.lazy.compactMap(\.owner).first(where: { !$0.hasExternal }) else {
            return (.applied, try make(body, claims, at: at))
        }
        guard let before = try transaction.customer(person.customer) else {
            throw FeedRefusal(Refusal(.internal, "the customer who was just found cannot be read"))
        }
        let isOlder =
            at < person.knownAt ?? .distantPast && !transaction.planted.contains(.olderRecordWins)
        if !isOlder { try setProfile(of: before, body, completing: at < person.toldAt ?? .distantPast) }
        if known == nil { try transaction.attach(external, to: person.customer) }
        let isFirst = try isFirstWord(on: body.external, of: person)
        let others = try take(claims, for: person, at: at)
        // Behind the merges: what those brought along is in upstream's balance, too.
        if isFirst, let opening = body.opening { try open(person.customer, with: opening) }
        if !isOlder, at != person.knownAt { try transaction.setKnown(person.customer, at: at) }
        guard let after = try transaction.customer(person.customer) else {
            throw FeedRefusal(Refusal(.internal, "the customer who was just written cannot be read"))
        }
        for gone in others.merged { add(.merged(gone, into: after)) }
        if after != before || known == nil { add(.customer(after)) }
        for robbed in others.robbed { if let record = try transaction.customer(robbed) { add(.customer(record)) } }
        try applyWaiting(for: .customer(external: body.external))
        return (after == before ? .known : .applied, person.customer)
    }

    /// Somebody whom nobody here has met.
    private mutating func make(_ body: CustomerChange, _ claims: [Claim], at: Instant) throws -> CustomerID {
        let profile = CustomerProfile(
            name: body.name.applied(to: nil, isFull: true), segment: body.segment.applied(to: nil, isFull: true),
            birthday: body.birthday.applied(to: nil, isFull: true)?.iso,
            consents: body.consents.applied(to: nil, isFull: true) ?? [])
        let id = try transaction.insertCustomer(profile, knownAt: at, openedAt: body.opening?.asOf, at: now)
        var identifiers = [CustomerIdentifier.external(body.external)]
        try transaction.attach(identifiers[0], to: id)
        var robbed: [CustomerID] = []
        for claim in claims {
            if let owner = claim.owner {
                // Whoever else has it is known upstream, too: the newer word counts.
                guard at >= owner.lastWord else { continue }
                try transaction.move(claim.identifier, to: id)
                robbed.append(owner.customer)
            } else {
                try transaction.attach(claim.identifier, to: id)
            }
            identifiers.append(claim.identifier)
        }
        var account = LoyaltyAccount()
        if let opening = body.opening, opening.points > 0 || opening.turnover != .zero {
            account = try book(opening, try transaction.openNew(id), segment: profile.segment)
        }
        add(
            .customer(
                CustomerRecord(
                    id: id, name: profile.name, segment: profile.segment, birthday: profile.birthday,
                    consents: profile.consents, account: account, createdAt: now, mergedInto: nil,
                    identifiers: identifiers.sorted {
                        ($0.kind.rawValue, $0.value) < ($1.kind.rawValue, $1.value)
                    })))
        for person in robbed { if let record = try transaction.customer(person) { add(.customer(record)) } }
        try applyWaiting(for: .customer(external: body.external))
        return id
    }

    /// Writes the profile where it differs.
    private func setProfile(of before: CustomerRecord, _ body: CustomerChange, completing: Bool) throws {
        if completing {
            try transaction.completeProfile(
                of: before.id,
                with: CustomerProfile(
                    name: body.name.applied(to: nil, isFull: true),
                    segment: body.segment.applied(to: nil, isFull: true),
                    birthday: body.birthday.applied(to: nil, isFull: true)?.iso,
                    consents: body.consents.applied(to: nil, isFull: true) ?? []))
            return
        }
        let known = before.profile
        let birthday = before.birthday.flatMap { CalendarDate(iso: $0) }
        let profile = CustomerProfile(
            name: body.name.applied(to: before.name, isFull: body.isFull),
            segment: body.segment.applied(to: before.segment, isFull: body.isFull),
            birthday: body.birthday.applied(to: birthday, isFull: body.isFull)?.iso,
            consents: body.consents.applied(to: before.consents, isFull: body.isFull) ?? [])
        if profile != known { try transaction.setProfile(of: before.id, to: profile) }
    }

    /// Gives a person the identifiers that upstream says are theirs. Who had one and is not known upstream is the same
    /// person; who had one and is known upstream loses it, unless their record is newer.
    private func take(
        _ claims: [Claim], for person: IdentifierOwner, at: Instant
    ) throws -> (merged: [CustomerID], robbed: [CustomerID]) {
        var merged: [CustomerID] = []
        var robbed: [CustomerID] = []
        for claim in claims {
            guard let owner = claim.owner else {
                try transaction.attach(claim.identifier, to: person.customer)
                continue
            }
            if owner.customer == person.customer || merged.contains(owner.customer) { continue }
            if !owner.hasExternal {
                _ = try transaction.merge(owner.customer, into: person.customer, at: now)
                merged.append(owner.customer)
            } else if at >= owner.lastWord, at >= person.knownAt ?? .distantPast {
                try transaction.move(claim.identifier, to: person.customer)
                robbed.append(owner.customer)
            }
        }
        return (merged, robbed)
    }

    // MARK: Opening balances

    /// What stands for an external id that a merge has brought here before any record of it.
    private static var unspoken: String { "customer.unspoken" }

    /// Whether upstream has never spoken of the person, or not under this id, which only a merge has named.
    private func isFirstWord(on external: String, of person: IdentifierOwner) throws -> Bool {
        if try transaction.forgetFeedVersion(Self.unspoken, external) { return true }
        guard person.knownAt == nil else { return false }
        return try transaction.openedAt(person.customer) == nil
    }

    /// The balance that a person has upstream comes along with upstream's first word on them. It brings points and
    /// turnover up to what upstream says and is never added to what is here: of that upstream has heard already.
    private func open(_ customer: CustomerID, with opening: CustomerChange.Opening) throws {
        let before = try transaction.openedAt(customer) ?? opening.asOf
        try transaction.setOpened(customer, at: max(before, opening.asOf))
        let posting = try transaction.open(customer)
        var missing = opening
        let (points, isTooMuch) = opening.points.subtractingReportingOverflow(posting.account.points.balance)
        guard !isTooMuch else { throw FeedRefusal(.badField("body.opening.points", "is too much")) }
        missing.points = max(0, points)
        let turnover = try opening.turnover.subtracting(posting.account.turnover)
        missing.turnover = max(.zero, turnover)
        guard missing.points > 0 || missing.turnover != .zero else { return }
        _ = try book(missing, posting, segment: try transaction.person(customer)?.segment)
    }

    private func book(
        _ opening: CustomerChange.Opening, _ posting: Posting, segment: String?
    ) throws -> LoyaltyAccount {
        var posting = posting
        posting.turnover = opening.turnover
        if opening.points > 0 {
            let terms = bench.active.set.programme(for: segment).lotTerms
            posting.entries = try posting.account.points.earn(
                Grant(
                    points: opening.points, origin: .granted, activeFrom: now,
                    expiresAt: terms.expiry(ofActive: now, zone: bench.clock.zone)), at: now)
        }
        return try transaction.post(posting, PostingCause("opening", at: now))
    }

    // MARK: Merges

    /// Two records upstream are one person: both ids lead there. An id that nobody has met leads there all the same, so
    /// that it does not matter which of the changes comes first.
    mutating func apply(_ body: CustomerMergedChange, at: Instant) throws -> Outcome {
        let from = try transaction.owner(of: .external(body.from))
        let into = try transaction.owner(of: .external(body.into))
        if let from, let into {
            guard from.customer != into.customer else { return .known }
            let before = try transaction.customer(into.customer)
            _ = try transaction.merge(from.customer, into: into.customer, at: now)
            // Upstream has one record of the two now, and that is the one of the person who goes on.
            if let before, into.knownAt != nil { try transaction.setProfile(of: into.customer, to: before.profile) }
            try transaction.setKnown(into.customer, at: at)
            if let record = try transaction.customer(into.customer) { add(.merged(from.customer, into: record)) }
            return .applied
        }
        let person =
            try (from ?? into)?.customer
            ?? transaction.insertCustomer(CustomerProfile(), knownAt: nil, openedAt: nil, at: now)
        for (external, owner) in [(body.from, from), (body.into, into)] where owner == nil {
            try transaction.attach(.external(external), to: person)
            try transaction.setFeedVersion(Self.unspoken, external, at)
        }
        if let record = try transaction.customer(person) { add(.customer(record)) }
        if from == nil { try applyWaiting(for: .customer(external: body.from)) }
        if into == nil { try applyWaiting(for: .customer(external: body.into)) }
        return .applied
    }
}

extension CustomerRecord {
    fileprivate var profile: CustomerProfile {
        CustomerProfile(name: name, segment: segment, birthday: birthday, consents: consents)
    }
}

extension IdentifierOwner {
    /// When anybody last spoke of the owner.
    fileprivate var lastWord: Instant { max(knownAt ?? .distantPast, toldAt ?? .distantPast) }
}
