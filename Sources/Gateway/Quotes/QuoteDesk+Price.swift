import Journal
import LineProtocol
import Loyalty
import Retail

extension QuoteDesk {
    /// What one unit of a product would cost the customer now, as a basket of nothing else, and which promotions make
    /// the difference to its list price; nothing when the catalogue has no price.
    func price(
        of product: ProductRecord, for customer: CustomerID, _ principal: Principal
    ) throws(Refusal) -> (price: Money?, taken: [LineDiscount]) {
        let clock = principal.calendar.clock(at: clock.now())
        let (shopper, programme) = try shopper(customer, holding: nil, at: clock)
        guard let price = product.price else { return (nil, []) }
        var context = QuoteContext(
            store: principal.store, channel: Channel(principal.role), at: clock.now,
            secondsFromUTC: clock.secondsFromUTC, shopper: shopper, language: principal.settings.language)
        if !programme.needs.totals.isEmpty { context.promotionTotals = promotionTotals.all }
        let line = BasketLine(
            sku: product.sku, quantity: .one, price: price, category: product.category, brand: product.brand,
            tags: product.tags, minimumPrice: product.minimumPrice)
        do throws(QuoteError) {
            let quoted = try quote([line], in: context, programme: programme).lines[0]
            return (
                quoted.amount,
                quoted.taken.map { LineDiscount(origin: $0.origin.rawValue, id: $0.id, amount: $0.amount) }
            )
        } catch {
            throw Refusal.badField(error.field, error.reason)
        }
    }
}
