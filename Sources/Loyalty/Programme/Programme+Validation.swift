import Retail

extension Programme {
    /// Checks a document whole: one bad value and there is no programme, so the one in force stays.
    ///
    /// - Parameters:
    ///   - document: the programme as read.
    ///   - hash: a hash of the document's bytes, made by the caller; answers carry it.
    /// - Throws: the first thing that is wrong, with its path.
    public convenience init(validating document: ProgrammeDocument, hash: String) throws(ProgrammeError) {
        try Programme.checkValues(document)
        let tiers = try Programme.tiers(document.tiers)
        try Programme.checkPromotions(document, tiers: tiers)
        self.init(checked: document, tiers: tiers, hash: hash)
    }

    private static func checkValues(_ document: ProgrammeDocument) throws(ProgrammeError) {
        try check(document.id, isIdentifierAt: "id")
        try check(Int64(document.version), at: "version", in: 1...ProgrammeLimits.versionMaximum)
        guard document.currency.utf8.count == 3,
            document.currency.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw ProgrammeError(path: "currency", reason: .notACurrency) }
        try check(document.pointValue, at: "point_value", in: 1...ProgrammeLimits.pointValueMaximum)
        try check(Int64(document.maxRedeem), at: "max_redeem", in: 0...BasisPoints.whole)
        try check(
            document.quoteLifetimeMilliseconds, at: "quote_lifetime_ms", in: 1...ProgrammeLimits.quoteLifetimeMaximum)
        try check(document.excludedSKUs.count, at: "excluded_skus", in: 0...ProgrammeLimits.listMaximum)
        for (index, sku) in document.excludedSKUs.enumerated() {
            try check(sku, isIdentifierAt: "excluded_skus[\(index)]")
        }
        try check(document.minimumPrices.count, at: "min_prices", in: 0...ProgrammeLimits.listMaximum)
        for (sku, price) in document.minimumPrices.sorted(by: { $0.key < $1.key }) {
            try check(sku, isIdentifierAt: "min_prices.\(sku)")
            try check(price, at: "min_prices.\(sku)", in: 0...ProgrammeLimits.amountMaximum)
        }
        for (index, pair) in zip(document.thresholds, document.thresholds.dropFirst()).enumerated()
        where pair.1.amount <= pair.0.amount {
            throw ProgrammeError(path: "thresholds[\(index + 1)].amount", reason: .notAscending)
        }
    }

    /// What a promotion alone cannot know: whether its id is free, its tiers exist and its segments come here.
    private static func checkPromotions(_ document: ProgrammeDocument, tiers: [Tier]) throws(ProgrammeError) {
        var ids: Set<String> = document.birthday?.discount == nil ? [] : [Birthday.promotionID]
        let names = Set(tiers.map(\.name))
        for (index, promotion) in document.promotions.enumerated() {
            let path = "promotions[\(index)]"
            guard ids.insert(promotion.id).inserted else {
                throw ProgrammeError(path: "\(path).id", reason: .duplicate)
            }
            for (number, tier) in (promotion.conditions.tiers ?? []).enumerated() where !names.contains(tier) {
                throw ProgrammeError(path: "\(path).when.tiers[\(number)]", reason: .notDefined(tier))
            }
            if let wanted = promotion.conditions.segments, let own = document.segments,
                let stranger = wanted.subtracting(own).min()
            {
                throw ProgrammeError(
                    path: "\(path).when.segments",
                    reason: .contradicts("names \(stranger), whose customers do not have this programme"))
            }
        }
    }

    private static func tiers(_ documents: [ProgrammeDocument.TierDocument]) throws(ProgrammeError) -> [Tier] {
        try check(documents.count, at: "tiers", in: 1...ProgrammeLimits.tiersMaximum)
        var tiers: [Tier] = []
        for (index, document) in documents.enumerated() {
            let path = "tiers[\(index)]"
            try check(document.name.count, at: "\(path).name", in: 1...ProgrammeLimits.textCharactersMaximum)
            if tiers.contains(where: { $0.name == document.name }) {
                throw ProgrammeError(path: "\(path).name", reason: .duplicate)
            }
            try check(document.threshold, at: "\(path).threshold", in: 0...ProgrammeLimits.amountMaximum)
            if index == 0, document.threshold != 0 {
                throw ProgrammeError(path: "\(path).threshold", reason: .firstTierNotAtZero)
            }
            if let before = tiers.last, document.threshold <= before.threshold.minorUnits {
                throw ProgrammeError(path: "\(path).threshold", reason: .notAscending)
            }
            try check(Int64(document.earnRate), at: "\(path).earn_rate", in: 0...BasisPoints.whole)
            tiers.append(
                Tier(
                    name: document.name, threshold: Money(minorUnits: document.threshold),
                    earnRate: BasisPoints(value: document.earnRate)))
        }
        return tiers
    }
}

private func check(_ text: String, isIdentifierAt path: String) throws(ProgrammeError) {
    guard ReceiptKey.isIdentifier(text) else { throw ProgrammeError(path: path, reason: .notAnIdentifier) }
}

private func check(_ value: Int64, at path: String, in range: ClosedRange<Int64>) throws(ProgrammeError) {
    guard range.contains(value) else {
        throw ProgrammeError(path: path, reason: .outOfRange(minimum: range.lowerBound, maximum: range.upperBound))
    }
}

private func check(_ count: Int, at path: String, in range: ClosedRange<Int>) throws(ProgrammeError) {
    guard range.contains(count) else {
        throw ProgrammeError(path: path, reason: .badCount(minimum: range.lowerBound, maximum: range.upperBound))
    }
}
