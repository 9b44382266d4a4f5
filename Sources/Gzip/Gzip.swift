import CZlib

/// Why bytes could not be taken apart.
public enum GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Not one whole gzip stream.
    case damaged
    /// More comes out than is allowed.
    case tooLong(limitBytes: Int)
    /// zlib has no memory.
    case library(code: Int32)

    /// For whoever sent it.
    public var description: String {
        switch self {
        case .damaged: "not a whole gzip stream"
        case .tooLong(let limit): "more than \(limit) bytes when taken apart"
        case .library(let code): "zlib failed with \(code)"
        }
    }
}

/// Bodies of requests in gzip's form (RFC 1952), whole ones in memory.
public enum Gzip {
    /// The form of zlib that has gzip's head: 15 bits of window, and 16.
    private static let windowBits: Int32 = 15 + 16
    /// What zlib has for the middle between fast and small; receipts are text that repeats itself.
    private static let level: Int32 = 6
    private static let pieceBytes = 65_536

    /// The bytes in gzip's form.
    public static func compress(_ bytes: [UInt8]) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        let begun = deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        guard begun == Z_OK else { throw .library(code: begun) }
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        var input = bytes
        let result = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        guard result == Z_STREAM_END else { throw .library(code: result) }
        output.removeLast(output.count - Int(stream.total_out))
        return output
    }

    /// What was put into gzip's form.
    ///
    /// - Parameter limitBytes: how much may come out; a few bytes can stand for gigabytes.
    public static func decompress(_ bytes: [UInt8], limitBytes: Int) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        let begun = inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else { throw .library(code: begun) }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        let result = input.withUnsafeMutableBufferPointer { source -> Result<Void, GzipError> in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            while true {
                let code = piece.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    return inflate(&stream, Z_NO_FLUSH)
                }
                output += piece[..<(pieceBytes - Int(stream.avail_out))]
                if output.count > limitBytes { return .failure(.tooLong(limitBytes: limitBytes)) }
                if code == Z_STREAM_END { return stream.avail_in == 0 ? .success(()) : .failure(.damaged) }
                // Without progress the rest is missing.
                guard code == Z_OK, stream.avail_out == 0 || stream.avail_in > 0 else { return .failure(.damaged) }
            }
        }
        try result.get()
        return output
    }
}
