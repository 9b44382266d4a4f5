import Foundation
import Retail

/// The clock on the wall of the store that a visit is to: it reads what people write, and writes what they read.
package struct VisitClock: Sendable {
    /// The zone's IANA name.
    package let name: String
    /// The store's own time.
    package let zone: StoreZone

    /// The clock of a zone such as `Europe/Moscow`; `nil` when there is no such zone.
    package init?(zone name: String) {
        guard let timeZone = TimeZone(identifier: name) else { return nil }
        self.name = name
        zone = StoreZone { instant in
            timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.millisecondsSinceEpoch / 1_000)))
        }
    }

    /// Reads an RFC 3339 instant, or what the clock shows: `2026-11-22T20:30`, with seconds if wanted.
    package func instant(_ text: String) -> Instant? {
        if let instant = Instant(rfc3339: text) { return instant }
        let minuteCharacters = 16
        let asUTC = text.utf8.count == minuteCharacters ? text + ":00Z" : text + "Z"
        guard let shown = Instant(rfc3339: asUTC) else { return nil }
        // Twice, because the offset is that of the moment wanted, which the first guess may miss by the offset itself.
        let guess = shown.adding(milliseconds: -milliseconds(at: shown))
        return shown.adding(milliseconds: -milliseconds(at: guess))
    }

    /// The time of day that the clock shows: `20:30`.
    package func timeOfDay(at instant: Instant) -> String {
        String(instant.adding(milliseconds: milliseconds(at: instant)).rfc3339.dropFirst(11).prefix(5))
    }

    private func milliseconds(at instant: Instant) -> Int64 { Int64(zone.secondsFromUTC(instant)) * 1_000 }
}
