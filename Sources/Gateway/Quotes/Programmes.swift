import LineProtocol
import Locking
import Loyalty
import Retail

/// The loyalty programme in force. A new one replaces it whole, between two requests.
package final class Programmes: Sendable {
    private let inForce: Mutex<ActiveProgramme>

    /// Programmes that begin with `programme`.
    package init(_ programme: Programme) {
        inForce = Mutex(ActiveProgramme(programme))
    }

    var active: ActiveProgramme { inForce.withLock { $0 } }

    var current: Programme { active.programme }

    /// Puts a checked programme in force.
    package func replace(with programme: Programme) {
        let active = ActiveProgramme(programme)
        inForce.withLock { $0 = active }
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
