import LineProtocol
import Retail

/// What a run has shown, for people and for scripts.
public struct ReplaySummary: Sendable {
    /// The verdict of the gateway's own books.
    public struct Audit: Hashable, Sendable {
        /// Contradictions in the journal.
        public let findings: [String]

        /// A verdict.
        public init(findings: [String]) {
            self.findings = findings
        }
    }

    /// Upstream against the files.
    public let verdict: ReplayVerdict
    /// The gateway's own books; nil when they could not be read.
    public let audit: Audit?
    /// From the first receipt to the last one's arrival upstream.
    public let milliseconds: Int64
    /// How often the gateway was killed.
    public let kills: Int
    /// Tills that rang up.
    public let tills: Int
    /// Registers that ended badly, and everything else that is not a matter of receipts.
    public let troubles: [String]

    /// What a run has shown.
    public init(
        verdict: ReplayVerdict, audit: Audit?, milliseconds: Int64, kills: Int, tills: Int, troubles: [String]
    ) {
        self.verdict = verdict
        self.audit = audit
        self.milliseconds = milliseconds
        self.kills = kills
        self.tills = tills
        self.troubles = troubles
    }

    /// Whether nothing at all is wrong.
    public var isClean: Bool {
        verdict.findings.isEmpty && troubles.isEmpty && audit?.findings.isEmpty == true
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
        writer.field("customers", totals.customers)
        writer.field("duplicates", verdict.duplicates)
        writer.field("lost", verdict.lost)
        Array(seconds.utf8).withUnsafeBytes { writer.field("seconds", raw: $0) }
        writer.field("tills", tills)
        writer.field("kills", kills)
        writer.field("audit", audit.map { $0.findings.isEmpty ? "clean" : "findings" } ?? "not done")
        writer.field("disagreements", verdict.findings.map(\.description) + (audit?.findings ?? []) + troubles)
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
                + "the gateway was killed \(kills) times",
            "\(verdict.lost) lost, \(verdict.duplicates) doubled",
        ]
        switch audit {
        case nil: lines.append("audit: not done")
        case let audit? where audit.findings.isEmpty: lines.append("audit: everything adds up")
        case let audit?: lines += audit.findings.prefix(findingsShown).map { "audit: \($0)" }
        }
        lines += troubles.prefix(findingsShown).map { "trouble: \($0)" }
        lines += verdict.findings.prefix(findingsShown).map { "disagreement: \($0)" }
        if verdict.findings.count > findingsShown {
            lines.append("... and \(verdict.findings.count - findingsShown) more; all are in summary.json")
        }
        lines.append(isClean ? "upstream and files agree to the penny" : "upstream and files DISAGREE")
        return lines.joined(separator: "\n")
    }
}
