import Loyalty
import ProgrammeFiles
import Retail

/// A visit that never took place: where, when, who, and what is in the basket.
package struct Visit: Sendable {
    /// The store.
    package var store: String
    /// Where the quote is asked for.
    package var channel: Channel
    /// The moment.
    package var at: Instant
    /// The clock in the store.
    package var clock: VisitClock
    /// The customer; `nil` for a walk-in.
    package var shopper: Shopper?
    /// The basket.
    package var basket: VisitBasket
    /// The language of the sheet and of the texts for displays.
    package var language: Language

    /// A visit.
    package init(
        store: String, channel: Channel = .till, at: Instant, clock: VisitClock, shopper: Shopper?,
        basket: VisitBasket, language: Language = .english
    ) {
        self.store = store
        self.channel = channel
        self.at = at
        self.clock = clock
        self.shopper = shopper
        self.basket = basket
        self.language = language
    }
}

/// What a programme makes of a visit, with every step. Needs no gateway, and changes nothing.
package struct TrialQuote: Sendable {
    /// The visit.
    package let visit: Visit
    /// The programme.
    package let programme: Programme
    /// The quote, the same that a till would get.
    package let quote: Quote
    /// Every step.
    package let trace: QuoteTrace

    /// Quotes the visit.
    ///
    /// - Throws: what cannot be quoted, with the field of the basket.
    package init(_ visit: Visit, programme: Programme) throws(QuoteError) {
        let context = QuoteContext(
            store: visit.store, channel: visit.channel, at: visit.at,
            secondsFromUTC: visit.clock.zone.secondsFromUTC(visit.at), shopper: visit.shopper,
            spend: visit.basket.spend, coupons: visit.basket.coupons, language: visit.language)
        self.visit = visit
        self.programme = programme
        (quote, trace) = try explainedQuote(visit.basket.lines, in: context, programme: programme)
    }
}
