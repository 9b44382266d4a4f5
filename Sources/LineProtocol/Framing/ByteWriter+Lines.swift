/// The beginnings and the end of lines. The JSON object is written in between.
extension ByteWriter {
    /// Begins a request: `VERB SP tag SP`.
    public func beginRequest(_ verb: Verb, tag: UnsafeRawBufferPointer) {
        append(verb.name)
        append(byte: Ascii.space)
        append(tag)
        append(byte: Ascii.space)
    }

    /// Begins the reply to a request that was done: `OK SP tag SP`.
    public func beginOK(tag: UnsafeRawBufferPointer) {
        append("OK ")
        append(tag)
        append(byte: Ascii.space)
    }

    /// Begins the reply to a request that was refused: `ERR SP tag SP code SP`.
    ///
    /// - Parameter tag: the request's tag, or nil where it could not be read.
    public func beginError(tag: UnsafeRawBufferPointer?, code: ErrorCode) {
        append("ERR ")
        if let tag { append(tag) } else { append(byte: Ascii.minus) }
        append(byte: Ascii.space)
        append(code.name)
        append(byte: Ascii.space)
    }

    /// Begins a line that the gateway sends on its own: `EVENT SP number SP name SP`.
    ///
    /// - Parameter number: 0 if it needs no acknowledgement.
    public func beginEvent(number: UInt64, name: EventName) {
        append("EVENT ")
        append(unsigned: number)
        append(byte: Ascii.space)
        append(name.name)
        append(byte: Ascii.space)
    }

    /// Ends a line.
    public func endLine() {
        append(byte: Ascii.lineFeed)
    }
}
