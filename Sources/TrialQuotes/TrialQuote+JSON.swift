import Foundation
import Loyalty
import Retail

extension TrialQuote {
    /// One JSON object on one line: the fields of the answer to QUOTE but its id, further `promotions`, `gifts`, `tier`,
    /// `points.base` and `points.extra`, and the `trace`, whose lines are counted from 0.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(TrialQuoteDocument(self)), as: UTF8.self)
    }
}

/// The names of the wire protocol, which programs that read quotes know already.
private struct TrialQuoteDocument: Encodable {
    struct Taking: Encodable {
        var origin: String
        var id: String?
        var amount: Int64
    }

    struct Line: Encodable {
        var line: Int
        var amount: Int64
        var taken: [Taking]
        var earned: Int64
        var spent: Int64
    }

    struct Points: Encodable {
        var available: Int64
        var spendable: Int64
        var spent: Int64
        var earned: Int64
        var base: Int64
        var extra: [ExtraPoints]
    }

    struct Applied: Encodable {
        var id: String
        var name: String?
        var amount: Int64
        var points: Int64
    }

    struct Text: Encodable {
        var to: String
        var text: String
    }

    struct Rules: Encodable {
        var id: String
        var version: Int
        var hash: String
    }

    /// A name, or `null`: a walk-in has no tier, and the wire says so.
    struct Name: Encodable {
        var text: String?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if let text { try container.encode(text) } else { try container.encodeNil() }
        }
    }

    var lines: [Line]
    var subtotal: Int64
    var discount: Int64
    var total: Int64
    var points: Points
    var promotions: [Applied]
    var gifts: [String]
    var tier: Name
    var tierAfter: Name
    var messages: [Text]
    var rules: Rules
    var validUntil: String
    var trace: QuoteTrace

    init(_ trial: TrialQuote) {
        let quote = trial.quote
        lines = quote.lines.enumerated().map { index, line in
            Line(
                line: index + 1, amount: line.amount.minorUnits,
                taken: line.taken.map { Taking(origin: $0.origin.rawValue, id: $0.id, amount: $0.amount.minorUnits) },
                earned: line.earned, spent: line.spent)
        }
        subtotal = quote.subtotal.minorUnits
        discount = quote.discount.minorUnits
        total = quote.total.minorUnits
        points = Points(
            available: quote.available, spendable: quote.spendable, spent: quote.spent, earned: quote.earned,
            base: quote.base, extra: quote.extra)
        promotions = quote.promotions.map {
            Applied(id: $0.id, name: $0.name, amount: $0.amount.minorUnits, points: $0.points)
        }
        gifts = quote.missingGifts
        tier = Name(text: quote.tier?.name)
        tierAfter = Name(text: quote.tierAfter?.name)
        messages = quote.messages.map { Text(to: $0.audience.rawValue, text: $0.text) }
        rules = Rules(id: quote.rules.id, version: quote.rules.version, hash: quote.rules.hash)
        validUntil = quote.validUntil.rfc3339
        trace = trial.trace
    }
}
