import Dispatch
import Gateway
import HTTPMessage
import Locking
import ReaderTargets
import WebRouter

extension FuzzTarget {
    /// Requests of a website behind the router: `METHOD target`, header lines, an empty line, the body. The site's token
    /// is put in front, so that what comes after the door is tried.
    static let web = FuzzTarget("web") { input in
        guard let request = request(input) else { return }
        do {
            let world = try FuzzWorld.next()
            let response = WebEndpoints(gateway: world.gateway).waitForAnswer(route(request))
            precondition(response.status != 500, "nothing that is sent is a defect of the gateway")
            _ = response.serialized(keepAlive: true)
            try world.settle()
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

/// Reads the request as the ingress does, with the fields that every site sends.
private func request(_ input: UnsafeRawBufferPointer) -> HTTPRequest? {
    let lineEnd = input.firstIndex(of: UInt8(ascii: "\n")) ?? input.endIndex
    let parts = input[lineEnd...].split(separator: UInt8(ascii: "\n"), maxSplits: 6, omittingEmptySubsequences: true)
    let fields = parts.prefix { $0.contains(UInt8(ascii: ":")) && $0.first != UInt8(ascii: "{") }
    let body = Array(parts.dropFirst(fields.count).joined(separator: [UInt8(ascii: "\n")]))
    var text = Array(input[..<lineEnd]) + Array(" HTTP/1.1\r\nHost: s\r\n".utf8)
    text += Array("Authorization: Bearer \(FuzzWorld.token)\r\n".utf8)
    for field in fields { text += Array(field) + Array("\r\n".utf8) }
    if !body.isEmpty { text += Array("Content-Length: \(body.count)\r\n".utf8) }
    text += Array("\r\n".utf8) + body
    var reader = HTTPRequestReader()
    guard case .request(let request) = text.withUnsafeBytes({ reader.feed($0) }).progress else { return nil }
    return request
}

/// Finds the request's route as the router does: the first that fits.
private func route(_ request: HTTPRequest) -> RoutedRequest {
    let segments = HTTPTarget.segments(ofPath: request.path) ?? []
    for (place, route) in WebEndpoints.routes.enumerated() where route.method == request.method {
        let own = route.path.split(separator: "/")
        guard own.count == segments.count else { continue }
        var parameters: [String: String] = [:]
        let fits = zip(own, segments).allSatisfy { part, segment in
            guard part.first == "{" else { return part.lowercased() == segment.lowercased() }
            parameters[String(part.dropFirst().dropLast())] = segment
            return true
        }
        if fits { return RoutedRequest(route: place, parameters: parameters, request: request) }
    }
    return RoutedRequest(route: nil, parameters: [:], request: request)
}

extension WebEndpoints {
    /// The answer, waited for: libFuzzer's function is no asynchronous one.
    fileprivate func waitForAnswer(_ routed: RoutedRequest) -> HTTPResponse {
        let answer = Mutex<HTTPResponse?>(nil)
        let bell = DispatchSemaphore(value: 0)
        Task {
            let response = await self.answer(routed)
            answer.withLock { $0 = response }
            bell.signal()
        }
        guard bell.wait(timeout: .now() + .seconds(60)) == .success, let response = answer.withLock({ $0 }) else {
            preconditionFailure("a request is answered")
        }
        return response
    }
}
