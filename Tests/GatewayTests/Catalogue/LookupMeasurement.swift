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
    private static let warmUp = 2_000
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

    private static func microseconds(_ what: String, _ body: (String) throws -> Void) rethrows -> Double {
        var random = SeededGenerator(seed: 1)
        let numbers = (0..<lookups).map { _ in number(Int.random(in: 0..<measuredProducts, using: &random)) }
        for number in numbers.prefix(warmUp) { try body(number) }
        // Of the processor, so that what else the machine does is not counted.
        let began = processorNanoseconds()
        for number in numbers { try body(number) }
        let each = Double(processorNanoseconds() - began) / 1_000 / Double(lookups)
        print("\(what): \(each) µs among \(measuredProducts), \(residentKibibytes() / 1_024) MiB")
        return each
    }

    private static func processorNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
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
        var found = 0
        let key = try Self.microseconds("bar code to SKU") { number in
            if try world.journal.lookUp({ try $0.sku(barcode: "0" + number) }) != nil { found += 1 }
        }
        let principal = Principal(store: "S1", device: "APP1", role: .app, settings: StoreSettings())
        _ = try Self.microseconds("whole card, without a customer") { number in
            _ = try world.gateway.catalogue.product(ProductRequest(.barcode(number)), for: principal)
        }
        try world.gateway.products.load()
        print("with what promotions ask about in memory: \(Self.residentKibibytes() / 1_024) MiB")
        _ = try Self.microseconds("completing a basket of ten lines") { number in
            var lines = (0..<10).map {
                BasketLine(sku: "SKU-\($0 * 997 % measuredProducts)", quantity: .one, price: .zero)
            }
            try world.gateway.products.complete(&lines)
        }
        #expect(found == Self.lookups + Self.warmUp)
        #expect(key < Self.microsecondsMaximum)
    }
}
