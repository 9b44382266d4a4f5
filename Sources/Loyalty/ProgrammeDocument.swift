/// A loyalty programme as it stands in its file: read, but not checked yet.
///
/// Decodable from YAML or JSON by the caller's decoder; `Programme(validating:hash:)` checks it. Amounts are whole
/// minor units, rates are basis points. Fields that are not known are kept in `unknownFields` and refused when
/// checked: a misspelt `max_redem` must not quietly become the default.
public struct ProgrammeDocument: Decodable, Hashable, Sendable {
    /// A tier as written in the file.
    public struct TierDocument: Decodable, Hashable, Sendable {
        /// `name`.
        public var name: String
        /// `threshold`: net turnover in minor units.
        public var threshold: Int64
        /// `earn_rate`: basis points.
        public var earnRate: Int
        var unknownFields: [String] = []
    }

    /// `id`.
    public var id: String
    /// `version`.
    public var version: Int
    /// `currency`: an ISO 4217 code.
    public var currency: String
    /// `point_value`: minor units that a point is worth; 100 when not given.
    public var pointValue: Int64
    /// `tiers`, ascending from a threshold of 0.
    public var tiers: [TierDocument]
    /// `max_redeem`: the largest part of a line that points may pay, in basis points; 0 when not given.
    public var maxRedeem: Int
    /// `excluded_skus`: products without points.
    public var excludedSKUs: [String]
    /// `quote_lifetime_ms`; 900,000 (15 minutes) when not given.
    public var quoteLifetimeMilliseconds: Int64
    var unknownFields: [String] = []
}

extension ProgrammeDocument {
    private enum Field: String, CaseIterable {
        case id, version, currency, tiers
        case pointValue = "point_value"
        case maxRedeem = "max_redeem"
        case excludedSKUs = "excluded_skus"
        case quoteLifetime = "quote_lifetime_ms"
    }

    /// Reads the document; a missing field or one of another type is the decoder's error.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyField.self)
        id = try container.decode(String.self, forKey: AnyField(Field.id))
        version = try container.decode(Int.self, forKey: AnyField(Field.version))
        currency = try container.decode(String.self, forKey: AnyField(Field.currency))
        pointValue = try container.decodeIfPresent(Int64.self, forKey: AnyField(Field.pointValue)) ?? 100
        tiers = try container.decode([TierDocument].self, forKey: AnyField(Field.tiers))
        maxRedeem = try container.decodeIfPresent(Int.self, forKey: AnyField(Field.maxRedeem)) ?? 0
        excludedSKUs = try container.decodeIfPresent([String].self, forKey: AnyField(Field.excludedSKUs)) ?? []
        quoteLifetimeMilliseconds =
            try container.decodeIfPresent(Int64.self, forKey: AnyField(Field.quoteLifetime)) ?? 900_000
        unknownFields = container.unknownFields(besides: Field.self)
    }
}

extension ProgrammeDocument.TierDocument {
    private enum Field: String, CaseIterable {
        case name, threshold
        case earnRate = "earn_rate"
    }

    /// Reads one tier.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyField.self)
        name = try container.decode(String.self, forKey: AnyField(Field.name))
        threshold = try container.decode(Int64.self, forKey: AnyField(Field.threshold))
        earnRate = try container.decode(Int.self, forKey: AnyField(Field.earnRate))
        unknownFields = container.unknownFields(besides: Field.self)
    }
}

/// Any member name: a keyed container of an enum's names would hide the ones that are not known.
private struct AnyField: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(_ field: some RawRepresentable<String>) {
        stringValue = field.rawValue
    }

    init?(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}

extension KeyedDecodingContainer<AnyField> {
    fileprivate func unknownFields<Field: RawRepresentable<String> & CaseIterable>(
        besides known: Field.Type
    ) -> [String] {
        let names = Set(known.allCases.map(\.rawValue))
        return allKeys.map(\.stringValue).filter { !names.contains($0) }.sorted()
    }
}
