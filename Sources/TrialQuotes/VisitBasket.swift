import Loyalty
import ProgrammeFiles
import Retail

/// The basket of a visit, as a file says: `lines`, and if wanted `coupons` and points to `spend`; or a list of lines alone.
///
/// A line has `sku`, `quantity` (a number or its digits), `price` (minor units), and if wanted `name`, `discount`,
/// `category`, `brand`, `tags` and `min_price`.
package struct VisitBasket: Decodable, Sendable {
    /// The lines.
    package let lines: [BasketLine]
    /// The products' names, a line each.
    package let names: [String?]
    /// The coupon codes that are shown.
    package var coupons: [String] = []
    /// The points that the customer asks to spend.
    package var spend: Int64 = 0

    /// As many as a till may send.
    static let linesMaximum = 1_200

    /// Reads an object or a list, checked.
    package init(from decoder: any Decoder) throws {
        let lines: [Line]
        if let list = try? decoder.unkeyedContainer() {
            lines = try [Line](from: decoder)
            guard (1...Self.linesMaximum).contains(list.count ?? lines.count) else {
                throw ProgrammeError(path: "", reason: .badCount(minimum: 1, maximum: Self.linesMaximum))
            }
        } else {
            let fields = try DocumentFields(decoder)
            guard let found = try fields.list("lines", of: Line.self, count: 1...Self.linesMaximum) else {
                throw fields.refusal("lines", .missing)
            }
            lines = found
            coupons = try fields.optional("coupons") ?? []
            spend = try fields.optionalInteger("spend", in: 0...Int64.max) ?? 0
            try fields.refuseOthers()
        }
        self.lines = lines.map(\.line)
        names = lines.map(\.name)
    }

    /// Reads a file.
    package static func read(_ file: String) throws(FileRefused) -> VisitBasket {
        try DocumentFile.read(.basket, file)
    }

    private struct Line: Decodable {
        let line: BasketLine
        let name: String?

        init(from decoder: any Decoder) throws {
            let fields = try DocumentFields(decoder)
            let sku = try fields.text("sku")
            guard let quantity = try fields.optionalQuantity("quantity") else {
                throw fields.refusal("quantity", .missing)
            }
            name = try fields.optional("name")
            line = BasketLine(
                sku: sku, quantity: quantity, price: try fields.money("price"),
                tillDiscount: try fields.optionalMoney("discount") ?? .zero, category: try fields.optional("category"),
                brand: try fields.optional("brand"), tags: try fields.optional("tags") ?? [],
                minimumPrice: try fields.optionalMoney("min_price"))
            try fields.refuseOthers()
        }
    }
}
