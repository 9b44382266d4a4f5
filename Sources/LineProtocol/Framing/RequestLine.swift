/// A line from a client: `VERB SP tag SP JSON`, or `VERB SP tag`, which means an empty object.
///
/// The parts point into the line and are valid for as long as its bytes are.
public struct RequestLine {
    /// The verb; its form is right, whether it is known is another question.
    public let verb: UnsafeRawBufferPointer
    /// The client's tag, which the reply repeats.
    public let tag: UnsafeRawBufferPointer
    /// The JSON text, not looked at yet.
    public let body: UnsafeRawBufferPointer

    private static let emptyObject: StaticString = "{}"

    /// Takes a line apart.
    ///
    /// - Parameter line: the line without its LF or CR LF.
    public static func parse(_ line: UnsafeRawBufferPointer) throws(MalformedLine) -> RequestLine {
        var words = LineWords(line)
        let verb = words.next()
        let verbIsGood = LineWord.isVerb(verb)
        guard !words.isAtEnd else { throw MalformedLine(reason: verbIsGood ? .missingTag : .badVerb) }
        let tagStart = words.position
        let tag = words.next()
        guard LineWord.isTag(tag) else { throw MalformedLine(reason: verbIsGood ? .badTag : .badVerb) }
        let tagRange = tagStart..<tagStart + tag.count
        guard verbIsGood else { throw MalformedLine(reason: .badVerb, tag: tagRange) }
        if words.isAtEnd {
            let body = UnsafeRawBufferPointer(
                start: emptyObject.utf8Start, count: emptyObject.utf8CodeUnitCount)
            return RequestLine(verb: verb, tag: tag, body: body)
        }
        let body = words.rest
        guard !body.isEmpty else { throw MalformedLine(reason: .missingBody, tag: tagRange) }
        return RequestLine(verb: verb, tag: tag, body: body)
    }
}
