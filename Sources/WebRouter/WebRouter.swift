import FlyingFox
import FlyingSocks
import Foundation
import Glibc
import HTTPMessage
import Locking

/// A path and a method that have a handler.
public struct WebRoute: Sendable {
    /// The method, as the request has it.
    public var method: HTTPMessage.HTTPMethod
    /// With parameters in braces, as OpenAPI writes it: `/v1/orders/{order}/cancel`.
    public var path: String

    /// A route of these parts.
    public init(_ method: HTTPMessage.HTTPMethod, _ path: String) {
        self.method = method
        self.path = path
    }
}

/// A request on its way to the endpoints.
public struct RoutedRequest: Sendable {
    /// The place of its route in the list; nil when no route has its path and method.
    public var route: Int?
    /// The path's parameters by name.
    public var parameters: [String: String]
    /// The request as the ingress has written it anew.
    public var request: HTTPMessage.HTTPRequest

    /// A request of these parts.
    public init(route: Int?, parameters: [String: String], request: HTTPMessage.HTTPRequest) {
        self.route = route
        self.parameters = parameters
        self.request = request
    }
}

/// Routes and serves HTTP on a private socket, with FlyingFox.
///
/// FlyingFox has no TLS and no limit on headers, takes the last of two `Content-Length` and any case in a path: it
/// never meets the network. `WebIngress` does, and hands over heads in one normal form, one to a connection; their
/// bodies it keeps until they are asked for.
///
/// Measured before it was taken (version 0.27.1, release build, two busy cores, every request on a connection of its
/// own): 3,800 requests a second from 4 clients, with 0.8 ms at the median and 4 ms at the 99th percentile; requests
/// with bodies of 900 kB, which it does not get any more, 13 ms at the median. 18,000 connections that broke off within
/// a request (and 62,000 that found the queue full) did not crash it and left no descriptor behind; its memory went from
/// 27 to 80 MiB in that flood, and 60,000 requests after it added less than 1 MiB. No such flood reaches it here. A
/// website pushes some orders a second.
public final class WebRouter: Sendable {
    /// Answers a request; called on any thread.
    public typealias Handler = @Sendable (RoutedRequest) async -> HTTPMessage.HTTPResponse
    /// Knows the body of a request by its head; nil when nobody waits for the answer. Called on any thread.
    public typealias Bodies = @Sendable (HTTPMessage.HTTPHeaders) -> [UInt8]?

    /// Longer than the ingress waits: it is the ingress that says so to the client.
    private static let answerSeconds: TimeInterval = 120
    /// Longest path of the socket's file; FlyingFox would cut a longer one off.
    public static let socketPathBytesMaximum = 104
    private static let restartPauseNanoseconds: UInt64 = 1_000_000_000
    private static let fileMode: mode_t = 0o600
    private static let folderMode: mode_t = 0o700

    private let socketPath: String
    private let routes: [WebRoute]
    private let handler: Handler
    private let bodies: Bodies
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// A router that does not listen yet.
    ///
    /// - Parameters:
    ///   - socketPath: a file in a folder of its own, which is made for this user alone.
    ///   - routes: what the handler knows by its place in the list; among paths that fit, the first is taken.
    ///   - bodies: what the requests themselves come without.
    public init(
        socketPath: String, routes: [WebRoute], bodies: @escaping Bodies, handler: @escaping Handler
    ) {
        precondition(socketPath.utf8.count <= Self.socketPathBytesMaximum, "the socket's path is too long")
        self.socketPath = socketPath
        self.routes = routes
        self.handler = handler
        self.bodies = bodies
    }

    /// Listens beside the caller's work, and again should the server end, which nothing but a lack of descriptors
    /// makes it.
    ///
    /// - Parameters:
    ///   - onListening: called once it listens.
    ///   - onFailure: the server has ended and will be started again; the reason is for the log.
    public func start(
        onListening: @escaping @Sendable () -> Void, onFailure: @escaping @Sendable (String) -> Void
    ) {
        task.withLock { task in
            task = Task { [self] in
                while !Task.isCancelled {
                    do {
                        try await serve(onListening)
                    } catch  where !Task.isCancelled {
                        onFailure("\(error)")
                        try? await Task.sleep(nanoseconds: Self.restartPauseNanoseconds)
                    } catch {
                        return
                    }
                }
            }
        }
    }

    /// Listens no more, and takes the socket's file away.
    public func stop() {
        task.withLock { $0?.cancel() }
        unlink(socketPath)
    }

    private func serve(_ onListening: @escaping @Sendable () -> Void) async throws {
        let folder = (socketPath as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: NSNumber(value: Self.folderMode)])
        unlink(socketPath)
        let server = HTTPServer(
            config: .init(
                address: .unix(path: socketPath), timeout: Self.answerSeconds, logger: .disabled))
        for (place, route) in routes.enumerated() {
            let path = route.path.replacing("{", with: ":").replacing("}", with: "")
            await server.appendRoute(HTTPRoute(method: .init(route.method.rawValue), path: path)) { [self] request in
                await answer(request, route: place)
            }
        }
        await server.appendRoute("*") { [self] request in await answer(request, route: nil) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask { [socketPath] in
                try await server.waitUntilListening()
                chmod(socketPath, Self.fileMode)
                onListening()
            }
            try await group.waitForAll()
        }
    }

    private func answer(_ request: FlyingFox.HTTPRequest, route: Int?) async -> FlyingFox.HTTPResponse {
        var headers = HTTPMessage.HTTPHeaders()
        for (header, value) in request.headers { headers.append(name: header.rawValue, value: value) }
        guard let body = bodies(headers) else { return FlyingFox.HTTPResponse(statusCode: .serviceUnavailable) }
        var parameters: [String: String] = [:]
        for parameter in request.routeParameters {
            // The ingress has encoded once more than the server behind decodes.
            parameters[parameter.name] = HTTPTarget.decoded(parameter.value)
        }
        // A method that the ingress does not know has not come this far.
        let method = HTTPMessage.HTTPMethod(rawValue: request.method.rawValue) ?? .get
        let head = HTTPMessage.HTTPRequestHead(method: method, target: request.target.rawValue, headers: headers)
        let routed = RoutedRequest(
            route: route, parameters: parameters, request: HTTPMessage.HTTPRequest(head: head, body: body))
        let response = await handler(routed)
        var fields = FlyingFox.HTTPHeaders()
        for field in response.headers.fields { fields.addValue(field.value, for: HTTPHeader(field.name)) }
        return FlyingFox.HTTPResponse(
            statusCode: HTTPStatusCode(response.status, phrase: "Status"), headers: fields, body: Data(response.body))
    }
}
