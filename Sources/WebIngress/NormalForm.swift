import HTTPMessage

/// The one form in which requests go on to the endpoints, so that nobody behind the door has to guess.
enum NormalForm {
    /// Fields that the endpoints know. Nothing else of a head passes the door.
    static let fields = ["Authorization", "Content-Type", "Accept", "Idempotency-Key", "If-Match", "If-None-Match"]

    /// Writes the head of a checked request anew; nil when its path could be read in two ways.
    ///
    /// HEAD goes on as GET: the ingress leaves the body of the answer away. A segment's percent-encoding is undone,
    /// done again in one way, and then once more, so that the server behind, which undoes it once, leaves `%2F` a
    /// part of its segment.
    static func head(of request: HTTPRequest) -> HTTPRequestHead? {
        guard let segments = HTTPTarget.segments(ofPath: request.path),
            let pairs = HTTPTarget.pairs(ofQuery: request.query)
        else { return nil }
        var target = "/" + segments.map { HTTPTarget.encoded(HTTPTarget.encoded($0)) }.joined(separator: "/")
        if !pairs.isEmpty {
            target +=
                "?"
                + pairs.map { "\(HTTPTarget.encoded($0.name))=\(HTTPTarget.encoded($0.value))" }
                .joined(separator: "&")
        }
        var headers = HTTPHeaders()
        headers.append(name: "Host", value: "tillgate")
        for name in fields {
            let values = request.headers.values(of: name)
            // One field of a list says the same as several, and nobody can lose the others.
            if !values.isEmpty { headers.append(name: name, value: values.joined(separator: ", ")) }
        }
        return HTTPRequestHead(
            method: request.method == .head ? .get : request.method, target: target, headers: headers)
    }
}
