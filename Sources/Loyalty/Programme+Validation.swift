import Retail

extension Programme {
    private static let versionMaximum: Int64 = 2_147_483_647
    private static let pointValueMaximum: Int64 = 1_000_000_000
    private static let thresholdMaximum: Int64 = 9_000_000_000_000_000
    private static let tiersMaximum = 32
    private static let nameCharactersMaximum = 64
    private static let excludedSKUsMaximum = 100_000
    private static let quoteLifetimeMaximum: Int64 = 86_400_000

    /// Checks a document whole: one bad value and there is no programme, so the one in force stays.
    ///
    /// - Parameters:
    ///   - document: the programme as read.
    ///   - hash: a hash of the document's bytes, made by the caller; answers carry it.
    /// - Throws: the first thing that is wrong, with its path.
    public init(validating document: ProgrammeDocument, hash: String) throws(ProgrammeError) {
        if let field = document.unknownFields.first { throw ProgrammeError(path: field, reason: .unknownField) }
        try check(document.id, isIdentifierAt: "id")
        try check(Int64(document.version), at: "version", in: 1...Programme.versionMaximum)
        guard document.currency.utf8.count == 3,
            document.currency.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw ProgrammeError(path: "currency", reason: .notACurrency) }
        try check(document.pointValue, at: "point_value", in: 1...Programme.pointValueMaximum)
        try check(Int64(document.maxRedeem), at: "max_redeem", in: 0...BasisPoints.whole)
        try check(
            document.quoteLifetimeMilliseconds, at: "quote_lifetime_ms", in: 1...Programme.quoteLifetimeMaximum)
        try check(document.excludedSKUs.count, at: "excluded_skus", in: 0...Programme.excludedSKUsMaximum)
        for (index, sku) in document.excludedSKUs.enumerated() {
            try check(sku, isIdentifierAt: "excluded_skus[\(index)]")
        }
        self.init(
            id: document.id, version: document.version, hash: hash, currency: document.currency,
            pointValue: Money(minorUnits: document.pointValue), tiers: try Programme.tiers(document.tiers),
            maxRedeem: BasisPoints(value: document.maxRedeem), excludedSKUs: Set(document.excludedSKUs),
            quoteLifetimeMilliseconds: document.quoteLifetimeMilliseconds)
    }

    private static func tiers(_ documents: [ProgrammeDocument.TierDocument]) throws(ProgrammeError) -> [Tier] {
        try check(documents.count, at: "tiers", in: 1...tiersMaximum)
        var tiers: [Tier] = []
        for (index, document) in documents.enumerated() {
            let path = "tiers[\(index)]"
            if let field = document.unknownFields.first {
                throw ProgrammeError(path: "\(path).\(field)", reason: .unknownField)
            }
            try check(document.name.count, at: "\(path).name", in: 1...nameCharactersMaximum)
            if tiers.contains(where: { $0.name == document.name }) {
                throw ProgrammeError(path: "\(path).name", reason: .duplicate)
            }
            try check(document.threshold, at: "\(path).threshold", in: 0...thresholdMaximum)
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
