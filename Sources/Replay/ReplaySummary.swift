import LineProtocol
import Retail

/// What a run has shown, for people and for scripts.
public struct ReplaySummary: Sendable {
    /// The verdict of the gateway's own books.
    public struct Audit: Hashable, Sendable {
        /// Contradictions in the journal.
        public let findings: [String]
        /// How many of what were read, and what is owed in points, by the names of the protocol's AUDIT.
        public let checked: [String: Int64]

        /// A verdict.
        public init(findings: [String], checked: [String: Int64]) {
            self.findings = findings
            self.checked = checked
        }
    }

    /// What stands in the books beside the receipts, in the order in which it is told.
    private static let bookNames: [StaticString] = [
        "points_liability", "points_pending", "points_debt", "lots", "holds",
    ]

    /// What two runs of the same days may differ in: who was served first decides who finds points to spend, which tier a
    /// sale is rated by, and who is among the first hundred. Everything else is the same in every run.
    private static let orderDependent = [
        "discount_points", "net_sales", "discount_returns", "net_returns", "points_earned", "points_spent",
        "points_liability", "points_pending", "points_debt", "lots", "seconds", "checked_after_kills",
    ]

    /// Upstream against the files.
    public let verdict: ReplayVerdict
    /// The gateway's own books; nil when they could not be read.
    public let audit: Audit?
    /// Points that every new customer got.
    public let welcomePoints: Int64
    /// From the first receipt to the last one's arrival upstream.
    public let milliseconds: Int64
    /// How often the gateway was killed.
    public let kills: Int
    /// Acknowledged receipts that the gateway was asked about after a kill.
    public let receiptsChecked: Int
    /// Tills that rang up.
    public let tills: Int
    /// Shifts that tills have closed with nothing missing.
    public let shiftsClosed: Int
    /// Registers that ended badly, and everything else that is not a matter of receipts.
    public let troubles: [String]

    /// What a run has shown.
    public init(
        verdict: ReplayVerdict, audit: Audit?, welcomePoints: Int64, milliseconds: Int64, kills: Int,
        receiptsChecked: Int = 0, tills: Int, shiftsClosed: Int = 0, troubles: [String]
    ) {
        self.verdict = verdict
        self.audit = audit
        self.welcomePoints = welcomePoints
        self.milliseconds = milliseconds
        self.kills = kills
        self.receiptsChecked = receiptsChecked
        self.tills = tills
        self.shiftsClosed = shiftsClosed
        self.troubles =
            kills > 0 && receiptsChecked == 0
            ? troubles + ["the gateway was killed, and was never asked about an acknowledged receipt"] : troubles
    }

    /// Whether nothing at all is wrong.
    public var isClean: Bool {
        findings.isEmpty && troubles.isEmpty && audit?.findings.isEmpty == true
    }

    /// Every disagreement of upstream with the files, and of the books with upstream.
    public var findings: [ReplayFinding] {
        verdict.findings + [pointsFinding].compactMap(\.self)
    }

    /// Points come from nowhere but welcomes and receipts, so what the books hold must be their sum.
    private var pointsFinding: ReplayFinding? {
        guard let liability = audit?.checked["points_liability"], let debt = audit?.checked["points_debt"] else {
            return nil
        }
        let expected = welcomed &+ verdict.totals.earned &- verdict.totals.spent
        let found = liability &- debt
        return expected == found ? nil : .points(expected: expected, found: found)
    }

    private var welcomed: Int64 { welcomePoints &* (audit?.checked["customers"] ?? 0) }

    private var netSales: Money {
        Money(
            minorUnits: verdict.totals.grossSales.minorUnits &- verdict.totals.promotions.minorUnits
                &- verdict.totals.paidWithPoints.minorUnits)
    }

    private var netReturns: Money {
        Money(minorUnits: verdict.totals.grossReturns.minorUnits &- verdict.totals.offReturns.minorUnits)
    }

