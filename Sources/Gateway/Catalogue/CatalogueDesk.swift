import Journal
import LineProtocol
import Retail

/// Answers what a product is, costs and where there is some of it. Read from the journal on the loop: a reader sees
/// every change that was acknowledged before, and a product is a handful of pages away.
struct CatalogueDesk: Sendable {
    /// What a product is sold by when the catalogue does not say.
    static let usualUnit = "piece"

    let journal: Journal
    let stores: StoreDirectory
    let quotes: QuoteDesk

    /// A product and what is told of it beside the price for the customer.
    private struct Found {
        var product: ProductRecord
        var label: ScaleCode.Label?
        var stock: [StockLevel]
        var related: [ProductBrief]
        var priority: [ProductBrief]
    }

    /// PRODUCT: the card of a scanned product, with the price for the customer.
    func product(_ request: ProductRequest, for principal: Principal) throws(Refusal) -> ProductReply {
        guard let found = try read({ view throws(SQLError) in try find(request.subject, for: principal, view) }) else {
            throw Refusal(.notFound, "no such product")
        }
        let product = found.product
        var reply = ProductReply(sku: product.sku, name: product.name, unit: product.unit ?? Self.usualUnit)
        reply.barcodes = product.barcodes.map(\.text)
        reply.quantity = found.label?.quantity(at: product.price)
        reply.category = product.category
        reply.brand = product.brand
        reply.price = product.price
        reply.isMarked = product.isMarked
        if let customer = request.customer {
            (reply.customerPrice, reply.taken) = try quotes.price(of: product, for: customer, principal)
        }
        reply.stock = found.stock.first { $0.store == principal.store }.map(entry)
        reply.elsewhere = nearestFirst(found.stock, to: principal).prefix(ProtocolLimits.storesElsewhere).map(entry)
        reply.related = found.related.map { .init(sku: $0.sku, name: $0.name, price: $0.price) }
        reply.priority = found.priority.map { .init(sku: $0.sku, name: $0.name, price: $0.price) }
        return reply
    }

    /// STOCK: what the stores have of a product. A website of one store is told of that store.
    func stock(_ request: StockRequest, for principal: Principal) throws(Refusal) -> StockReply {
        let found = try read { view throws(SQLError) -> (product: ProductRecord, stock: [StockLevel])? in
            guard let product = try view.product(sku: request.sku) else { return nil }
            return (product, try view.stock(of: product.sku, limit: ProtocolLimits.stockStores))
        }
        guard let found else { throw Refusal(.notFound, "no such product") }
        let seesAll = principal.role != .website || principal.store == Principal.everyStore
        let named = request.stores.map(Set.init)
        let shown = found.stock.filter { level in
            (seesAll || level.store == principal.store) && named?.contains(level.store) != false
        }
        return StockReply(
            sku: found.product.sku, unit: found.product.unit ?? Self.usualUnit, stores: shown.map(entry))
    }

    // MARK: -

    private func read<Value>(_ body: (JournalView) throws(SQLError) -> Value) throws(Refusal) -> Value {
        do { return try journal.lookUp { try body($0) } } catch { throw Refusal(store: error) }
    }

    private func find(
        _ subject: ProductRequest.Subject, for principal: Principal, _ view: JournalView
    ) throws(SQLError) -> Found? {
        let match: (sku: String, label: ScaleCode.Label?)? =
            switch subject {
            case .sku(let sku): (sku, nil)
            case .barcode(let text): try look(up: ScannedCode(text), principal.settings.scaleCodes, view)
            }
        guard let match, let product = try view.product(sku: match.sku) else { return nil }
        var related: [ProductBrief] = []
        for sku in product.related where sku != product.sku {
            if let brief = try view.productBrief(sku: sku) { related.append(brief) }
        }
        return Found(
            product: product, label: match.label,
            stock: try view.stock(of: product.sku, limit: ProtocolLimits.stockStores), related: related,
            priority: try view.priorityProducts(
                store: principal.store, besides: product.sku, limit: ProtocolLimits.relatedProducts))
    }

    /// A code that is listed as it is comes before one that a scale may have printed.
    private func look(
        up scan: ScannedCode, _ scaleCodes: [ScaleCode], _ view: JournalView
    ) throws(SQLError) -> (sku: String, label: ScaleCode.Label?)? {
        for key in scan.keys {
            if let sku = try view.sku(barcode: key) { return (sku, nil) }
        }
        for code in scaleCodes {
            if let label = code.label(scan), let sku = try view.sku(barcode: label.key) { return (sku, label) }
        }
        return nil
    }

    /// As the store's settings have it, then by name of the store.
    private func nearestFirst(_ levels: [StockLevel], to principal: Principal) -> [StockLevel] {
        let others = levels.filter { $0.store != principal.store }
        let near = principal.settings.nearbyStores.compactMap { store in others.first { $0.store == store } }
        let isNear = Set(principal.settings.nearbyStores)
        return near + others.filter { !isNear.contains($0.store) }
    }

    private func entry(_ level: StockLevel) -> StockEntry {
        // Sums of many orders may be more than a message can say.
        func quantity(_ thousandths: Int64) -> Quantity {
            Quantity(thousandths: min(max(0, thousandths), Int64(ProtocolLimits.quantityThousandths)))
        }
        return StockEntry(
            store: level.store, name: stores[level.store].name ?? level.store, available: quantity(level.available),
            reserved: quantity(level.reserved), asOf: level.asOf)
    }
}
