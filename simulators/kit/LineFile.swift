import Glibc

/// The lines of a file, one after the other, whatever its size. Empty lines are skipped.
public final class LineFile {
    /// A file that cannot be read.
    public struct Failure: Error, CustomStringConvertible {
        /// The file.
        public let path: String
        /// The system's words.
        public let reason: String

        /// One sentence for the command line.
        public var description: String { "\(path) cannot be read: \(reason)" }
    }

    /// The number of the last line read, from 1.
    public private(set) var lineNumber = 0

    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private var buffer: UnsafeMutablePointer<CChar>?
    private var capacity = 0

    /// Opens a file; `-` is standard input.
    public init(path: String) throws(Failure) {
        guard let file = path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "r") else {
            throw Failure(path: path, reason: String(cString: strerror(errno)))
        }
        self.path = path
        self.file = file
    }

    deinit {
        Glibc.free(buffer)
        fclose(file)
    }

    /// The next line without its end, or nil after the last.
    public func next() throws(Failure) -> [UInt8]? {
        while true {
            errno = 0
            let count = getline(&buffer, &capacity, file)
            guard count >= 0, let buffer else {
                guard errno == 0 || errno == EINTR else {
                    throw Failure(path: path, reason: String(cString: strerror(errno)))
                }
                return nil
            }
            lineNumber += 1
            var line = UnsafeRawBufferPointer(start: buffer, count: count)
            while let last = line.last, last == 0x0A || last == 0x0D {
                line = UnsafeRawBufferPointer(rebasing: line.dropLast())
            }
            if !line.isEmpty { return Array(line) }
        }
    }
}
