import LineProtocol

/// Reads pages of what upstream sends down. One reader at a time uses it.
package final class FeedPageReader {
    /// The longest page, taken apart; a gateway asks for fewer changes where it is longer.
    static let pageBytesMaximum = ProtocolLimits.changeBytes
    /// Longest cursor, and longest name of a snapshot's page.
    private static let cursorCharacters = 1_000
    /// Types that a snapshot can be complete in.
    private static let completeMaximum = 64
    /// Changes of one page, however many were asked for.
    private static let changesMaximum = 100_000

    /// A reader of its own.
    package init() {}

    // Programmes are documents with a depth of their own.
    private let reader = JSONReader(limits: JSONLimits(depth: 64, membersPerObject: 4_096, textBytes: pageBytesMaximum))

    /// `{"changes":[…],"cursor":"…","more":true}`
    package func changes(_ body: [UInt8]) throws(SourceFailure) -> ChangePage {
        try read(body) { fields throws(FieldError) in
            ChangePage(
                changes: try fields.pageChanges(limit: Self.changesMaximum),
                cursor: try fields.text("cursor", max: Self.cursorCharacters),
                hasMore: try fields.optionalBool("more") ?? false)
        }
    }

    /// `{"changes":[…],"next":"…"}`, the last one `{"changes":[…],"cursor":"…","complete":["product"]}`
    package func snapshot(_ body: [UInt8]) throws(SourceFailure) -> SnapshotPage {
        try read(body) { fields throws(FieldError) in
            let changes = try fields.pageChanges(limit: Self.changesMaximum)
            if let next = try fields.optionalText("next", max: Self.cursorCharacters) {
                return SnapshotPage(changes: changes, next: .page(next))
            }
            let complete = try fields.optionalIDTextArray("complete", limit: Self.completeMaximum) ?? []
            return SnapshotPage(
                changes: changes,
                next: .changes(cursor: try fields.text("cursor", max: Self.cursorCharacters), complete: complete))
        }
    }

    private func read<Page>(
        _ body: [UInt8], _ take: (FieldReader) throws(FieldError) -> Page
    ) throws(SourceFailure) -> Page {
        do {
            return try body.withUnsafeBytes { bytes in try take(FieldReader(try reader.read(bytes))) }
        } catch let error as JSONSyntaxError {
            throw malformed("\(error.reason.rawValue) at byte \(error.offset)")
        } catch let error as FieldError {
            throw malformed("\(error.field) \(error.reason)")
        } catch {
            throw malformed("\(error)")
        }
    }

    private func malformed(_ reason: String) -> SourceFailure {
        .failed(reason: printable("malformed answer: \(reason)"), retryAfterMilliseconds: nil)
    }
}

extension FieldReader {
    /// The changes of a page, each as it stands; what is wrong with one of them is found out when it is applied.
    fileprivate func pageChanges(limit: Int) throws(FieldError) -> [[UInt8]] {
        let list = try requiredValue("changes")
        guard list.kind == .array else { throw bad(list, "must be an array") }
        guard list.count <= limit else { throw .limit(path(of: list), limit, of: "elements") }
        var changes: [[UInt8]] = []
        changes.reserveCapacity(list.count)
        for element in list.elements { changes.append(Array(element.rawBytes)) }
        return changes
    }
}

extension UpstreamAnswer {
    /// What an answer without a page says.
    var sourceFailure: SourceFailure {
        switch status {
        case 410: .startAgain
        case 404, 405, 501: .notOffered
        case 429, 503: .failed(reason: "HTTP \(status)", retryAfterMilliseconds: retryAfterMilliseconds)
        default: .failed(reason: "HTTP \(status)", retryAfterMilliseconds: nil)
        }
    }
}
