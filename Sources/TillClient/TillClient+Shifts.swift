import LineProtocol
import Retail

/// Shifts: the end of the day tells the till which of its receipts the gateway lacks.
extension TillClient {
    /// Says that a shift begins. Receipts need none; upstream learns of it.
    public func openShift(
        _ shift: ShiftOpen, options: CallOptions = .standard
    ) async throws(TillClientError) -> ShiftReply {
        try await call(.shiftOpen, shift, options: options)
    }

    /// Says that a shift ends, and what the till has recorded in it. Send what is `missing`, then ask again with the same
    /// content.
    public func closeShift(
        _ shift: ShiftClose, options: CallOptions = .standard
    ) async throws(TillClientError) -> ShiftReply {
        try await call(.shiftClose, shift, options: options)
    }
}