    /// One JSON object; money in minor units, `seconds` with three decimals.
    public var json: [UInt8] {
        let writer = ByteWriter()
        let totals = verdict.totals
        writer.beginObject()
        writer.field("receipts", totals.receipts)
        writer.field("sales", totals.sales)
        writer.field("returns", totals.returns)
        writer.field("lines", totals.lines)
        writer.field("gross_sales", totals.grossSales)
        writer.field("gross_returns", totals.grossReturns)
        writer.field("discount_promotions", totals.promotions)
        writer.field("discount_points", totals.paidWithPoints)
        writer.field("net_sales", netSales)
        writer.field("discount_returns", totals.offReturns)
        writer.field("net_returns", netReturns)
        writer.field("customers", totals.customers)
        writer.field("points_welcome", welcomed)
        writer.field("points_earned", totals.earned)
        writer.field("points_spent", totals.spent)
        for name in Self.bookNames { writer.optionalField(name, audit?.checked["\(name)"]) }
        writer.field("duplicates", verdict.duplicates)
        writer.field("lost", verdict.lost)
        Array(seconds.utf8).withUnsafeBytes { writer.field("seconds", raw: $0) }
        writer.field("tills", tills)
        writer.field("kills", kills)
        writer.field("shifts_closed", shiftsClosed)
        writer.field("checked_after_kills", receiptsChecked)
        writer.field("audit", audit.map { $0.findings.isEmpty ? "clean" : "findings" } ?? "not done")
        writer.field("differs_between_runs", Self.orderDependent)
        writer.field("disagreements", findings.map(\.description) + (audit?.findings ?? []) + troubles)
        writer.endObject()
        writer.append(byte: UInt8(ascii: "\n"))
        return Array(writer.bytes)
    }

    /// The run's length in seconds, three decimals.
    public var seconds: String {
        let rest = "\(milliseconds % 1_000)"
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// A few lines for people, the disagreements first among equals and never more than `findingsShown` of them.
    public func text(findingsShown: Int = 20) -> String {
        let totals = verdict.totals
        var lines = [
            "\(totals.receipts) receipts reached upstream: \(totals.sales) sales of \(totals.grossSales.decimalText()), "
                + "\(totals.returns) returns of \(totals.grossReturns.decimalText())",
            "\(totals.lines) lines, \(totals.customers) customers, \(tills) tills, \(seconds) s, "
                + "the gateway was killed \(kills) times"
                + (receiptsChecked > 0 ? " and asked about \(receiptsChecked) acknowledged receipts" : ""),
            "promotions took off \(totals.promotions.decimalText()), points paid \(totals.paidWithPoints.decimalText()), "
                + "\(netSales.decimalText()) were paid; \(totals.linkedReturns) returns of a known sale",
            "\(verdict.lost) lost, \(verdict.duplicates) doubled; "
                + "\(shiftsClosed) shifts were closed with nothing missing",
        ]
        if let audit { lines.append(pointsText(audit)) }
        switch audit {
        case nil: lines.append("audit: not done")
        case let audit? where audit.findings.isEmpty: lines.append("audit: everything adds up")
        case let audit?: lines += audit.findings.prefix(findingsShown).map { "audit: \($0)" }
        }
        lines += troubles.prefix(findingsShown).map { "trouble: \($0)" }
        lines += findings.prefix(findingsShown).map { "disagreement: \($0)" }
        if findings.count > findingsShown {
            lines.append("... and \(findings.count - findingsShown) more; all are in summary.json")
        }
        lines.append(isClean ? "upstream and files agree to the penny" : "upstream and files DISAGREE")
        return lines.joined(separator: "\n")
    }

    private func pointsText(_ audit: Audit) -> String {
        func number(_ name: String) -> Int64 { audit.checked[name] ?? 0 }
        return
            "points: \(welcomed) given as a welcome, \(verdict.totals.earned) earned, \(verdict.totals.spent) spent; "
            + "\(number("points_liability")) owed in \(number("lots")) lots, "
            + "\(number("points_pending")) of them pending; \(number("points_debt")) in debt, "
            + "\(number("holds")) holds in force"
    }
}
