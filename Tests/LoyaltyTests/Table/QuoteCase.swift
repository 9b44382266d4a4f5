import Foundation
import Retail

@testable import Loyalty

/// A case of the table: a basket, what is known around it, and what must come out. See the files in `Cases`.
struct QuoteCase: Decodable {
    var name: String
    var request: CaseRequest
    var expected: CaseAnswer

    /// All cases of a file, in its order.
    static func all(in file: URL) throws -> [QuoteCase] {
        try JSONDecoder().decode([QuoteCase].self, from: Data(contentsOf: file))
    }

    func answered() throws -> CaseAnswer {
        CaseAnswer(try quote(request.basket(), in: request.context(), programme: request.programme.validated()))
    }
}

/// What a till would ask.
struct CaseRequest: Decodable {
    struct Customer: Decodable {
        var external: String?
        var segment: String?
        var birthday: String?
        var turnover: Int64
        var available: Int64
        var purchases: Int64?
        var promotionUses: [String: Int64]?

        private enum CodingKeys: String, CodingKey {
            case external, segment, birthday, turnover, available, purchases
            case promotionUses = "promotion_uses"
        }
    }

    struct Line: Decodable {
        var sku: String
        var quantity: String
        var price: Int64
        var discount: Int64?
        var category: String?
        var brand: String?
        var tags: [String]?
        var minimumPrice: Int64?

        private enum CodingKeys: String, CodingKey {
            case sku, quantity, price, discount, category, brand, tags
            case minimumPrice = "min_price"
        }
    }

    /// A whole document, or the name of one of the examples.
    enum CaseProgramme: Decodable {
        case document(ProgrammeDocument)
        case example(String)

        init(from decoder: any Decoder) throws {
            if let name = try? decoder.singleValueContainer().decode(String.self) {
                self = .example(name)
            } else {
                self = .document(try ProgrammeDocument(from: decoder))
            }
        }

        func validated() throws -> Programme {
            switch self {
            case .document(let document): try Programme(validating: document, hash: "case")
            case .example(let name): try ExampleProgrammes.named(name)
            }
        }
    }

    var programme: CaseProgramme
    var store: String?
    var channel: String?
    var at: String
    var secondsFromUTC: Int?
    var spend: Int64?
    var coupons: [String]?
    var customer: Customer?
    var promotionTotals: [String: Int64]?
    var lines: [Line]

    private enum CodingKeys: String, CodingKey {
        case programme, store, channel, at, spend, coupons, customer, lines
        case secondsFromUTC = "utc_offset_seconds"
        case promotionTotals = "promotion_totals"
    }

    /// What a case says that cannot be read.
    struct Unreadable: Error {
        var text: String
    }

    func context() throws -> QuoteContext {
        guard let instant = Instant(rfc3339: at) else { throw Unreadable(text: at) }
        guard let channel = Channel(rawValue: channel ?? "till") else { throw Unreadable(text: channel ?? "") }
        return QuoteContext(
            store: store ?? "", channel: channel, at: instant, secondsFromUTC: secondsFromUTC ?? 0,
            shopper: customer.map { customer in
                Shopper(
                    standing: Standing(
                        turnover: Money(minorUnits: customer.turnover), pointsAvailable: customer.available),
                    external: customer.external, segment: customer.segment,
                    birthday: customer.birthday.flatMap { CalendarDate(iso: $0) }, purchases: customer.purchases ?? 0,
                    promotionUses: customer.promotionUses ?? [:])
            },
            spend: spend ?? 0, coupons: coupons ?? [], promotionTotals: promotionTotals ?? [:])
    }

    func basket() throws -> [BasketLine] {
        try lines.map { line in
            BasketLine(
                sku: line.sku, quantity: try Quantity.parse(decimal: line.quantity),
                price: Money(minorUnits: line.price), tillDiscount: Money(minorUnits: line.discount ?? 0),
                category: line.category, brand: line.brand, tags: line.tags ?? [],
                minimumPrice: line.minimumPrice.map { Money(minorUnits: $0) })
        }
    }
}

/// What comes out of a case.
struct CaseAnswer: Decodable, Equatable {
    struct Part: Decodable, Equatable {
        var origin: String
        var id: String?
        var amount: Int64
    }

    struct Line: Decodable, Equatable {
        var amount: Int64
        var taken: [Part]
        var earned: Int64
    }

    struct Extra: Decodable, Equatable {
        var origin: String
        var id: String?
        var points: Int64
    }

    struct Points: Decodable, Equatable {
        var available: Int64
        var spendable: Int64
        var spent: Int64
        var earned: Int64
        var base: Int64
        var extra: [Extra]
    }

    var lines: [Line]
    var subtotal: Int64
    var discount: Int64
    var total: Int64
    var points: Points
    var tier: String?
    var tierAfter: String?

    private enum CodingKeys: String, CodingKey {
        case lines, subtotal, discount, total, points, tier
        case tierAfter = "tier_after"
    }

    init(_ quote: Quote) {
        lines = quote.lines.map { line in
            Line(
                amount: line.amount.minorUnits,
                taken: line.taken.map { Part(origin: $0.origin.rawValue, id: $0.id, amount: $0.amount.minorUnits) },
                earned: line.earned)
        }
        subtotal = quote.subtotal.minorUnits
        discount = quote.discount.minorUnits
        total = quote.total.minorUnits
        points = Points(
            available: quote.available, spendable: quote.spendable, spent: quote.spent, earned: quote.earned,
            base: quote.base,
            extra: quote.extra.map { Extra(origin: $0.origin.rawValue, id: $0.id, points: $0.points) })
        tier = quote.tier?.name
        tierAfter = quote.tierAfter?.name
    }
}
