import ArgumentParser
import Foundation
import Loyalty
import ProgrammeFiles
import Retail
import TrialQuotes

/// `tillgate quote`: what a programme makes of a basket, with every step. Needs no gateway.
struct QuoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quote",
        abstract: "Try a programme out: price a basket and show every step. Needs no gateway.",
        discussion: """
            Prints the receipt (what each line costs and who took what), the points and where they come from, then every \
            promotion with what it took or why it did not apply, then what the displays show. Changes nothing.

            A basket is {"lines": [...], "coupons": [...], "spend": 200} or the list of lines alone; a line has sku, \
            quantity, price (minor units) and, if known, name, discount, category, brand, tags, min_price. A customer has \
            any of external, segment, birthday, turnover (minor units), available, purchases, promotion_uses. Of a folder \
            of programmes the customer's segment chooses one.

            tillgate quote --programme programmes/examples/grocer.yaml \
            --customer programmes/examples/visits/anna.json --basket programmes/examples/visits/basket.json \
            --store S1 --at 2026-11-22T20:30
            """)

    @Option(help: "Programme, YAML or JSON, or a folder of them. (default: the built-in one)")
    var programme: String?
    @Option(help: "File with the customer; left out for a walk-in.")
    var customer: String?
    @Option(help: "File with the basket.")
    var basket: String
    @Option(help: "When: the store's time, 2026-11-22T20:30, or an instant, 2026-11-22T17:30:00Z.")
    var at: String
    @Option(help: "The store.")
    var store: String
    @Option(help: "Where the quote is asked for: till, app or web.")
    var channel = "till"
    @Option(help: "The store's time zone.")
    var zone = "Europe/Moscow"
    @Option(help: "Points that the customer asks to spend. (default: as in the basket)")
    var spend: Int64?
    @Option(
        name: .customLong("coupon"), parsing: .upToNextOption, help: "Coupon codes shown. (default: as in the basket)")
    var coupons: [String] = []
    @Option(help: "en, ru, or the language of a file in --texts.")
    var language = "en"
    @Option(help: "Folder with texts in other languages. (default: texts beside the programme)")
    var texts: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let visit: Visit
        do {
            visit = try self.visit()
            let programme = try ProgrammeFolder.programme(programme, segment: visit.shopper?.segment)
            let trial = try TrialQuote(visit, programme: programme)
            Console.result(json ? try trial.json() : QuoteSheet(trial).text)
        } catch let refused as FileRefused {
            throw Console.fail("\(refused)", .badInput)
        } catch let error as QuoteError {
            throw Console.fail("basket \(basket): \(error.field): \(error.reason)", .badInput)
        }
    }

    private func visit() throws -> Visit {
        guard let channel = Channel(rawValue: channel) else {
            throw Console.fail("--channel must be till, app or web", .validationFailure)
        }
        guard let clock = VisitClock(zone: zone) else {
            throw Console.fail("--zone \(zone) is no time zone such as Europe/Moscow", .validationFailure)
        }
        guard let at = clock.instant(at) else {
            throw Console.fail(
                "--at \(at) is no time such as 2026-11-22T20:30 or 2026-11-22T17:30:00Z", .validationFailure)
        }
        guard spend ?? 0 >= 0 else { throw Console.fail("--spend must not be less than 0", .validationFailure) }
        let language = try chosenLanguage()
        var basket = try VisitBasket.read(basket)
        if let spend { basket.spend = spend }
        if !coupons.isEmpty { basket.coupons = coupons }
        return Visit(
            store: store, channel: channel, at: at, clock: clock,
            shopper: try customer.map { try VisitCustomer.read($0).shopper }, basket: basket, language: language)
    }

    private func chosenLanguage() throws -> Language {
        let folder = texts ?? programme.flatMap(TextFolder.path(besideProgrammes:))
        let languages = try folder.map(TextFolder.load) ?? Languages()
        guard let chosen = languages[language] else {
            throw Console.fail(
                "--language must be one of \(languages.tags.joined(separator: ", "))", .validationFailure)
        }
        return chosen
    }
}
