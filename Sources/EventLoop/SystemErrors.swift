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

/// What is behind OpenSSL's errors on this thread, for logs: the system's sentence when a file could not be read,
/// otherwise OpenSSL's for the newest one. Empties the thread's error queue.
func takeTLSErrorText() -> String {
    defer { ERR_clear_error() }
    let number = shim_system_error()
    if number != 0 { return systemErrorText(number) }
    guard let reason = ERR_reason_error_string(ERR_peek_last_error()) else { return "unknown TLS error" }
    return String(cString: reason)
}
