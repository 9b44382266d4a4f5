import EventLoop
import HTTPMessage
import Logging
import WebIngress
import WebRouter

/// Brings websites to a gateway: the HTTPS port in front, the endpoints behind a private socket.
package final class WebServer: Sendable {
    private let ingress: WebIngress
    private let router: WebRouter

    /// Listens at once; requests that come before the endpoints listen wait for them.
    ///
    /// - Parameters:
    ///   - tls: the server's certificate, without asking for the client's; nil only for loopback addresses.
    ///   - privateSocket: a file in a folder of its own within the data folder.
    package init(
        gateway: Gateway, address: ListenAddress, tls: TLSServerContext?, privateSocket: String, loops: [EventLoop],
        settings: WebSettings = WebSettings()
    ) throws {
        guard privateSocket.utf8.count <= WebRouter.socketPathBytesMaximum else {
            throw EventLoopError.pathTooLong(path: privateSocket, limit: WebRouter.socketPathBytesMaximum)
        }
        var settings = settings
        settings.isSecure = tls != nil
        let desk = WebDesk(gateway: gateway, settings: settings)
        let log = gateway.log
        ingress = try WebIngress(
            address: address, loops: loops, tls: tls, limits: settings.ingress, privateSocket: privateSocket,
            door: desk
        ) { [refusals = gateway.refusals] peer, failure in
            refusals.tell(failure, peer: peer, port: "https")
        }
        router = WebRouter(
            socketPath: privateSocket, routes: WebOperation.routes,
            bodies: { [ingress] in ingress.takeBody(for: $0) }
        ) { await desk.answer($0) }
        router.start { [ingress] in
            ingress.endpointsListen()
        } onFailure: { reason in
            log.error("the endpoints for websites stopped and start again", metadata: ["reason": "\(reason)"])
        }
    }

    /// The port, also when the system chose it.
    package var port: Int { ingress.boundPort }

    /// Connections at the moment.
    package var connectionCount: Int { ingress.connectionCount }

    /// Bodies of requests that no endpoint has taken yet.
    package var heldBodies: Int { ingress.heldBodies }

    /// Uses another certificate for handshakes from now on.
    package func replaceTLS(_ tls: TLSServerContext) { ingress.replaceTLS(tls) }

    /// Takes no new connections, and closes the open ones behind the answers that are under way.
    package func drain() { ingress.drain() }

    /// Ends the endpoints; the loops end the rest.
    package func stop() { router.stop() }
}
