import Loyalty
import ProgrammeFiles
import Retail

/// The customer of a visit, as a file says.
///
/// `external`, `segment`, `birthday`, `turnover` (minor units), `available` (points), `purchases` before this one,
/// `promotion_uses` by id. All may be left out; nothing else is known.
package struct VisitCustomer: Decodable, Sendable {
    /// What the rules know of the customer.
    package let shopper: Shopper

    /// Reads the members, checked.
    package init(from decoder: any Decoder) throws {
        let fields = try DocumentFields(decoder)
        let external = try fields.optionalText("external")
        let segment = try fields.optionalText("segment")
        let birthday = try fields.optional("birthday", as: String.self).map { text in
            guard let day = CalendarDate(iso: text) else { throw fields.refusal("birthday", .notATime) }
            return day
        }
        let turnover = try fields.optional("turnover", as: Int64.self) ?? 0
        let available = try fields.optionalInteger("available", in: 0...Int64.max) ?? 0
        let purchases = try fields.optionalInteger("purchases", in: 0...Int64.max) ?? 0
        let uses = try fields.optional("promotion_uses", as: [String: Int64].self) ?? [:]
        try fields.refuseOthers()
        shopper = Shopper(
            standing: Standing(turnover: Money(minorUnits: turnover), pointsAvailable: available), external: external,
            segment: segment, birthday: birthday, purchases: purchases, promotionUses: uses)
    }

    /// Reads a file.
    package static func read(_ file: String) throws(FileRefused) -> VisitCustomer {
        try DocumentFile.read(.customer, file)
    }
}
