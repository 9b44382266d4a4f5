import Foundation
import Replay

/// The end of a run: stop, audit, compare, write down.
struct ReplayEnding {
    let world: ReplayWorld
    let plan: ReplayPlan
    let outcome: ReplayRun.Outcome
    /// Pick-up orders that were paid at a till.
    var ordersPaid: Set<String> = []
    /// Baskets that a seller's phone has sent to a till.
    var baskets: Set<String> = []
    /// Shifts that were to be closed, by `store/till/shift`.
    var shifts: Set<String> = []

    /// Leaves `upstream.ndjson` and `summary.json`.
    func summary() async throws -> ReplaySummary {
        var troubles = outcome.troubles
        troubles += try await world.stopServers()
        var audit: ReplaySummary.Audit?
        do {
            audit = try await world.audit()
        } catch {
            troubles.append("the audit cannot be done: \(error)")
        }
        let folder = world.folder
        let ledger = ShiftLedger(events: folder.read(folder.events))
        troubles += shifts.subtracting(ledger.whole).sorted().map { "shift \($0) was not closed, or lacks receipts" }
        try FileManager.default.copyItem(atPath: folder.receipts, toPath: folder.upstream)
        let summary = ReplaySummary(
            verdict: try ReplayVerdict(
                plan: plan, orders: ordersPaid, baskets: baskets, upstream: folder.read(folder.upstream)),
            audit: audit, welcomePoints: world.programme.welcomePoints, milliseconds: outcome.milliseconds,
            kills: outcome.kills, receiptsChecked: outcome.receiptsChecked, tills: plan.tills.count,
            shiftsClosed: ledger.whole.count,
            troubles: troubles)
        try folder.write(folder.summary, summary.json)
        return summary
    }
}
