import HTTPMessage
import LineProtocol
import WebRouter

/// What a website can ask for over HTTPS. `protocol-spec/website.openapi.yaml` says the same to strangers.
enum WebOperation: String, CaseIterable, Sendable {
    // The path of changes comes before that of an order, which it looks like.
    case pushOrder, amendOrder, cancelOrder, followOrders, getOrder, listOrders, getStock, getHealth

    var method: HTTPMethod {
        switch self {
        // The website names its orders: a push puts what it has at a place that it knows.
        case .pushOrder: .put
        case .amendOrder: .patch
        case .cancelOrder: .post
        case .followOrders, .getOrder, .listOrders, .getStock, .getHealth: .get
        }
    }

    /// The path as OpenAPI writes it.
    var path: String {
        switch self {
        case .pushOrder, .amendOrder, .getOrder: "/v1/orders/{order}"
        case .cancelOrder: "/v1/orders/{order}/cancel"
        case .followOrders: "/v1/orders/changes"
        case .listOrders: "/v1/orders"
        case .getStock: "/v1/stock/{sku}"
        case .getHealth: "/v1/health"
        }
    }

    /// The request of the line protocol that it stands for.
    var verb: Verb? {
        switch self {
        case .pushOrder: .orderPush
        case .amendOrder: .orderAmend
        case .cancelOrder: .orderCancel
        case .followOrders: .orderFollow
        case .getOrder: .orderGet
        case .listOrders: .orderList
        case .getStock: .stock
        case .getHealth: nil
        }
    }

    /// Whether it changes something.
    var hasEffect: Bool { method != .get }

    /// Whether the body must be there; that of a cancellation may be left out.
    var requiresBody: Bool { self == .pushOrder || self == .amendOrder }

    /// The operations as the router takes them; a route's place is the operation's.
    static var routes: [WebRoute] { allCases.map { WebRoute($0.method, $0.path) } }

    /// Names that a path under `/v1/orders` has for something else, so that no order can have them.
    static let reservedOrders: Set<String> = ["changes"]

    /// Whether the order that a path names is none, because the path is something else's.
    func isHidden(_ parameters: [String: String]) -> Bool {
        path.hasSuffix("{order}") && Self.reservedOrders.contains((parameters["order"] ?? "").lowercased())
    }

    /// The methods that a path has, in the order of the list; empty for a path that nothing has.
    static func methods(ofPath segments: [String]) -> [HTTPMethod] {
        // A path of its own is no order's.
        let fitting = allCases.filter { $0.fits(segments) }
        let plain = fitting.filter { !$0.path.contains("{") }
        return (plain.isEmpty ? fitting : plain).map(\.method)
    }

    private func fits(_ segments: [String]) -> Bool {
        let own = path.split(separator: "/")
        return own.count == segments.count
            && zip(own, segments).allSatisfy { $0.first == "{" || $0.lowercased() == $1.lowercased() }
    }
}
