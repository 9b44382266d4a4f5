import Retail

extension [LotMovement] {
    /// The movements in words, a line each: what a shop manager reads under an explained receipt. Nothing when there are
    /// none.
    ///
    /// - Parameters:
    ///   - style: Russian or English; other languages fall back to English.
    ///   - lastDay: the store's last day before a moment.
    public func text(_ style: TraceStyle, lastDay: (Instant) -> CalendarDate) -> String {
        guard !isEmpty else { return "" }
        let isRussian = style.language.rawValue == Language.russian.rawValue
        let heading = isRussian ? "Движения баллов:" : "Movements of points:"
        return ([heading] + map { $0.line(style, isRussian, lastDay) }).joined(separator: "\n") + "\n"
    }
}

extension LotMovement {
    fileprivate func line(
        _ style: TraceStyle, _ isRussian: Bool, _ lastDay: (Instant) -> CalendarDate
    ) -> String {
        var line = "  \(points > 0 ? "+" : "")\(points) \(reason.words(isRussian))"
        guard let lot else { return line + (isRussian ? ", долг" : ", debt") }
        line += isRussian ? ", партия \(lot.number)" : ", lot \(lot.number)"
        if points > 0, let activeFrom, activeFrom != Lot.uponFirstPurchase {
            line += (isRussian ? ", доступны с " : ", can be spent from ") + style.localTime(activeFrom)
        }
        if let expiresAt { line += (isRussian ? ", последний день " : ", last day ") + lastDay(expiresAt).iso }
        return line
    }
}

extension LedgerEntry.Reason {
    fileprivate func words(_ isRussian: Bool) -> String {
        switch self {
        case .earned: isRussian ? "начислено" : "earned"
        case .spent: isRussian ? "списано" : "spent"
        case .reversed: isRussian ? "снято по возврату" : "taken back by a return"
        case .restored: isRussian ? "возвращено покупателю" : "given back by a return"
        case .burnt: isRussian ? "сгорело" : "burnt"
        case .debtRepaid: isRussian ? "погашение долга" : "debt repaid"
        case .mergedAway: isRussian ? "перенесено при объединении" : "moved away by a merge"
        case .mergedIn: isRussian ? "получено при объединении" : "came by a merge"
        case .corrected: isRussian ? "исправление" : "correction"
        }
    }
}
