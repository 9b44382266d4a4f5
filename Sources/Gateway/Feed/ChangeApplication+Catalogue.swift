import Journal
import LineProtocol
import Retail

extension ChangeApplication {
    private static let version = UpstreamChange.Kind.product.rawValue

    /// A product, whole. A price that counts from a later moment than this change stays.
    mutating func apply(_ row: ProductRow, at: Instant) throws -> Outcome {
        let age = try transaction.productAge(sku: row.sku)
        if at
            < (try age?.knownAt ?? (age == nil ? transaction.feedVersion(Self.version, row.sku) : nil) ?? .distantPast)
        {
            return .known
        }
        let known = try transaction.product(sku: row.sku)
        var product = ProductRecord(row)
        let keepsPrice = known != nil && at < age?.priceAt ?? .distantPast
        if keepsPrice { product.price = known?.price }
        if product == known, age?.knownAt == at {
            try applyWaiting(for: .product(sku: row.sku))
            return .known
        }
        try transaction.put(product, replacing: known)
        try transaction.setProductAge(sku: row.sku, knownAt: at, priceAt: keepsPrice ? age?.priceAt : at)
        if product != known { add(.product(product)) }
        try applyWaiting(for: .product(sku: row.sku))
        return product == known ? .known : .applied
    }

    /// It is not sold any more.
    mutating func apply(_ body: ProductWithdrawnChange, at: Instant) throws -> Outcome {
        guard let age = try transaction.productAge(sku: body.sku) else {
            // Should its product come after all, it is the older of the two.
            try transaction.setFeedVersion(Self.version, body.sku, at)
            return .known
        }
        guard at >= age.knownAt ?? .distantPast else { return .known }
        guard !age.isWithdrawn else {
            try transaction.setProductAge(sku: body.sku, knownAt: at, priceAt: age.priceAt)
            return .known
        }
        try withdraw(body.sku, knownAt: at, priceAt: age.priceAt)
        return .applied
    }

    /// A complete snapshot has not named it. It may be gone meanwhile, for it was looked for outside the transaction.
    mutating func withdrawUnseen(_ sku: String) throws {
        guard let age = try transaction.productAge(sku: sku), !age.isWithdrawn else { return }
        try withdraw(sku, knownAt: age.knownAt, priceAt: age.priceAt)
    }

    /// Takes a product out of the catalogue.
    mutating func withdraw(_ sku: String, knownAt: Instant?, priceAt: Instant?) throws {
        try transaction.withdrawProduct(sku: sku, at: now)
        try transaction.setProductAge(sku: sku, knownAt: knownAt, priceAt: priceAt)
        add(.productWithdrawn(sku: sku))
    }

    /// A price, at once or for later. Of two the one that counts from the later moment is right.
    mutating func apply(_ body: PriceChange, at: Instant) throws -> Outcome {
        let age = try self.age(of: body.sku)
        let known = try transaction.product(sku: body.sku)
        if let lowest = known?.minimumPrice, body.price < lowest {
            throw FeedRefusal(.badField("body.price", "is below the lowest price, \(lowest.minorUnits)"))
        }
        let from = max(at, body.from ?? at)
        if from > now {
            return try transaction.put(ComingPrice(sku: body.sku, price: body.price, from: from), saidAt: at)
                ? .applied : .known
        }
        guard from >= age.priceAt ?? .distantPast else { return .known }
        return try set(body.price, of: body.sku, from: from) ? .applied : .known
    }

    /// A price whose time has come.
    mutating func apply(_ coming: ComingPrice) throws {
        try transaction.forget(coming)
        guard let age = try transaction.productAge(sku: coming.sku), !age.isWithdrawn,
            coming.from >= age.priceAt ?? .distantPast
        else { return }
        _ = try set(coming.price, of: coming.sku, from: coming.from)
    }

    private mutating func set(_ price: Money, of sku: String, from: Instant) throws -> Bool {
        let known = try transaction.product(sku: sku)
        try transaction.setPrice(price, of: sku, from: from)
        guard var product = known, product.price != price else { return false }
        product.price = price
        add(.product(product))
        return true
    }

    /// What a store has of a product.
    mutating func apply(_ row: StockRow) throws -> Outcome {
        _ = try age(of: row.sku)
        let before = try transaction.stock(of: row.sku, store: row.store)
        _ = try transaction.take(
            StockCount(store: row.store, sku: row.sku, quantity: row.quantity, asOf: row.asOf))
        return try transaction.stock(of: row.sku, store: row.store) == before ? .known : .applied
    }

    /// - Throws: a refusal that waits for the product.
    private func age(of sku: String) throws -> ProductAge {
        if let age = try transaction.productAge(sku: sku), !age.isWithdrawn { return age }
        var refusal = Refusal(.notFound, "no such product in the catalogue yet")
        refusal.field = "body.sku"
        throw FeedRefusal(refusal, waitsFor: .product(sku: sku))
    }
}
