import Replay

/// What happened on the day, in the words of the shop.
struct DemoStory {
    let summary: ReplaySummary
    let book: OrderBook
    let times: ScreenTimes
    let orders: Set<String>
    /// The folder as it was given, which reads better than its whole path.
    let out: String
    let folder: RunFolder

    /// Whether everything arrived where it belongs.
    var isGood: Bool { summary.isClean && ordersLeft == 0 }

    private var ordersLeft: Int { orders.subtracting(book.ended).count }

    private static func milliseconds(_ microseconds: Int64) -> String {
        let tenths = (microseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }

    var text: String {
        let totals = summary.verdict.totals
        var lines = ["", "What happened"]
        lines += [
            "  \(totals.receipts) receipts were rung up in \(summary.seconds) s: "
                + "\(totals.sales) sales of \(totals.grossSales.decimalText()) GBP "
                + "and \(totals.returns) returns of \(totals.grossReturns.decimalText()) GBP.",
            "  \(totals.customers) customers were recognised or enrolled; the other receipts are walk-ins.",
            "  Promotions took \(totals.promotions.decimalText()) GBP off, points paid "
                + "\(totals.paidWithPoints.decimalText()) GBP; \(totals.earned) points were earned.",
            "  \(orders.count) orders came from the website: \(book.handedOver.count) were handed over, "
                + "\(book.paid.count) of them paid at the till, \(book.cancelled.count) taken back, "
                + "\(book.rejected.count) rejected by the store.",
            "  The seller's phone sent baskets to a till, which sold \(totals.baskets) of them.",
        ]
        if let half = times.percentile(50), let most = times.percentile(99) {
            lines.append(
                "  From the website's push to a till's screen: p50 \(Self.milliseconds(half)) ms, "
                    + "p99 \(Self.milliseconds(most)) ms, over \(times.microseconds.count) orders.")
        }
        if summary.kills > 0 {
            let times = summary.kills == 1 ? "once" : "\(summary.kills) times"
            lines.append("  The gateway was killed \(times) during the day. The tills went on by themselves.")
        }
        lines.append(
            "  Head office has every receipt: \(summary.verdict.lost) lost, \(summary.verdict.duplicates) doubled. "
                + "The gateway's books \(summary.audit?.findings.isEmpty == true ? "add up" : "DO NOT add up").")
        lines.append("  \(summary.shiftsClosed) shifts were closed, and nothing was missing in any.")
        if !isGood { lines += ["", "What went WRONG", summary.text()] }
        if ordersLeft > 0 { lines.append("\(ordersLeft) orders have not come to their end") }
        lines += [
            "", "Where to look next",
            "  \(out)/upstream.ndjson   every receipt as head office received it, one on each line",
            "  \(out)/summary.json      the day in figures",
            "  \(out)/run/logs          what each program said",
            "  README.md                  a gateway of your own in five minutes, and how to talk to it by hand",
            "  protocol-spec/README.md    how a till talks to the gateway",
        ]
        return lines.joined(separator: "\n")
    }
}
