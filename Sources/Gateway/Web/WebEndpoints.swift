import HTTPMessage
import WebRouter

/// What websites can ask for, without the port in front of it and the router before it: for tests that send whatever
/// they like.
package struct WebEndpoints: Sendable {
    private let desk: WebDesk

    /// The endpoints of a gateway, with the limits that the specification tells.
    package init(gateway: Gateway) { desk = WebDesk(gateway: gateway, settings: WebSettings()) }

    /// What the router is given, in the order of its places.
    package static var routes: [WebRoute] { WebOperation.routes }

    /// Answers a request that was routed to one of them.
    package func answer(_ routed: RoutedRequest) async -> HTTPResponse { await desk.answer(routed) }
}
