import LineProtocol
import Retail

/// Receipts. The answer says that the gateway's disk has the receipt; the same receipt again gets the same answer.
extension TillClient {
    /// Records a sale.
    public func sale(
        _ receipt: ReceiptRequest, options: CallOptions = .standard
    ) async throws(TillClientError) -> ReceiptReply {
        try await record(.sale, receipt, options: options)
    }

    /// Records a sale given as JSON, with all fields that the till's maker may have added to those of the protocol.
    public func sale(
        json: [UInt8], options: CallOptions = .standard
    ) async throws(TillClientError) -> ReceiptReply {
        try await beginReceipt(.sale, json: json, options: options).reply()
    }

    /// Records a return.
    public func `return`(
        _ receipt: ReceiptRequest, options: CallOptions = .standard
    ) async throws(TillClientError) -> ReceiptReply {
        try await record(.return, receipt, options: options)
    }

    /// Records a return given as JSON.
    public func `return`(
        json: [UInt8], options: CallOptions = .standard
    ) async throws(TillClientError) -> ReceiptReply {
        try await beginReceipt(.return, json: json, options: options).reply()
    }

    /// Records a basket that was given up.
    public func void(
        _ receipt: ReceiptRequest, options: CallOptions = .standard
    ) async throws(TillClientError) -> ReceiptReply {
        try await record(.void, receipt, options: options)
    }

    /// Records a basket that was given up, as JSON.
    public func void(
        json: [UInt8], options: CallOptions = .standard
    ) async throws(TillClientError) -> ReceiptReply {
        try await beginReceipt(.void, json: json, options: options).reply()
    }

    /// Records a correction of the books.
    public func correction(
        _ receipt: ReceiptRequest, options: CallOptions = .standard
    ) async throws(TillClientError) -> ReceiptReply {
        try await record(.correction, receipt, options: options)
    }

    /// Records a correction of the books, as JSON.
    public func correction(
        json: [UInt8], options: CallOptions = .standard
    ) async throws(TillClientError) -> ReceiptReply {
        try await beginReceipt(.correction, json: json, options: options).reply()
    }

    /// Hands a receipt over for sending. Receipts take effect in the order in which they were begun.
    public func beginReceipt(
        _ receipt: ReceiptRequest, options: CallOptions = .standard
    ) -> PendingReply<ReceiptReply> {
        begin(receipt.verb, body: encodedBody { receipt.write(to: $0) }, options: options, as: ReceiptReply.self)
    }

    /// Hands a receipt over for sending, given as JSON: exactly these bytes are sent, but for line breaks.
    public func beginReceipt(
        _ kind: ReceiptKind, json: [UInt8], options: CallOptions = .standard
    ) throws(TillClientError) -> PendingReply<ReceiptReply> {
        begin(kind.verb, body: try singleLineObject(json), options: options, as: ReceiptReply.self)
    }

    private func record(
        _ kind: ReceiptKind, _ receipt: ReceiptRequest, options: CallOptions
    ) async throws(TillClientError) -> ReceiptReply {
        guard receipt.kind == kind else {
            throw .badRequest(reason: "a \(receipt.kind.rawValue) was given as a \(kind.rawValue)")
        }
        return try await beginReceipt(receipt, options: options).reply()
    }
}
