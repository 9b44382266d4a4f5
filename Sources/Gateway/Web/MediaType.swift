import HTTPMessage

/// What a body may be, and what a client must be ready to take.
enum MediaType {
    /// Checks `Content-Type` of a body and `Accept` against JSON, the only form there is.
    static func check(_ request: HTTPRequest, of operation: WebOperation) throws(WebProblem) {
        guard accepts(request.headers["Accept"]) else {
            throw WebProblem(.http(406), "answers are application/json")
        }
        guard operation.hasEffect, operation.requiresBody || !request.body.isEmpty else { return }
        guard isJSON(request.headers["Content-Type"] ?? "") else {
            var problem = WebProblem(.http(415), "Content-Type must be application/json in UTF-8")
            if operation.method == .patch { problem.headers.append(name: "Accept-Patch", value: "application/json") }
            throw problem
        }
    }

    /// `application/json`, with no other charset than UTF-8.
    static func isJSON(_ field: String) -> Bool {
        let parts = parts(field, separator: ";")
        guard parts.first == "application/json" else { return false }
        return parts.dropFirst().allSatisfy { part in
            !part.hasPrefix("charset=") || ["charset=utf-8", "charset=\"utf-8\""].contains(part)
        }
    }

    /// Whether a list of media ranges takes JSON; so does a request without one.
    static func accepts(_ field: String?) -> Bool {
        guard let field, !field.isEmpty else { return true }
        var best: (specificity: Int, isWanted: Bool) = (-1, false)
        for range in parts(field, separator: ",") {
            let parts = parts(range, separator: ";")
            let specificity: Int
            switch parts.first {
            case "*/*": specificity = 0
            case "application/*": specificity = 1
            case "application/json": specificity = 2
            default: continue
            }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2) ?? "1"
            // `0`, `0.` and `0.000` mean: not this one.
            let isWanted = weight.contains { ("1"..."9").contains($0) }
            if specificity > best.specificity { best = (specificity, isWanted) }
        }
        return best.isWanted
    }

    private static func parts(_ text: String, separator: Character) -> [String] {
        text.split(separator: separator).map { part in
            var part = part.drop { $0 == " " || $0 == "\t" }
            while part.last == " " || part.last == "\t" { part.removeLast() }
            return part.lowercased()
        }
    }
}
