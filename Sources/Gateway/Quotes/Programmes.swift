import Certificates
import Journal
import LineProtocol
import Locking
import Loyalty
import ProgrammeFiles
import Retail

/// Programmes that can be put in force, and where they come from.
package struct ProgrammeBundle: Sendable {
    package var loaded: LoadedProgrammes
    package var source: ProgrammeSource

    /// Checked programmes.
    package init(_ loaded: LoadedProgrammes, source: ProgrammeSource) {
        self.loaded = loaded
        self.source = source
    }

    /// The programmes that a source had in force when the gateway last ran on this journal; nil when it had none.
    package init?(from source: ProgrammeSource, in journal: Journal) throws {
        let records = try journal.read { try $0.programmes(from: source) }
        guard !records.isEmpty else { return nil }
        self.init(try LoadedProgrammes(records: records), source: source)
    }

    var set: ProgrammeSet { loaded.set }

    /// The documents as the journal keeps them.
    var records: [ProgrammeRecord] {
        loaded.documents.map { document in
            ProgrammeRecord(
                hash: document.programme.hash, id: document.programme.id, version: document.programme.version,
                document: document.text)
        }
    }
}

/// The loyalty programmes in force. New ones replace them whole, between two requests.
package final class Programmes: Sendable {
    private let inForce: Mutex<ActiveProgrammes>

    /// Programmes that begin with `bundle`, or, when that is only the built-in one, with those that were sent last.
    package init(_ bundle: ProgrammeBundle, journal: Journal, at now: Instant) throws {
        let sent = bundle.source == .builtIn ? try ProgrammeBundle(from: .sent, in: journal) : nil
        let bundle = sent ?? bundle
        try journal.perform { try $0.putInForce(bundle.records, from: bundle.source, at: now) }
        inForce = Mutex(ActiveProgrammes(bundle, generation: 1))
    }

    var active: ActiveProgrammes { inForce.withLock { $0 } }

    /// Puts checked programmes in force.
    func replace(with bundle: ProgrammeBundle) {
        inForce.withLock { before in
            let next = ActiveProgrammes(bundle, generation: before.generation)
            // Most changes leave every standing as it is: a million customers are not worked out anew for a new promotion.
            before =
                next.standsAs(before) ? next : ActiveProgrammes(bundle, generation: before.generation &+ 1)
        }
    }
}

/// All programmes of a moment, by the segment of the customer.
final class ActiveProgrammes: Sendable {
    let bundle: ProgrammeBundle
    /// Rises when customers stand elsewhere by the new programmes: what was worked out by earlier ones is worked out anew.
    let generation: UInt32
    /// Some programme counts the turnover of so many days only.
    let hasWindows: Bool
    /// Some programme gives points on a birthday.
    let hasBirthdayGifts: Bool
    /// The coupon codes that some programme takes.
    let coupons: Set<String>
    /// What the programmes ask about an account.
    let parts: AccountParts
    let everyoneElse: ActiveProgramme
    private let bySegment: [String: ActiveProgramme]

    init(_ bundle: ProgrammeBundle, generation: UInt32) {
        self.bundle = bundle
        self.generation = generation
        let all = [bundle.set.everyoneElse] + bundle.set.others
        hasWindows = all.contains { $0.tierWindowDays != nil }
        hasBirthdayGifts = all.contains { ($0.birthday?.giftPoints ?? 0) > 0 }
        coupons = Set(all.flatMap { $0.promotions.compactMap(\.conditions.coupon) })
        var parts: AccountParts = hasBirthdayGifts ? [.birthdayGift] : []
        if all.contains(where: \.needs.customerUses) { parts.insert(.promotionUses) }
        self.parts = parts
        everyoneElse = ActiveProgramme(bundle.set.everyoneElse)
        var bySegment: [String: ActiveProgramme] = [:]
        for programme in bundle.set.others {
            let active = ActiveProgramme(programme)
            for segment in programme.segments ?? [] { bySegment[segment] = active }
        }
        self.bySegment = bySegment
    }

    var set: ProgrammeSet { bundle.set }

    /// Whether a standing that was worked out by the other programmes is right by these, too: it knows of windows and of
    /// the parts of an account, and of nothing else of a programme.
    fileprivate func standsAs(_ other: ActiveProgrammes) -> Bool {
        !hasWindows && !other.hasWindows && parts.isSubset(of: other.parts)
    }

    /// The programme of customers in this segment, which is empty for those in none.
    func programme(forSegment segment: UnsafeRawBufferPointer) -> ActiveProgramme {
        guard !segment.isEmpty, !bySegment.isEmpty else { return everyoneElse }
        return bySegment[String(decoding: segment, as: UTF8.self)] ?? everyoneElse
    }
}

/// A programme and what is written of it in every answer to IDENTIFY.
final class ActiveProgramme: Sendable {
    /// The members that say where a customer stands, up to the one number in them that differs between customers.
    private struct TierText {
        var threshold: Money
        /// The next tier's; nil at the top.
        var nextThreshold: Money?
        /// `"programme":…,"tier":{"name":…` and, but at the top, `,"next":{"name":…,"missing":`.
        var beginning: [UInt8]
    }

    let programme: Programme
    private let tiers: [TierText]

    init(_ programme: Programme) {
        self.programme = programme
        tiers = programme.tiers.indices.map { index in
            let next = index + 1 < programme.tiers.count ? programme.tiers[index + 1] : nil
            return TierText(
                threshold: programme.tiers[index].threshold, nextThreshold: next?.threshold,
                beginning: Self.beginning(programme, programme.tiers[index], next))
        }
    }

    private static func beginning(_ programme: Programme, _ tier: Tier, _ next: Tier?) -> [UInt8] {
        let writer = ByteWriter(capacity: 128)
        writer.field("programme", programme.id)
        writer.name("tier")
        writer.beginObject()
        writer.field("name", tier.name)
        if let next {
            writer.name("next")
            writer.beginObject()
            writer.field("name", next.name)
            writer.name("missing")
        }
        return Array(writer.bytes)
    }

    /// Writes the members `programme` and `tier` of a customer with this turnover.
    func writeStanding(turnover: Money, to writer: ByteWriter) {
        var index = tiers.count - 1
        while index > 0, tiers[index].threshold > turnover { index -= 1 }
        tiers[index].beginning.withUnsafeBytes { writer.rawValue($0) }
        if let next = tiers[index].nextThreshold {
            writer.append(integer: next.minorUnits &- turnover.minorUnits)
            writer.endObject()
        }
        writer.endObject()
    }
}

extension ProgrammeFolder {
    /// The hash that answers carry of a programme's document: SHA-256, hexadecimal.
    package static func documentHash(_ bytes: [UInt8]) -> String { hexadecimal(sha256(bytes)) }
}

extension LoadedProgrammes {
    /// Programmes from the documents that the journal keeps.
    init(records: [ProgrammeRecord]) throws(FileRefused) {
        var documents: [LoadedProgramme] = []
        for record in records { documents.append(try LoadedProgramme(record)) }
        try self.init(validating: documents, place: "journal")
    }
}

extension LoadedProgramme {
    /// A programme from the document that the journal keeps.
    init(_ record: ProgrammeRecord) throws(FileRefused) {
        self = try ProgrammeFolder.parse(
            record.document, name: record.id, hash: { (_: [UInt8]) -> String in record.hash })
    }
}
