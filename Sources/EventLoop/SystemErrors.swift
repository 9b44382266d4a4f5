import CEventLoop
import Glibc

/// The system's sentence for an errno, for logs.
func systemErrorText(_ number: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let base = buffer.baseAddress, strerror_r(number, base, buffer.count) == 0 else {
            return "errno \(number)"
        }
        return String(cString: base)
    }
}

/// OpenSSL's sentence for the newest error of this thread, for logs; empties the thread's error queue.
func takeTLSErrorText() -> String {
    defer { ERR_clear_error() }
    guard let reason = ERR_reason_error_string(ERR_peek_last_error()) else { return "unknown TLS error" }
    return String(cString: reason)
}
