import Foundation
import Journal
import LineProtocol
import Retail
import TestSupport
import Testing

@testable import Gateway

/// How many products there are to be; 0 when nothing is to be measured.
private let measuredProducts = Int(ProcessInfo.processInfo.environment["TILLGATE_MEASURE_PRODUCTS"] ?? "") ?? 0

/// How long it takes to find a product among many. Measures only when it is asked to:
///
///     TILLGATE_MEASURE_PRODUCTS=1000000 swift test -c release -Xswiftc -enable-testing --filter LookupMeasurement
@Suite("LookupMeasurement", .enabled(if: measuredProducts > 0))
struct LookupMeasurement {
    private static let lookups = 20_000
    /// Beyond this, an index in memory would be worth its memory.
    private static let microsecondsMaximum = 20.0

    /// A product number of thirteen digits.
    private static func number(_ index: Int) -> String {
        let body = String(400_000_000_000 + index * 7)
        let sum = body.utf8.reversed().enumerated().reduce(0) {
            $0 + (Int($1.element) - 48) * ($1.offset % 2 == 0 ? 3 : 1)
        }
        return body + "\((10 - sum % 10) % 10)"
    }

    private static func microseconds(_ what: String, _ body: (Int) throws -> Void) rethrows -> Double {
        var random = SeededGenerator(seed: 1)
        let places = (0..<lookups).map { _ in Int.random(in: 0..<measuredProducts, using: &random) }
        for place in places.prefix(2_000) { try body(place) }
        let took = try ContinuousClock().measure { for place in places { try body(place) } }
        let each = Double(took.components.attoseconds) / 1e12 + Double(took.components.seconds) * 1e6
        print("\(what): \(each / Double(lookups)) µs among \(measuredProducts), \(residentKibibytes() / 1_024) MiB")
        return each / Double(lookups)
    }

    private static func residentKibibytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }

    @Test("a product is found by its bar code in microseconds")
    func lookup() throws {
        let world = try TestWorld()
        print("begins with \(Self.residentKibibytes() / 1_024) MiB")
        for start in stride(from: 0, to: measuredProducts, by: 1_000) {
            try world.journal.perform { transaction in
                for index in start..<min(start + 1_000, measuredProducts) {
                    var product = ProductRecord(sku: "SKU-\(index)", name: "Product number \(index)")
                    product.price = Money(minorUnits: 100)
                    product.category = "food/dairy"
                    product.barcodes = [try Barcode(Self.number(index))]
                    try transaction.put(product, replacing: nil)
                    if index % 4 == 0 {
                        _ = try transaction.take(
                            StockCount(store: "S1", sku: product.sku, quantity: .one, asOf: VirtualClock.beginning))
                    }
                }
            }
        }
        let key = try Self.microseconds("bar code to SKU") { place in
            let sku = try world.journal.read { try $0.sku(barcode: "0" + Self.number(place)) }
            #expect(sku == "SKU-\(place)")
        }
        let principal = Principal(store: "S1", device: "APP1", role: .app, settings: StoreSettings())
        _ = try Self.microseconds("whole card, without a customer") { place in
            let card = try world.gateway.catalogue.product(
                ProductRequest(.barcode(Self.number(place))), for: principal)
            #expect(card.sku == "SKU-\(place)")
        }
        #expect(key < Self.microsecondsMaximum)
    }
}
