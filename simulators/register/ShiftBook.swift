import LineProtocol
import Locking
import Retail
import SimulatorKit
import TillClient

/// The till's own books: which shifts it has opened, and which receipts it has recorded in them. A till keeps them on its
/// disk, so they outlive the till's program here as well.
final class ShiftBook: Sendable {
    private struct Page {
        var opening: ShiftOpen?
        /// What each receipt adds to the shift; one that was recorded again counts once.
        var totals: [String: Money] = [:]
        /// Written down when the shift is closed: asked again, the till says the same.
        var closing: ShiftClose?
        /// Whether the gateway has said that it has all of it.
        var isWhole = false
    }

    private let pages = Mutex<[Int: Page]>([:])

    /// Shifts that were closed with nothing missing.
    var closed: Int { pages.withLock { $0.values.count(where: \.isWhole) } }

    /// Notes a receipt that the gateway has.
    func note(_ request: ReceiptRequest) {
        // What a receipt adds is the same at every store and till.
        let net = request.receipt(store: "", till: "").netTotal
        pages.withLock { pages in pages[request.shift, default: Page()].totals[request.number] = net }
    }

    /// Opens a shift, or says again that it is open.
    func open(_ shift: Int, at: Instant, _ till: Till) async {
        let message = pages.withLock { pages in
            let message = pages[shift]?.opening ?? ShiftOpen(shift: shift, at: at)
            pages[shift, default: Page()].opening = message
            return message
        }
        do {
            _ = try await till.client.openShift(message)
        } catch {
            till.failed("opening shift \(shift): \(error)", error)
        }
    }

    /// Closes a shift with everything that was recorded in it. That something is missing is a failure of the gateway's: it has
    /// acknowledged all of it.
    func close(_ shift: Int, at: Instant, _ till: Till) async {
        let message = pages.withLock { pages in
            let page = pages[shift] ?? Page()
            let message =
                page.closing
                ?? ShiftClose(
                    shift: shift, at: at, receipts: page.totals.count,
                    total: Money(minorUnits: page.totals.values.reduce(0) { $0 &+ $1.minorUnits }),
                    numbers: ReceiptNumbers(page.totals.keys))
            pages[shift, default: Page()].closing = message
            return message
        }
        do {
            let reply = try await till.client.closeShift(message)
            till.progress.write("shift_closed") { writer in
                writer.field("shift", shift)
                writer.field("receipts", reply.figures.receipts)
                writer.field("missing", reply.missing?.entries ?? [])
                writer.field("marks", reply.marks.map(\.rawValue))
            }
            if reply.marks.allSatisfy({ $0 == .clock }), reply.missing?.count == 0 {
                pages.withLock { $0[shift, default: Page()].isWhole = true }
            } else {
                till.failed(
                    "shift \(shift): the gateway has \(reply.figures.receipts) receipts, the till \(message.receipts ?? 0); "
                        + "missing: \(reply.missing?.entries ?? []), unexpected: \(reply.unexpected?.entries ?? [])",
                    PlanError(reason: "the shift does not agree"))
            }
        } catch {
            till.failed("closing shift \(shift): \(error)", error)
        }
    }
}
