import LineProtocol

/// An operator's request that was refused: the error reply's code and JSON object.
package struct OperationRefused: Error, Sendable {
    package var code: String
    package var body: String

    init(_ refusal: Refusal) {
        code = "\(refusal.code.name)"
        body = String(decoding: refusal.body.text, as: UTF8.self)
    }
}

extension Gateway {
    /// Answers an operator's request given as a JSON object; for commands that run without a server.
    package func operate(_ verb: Verb, text: [UInt8]) async -> Result<[UInt8], OperationRefused> {
        let result: Result<[UInt8], Refusal> = await withCheckedContinuation { continuation in
            do {
                try text.withUnsafeBytes { bytes in
                    try withJSON(bytes) { value in
                        try operate(verb, FieldReader(value)) { continuation.resume(returning: $0) }
                    }
                }
            } catch let error as JSONSyntaxError {
                continuation.resume(returning: .failure(Refusal(error)))
            } catch let error as FieldError {
                continuation.resume(returning: .failure(Refusal(error)))
            } catch {
                continuation.resume(returning: .failure(Refusal(store: error)))
            }
        }
        return result.mapError(OperationRefused.init)
    }

    /// Leads an operator's request to its desk; used by the operator's socket and by commands that run without one.
    func operate(
        _ verb: Verb, _ body: FieldReader, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) throws(Refusal) {
        do throws(FieldError) {
            switch verb {
            case .deviceAdd: operation.addDevice(try DeviceAdd(body), completion: completion)
            case .deviceRevoke: operation.revokeDevice(try DeviceRevoke(body), completion: completion)
            case .deviceList: inquiries.devices(completion: completion)
            case .importCustomers: imports.customers(try ImportRequest(body), completion: completion)
            case .importCatalogue: imports.catalogue(try ImportRequest(body), completion: completion)
            case .importStock: imports.stock(try ImportRequest(body), completion: completion)
            case .audit: inquiries.audit(completion: completion)
            case .programmeList: programmeDesk.list(completion: completion)
            case .programmePut: programmeDesk.put(try ProgrammePut(body), completion: completion)
            case .programmeReload: programmeDesk.reload(completion: completion)
            case .customerMerge:
                points.merge(try CustomerMerge(body), calendar: localOperator.calendar, completion: completion)
            case .orderService: inquiries.orderService(try OrderServiceRequest(body), completion: completion)
            case .receiptList: inquiries.receipts(try ReceiptList(body), completion: completion)
            case .explain: inquiries.explain(try ExplainRequest(body), completion: completion)
            case .webhookPut: webhooks.put(try WebhookPut(body), completion: completion)
            case .webhookList: inquiries.webhooks(completion: completion)
            case .webhookRetry: webhooks.retry(try WebhookRetry(body), completion: completion)
            case .webhookRemove: webhooks.remove(try WebhookRemove(body), completion: completion)
            case .relayStatus: relayDesk.status(try RelayStatusRequest(body), completion: completion)
            case .relayQuarantine: relayDesk.quarantine(try RelayQuarantine(body), completion: completion)
            case .relayRetry: relayDesk.retry(try RelayRetry(body), completion: completion)
            case .relaySetAside: relayDesk.setAside(try RelaySetAside(body), completion: completion)
            case .feedStatus: feedDesk.status(completion: completion)
            case .feedRefused: feedDesk.refused(try FeedRefusedRequest(body), completion: completion)
            case .feedRetry: feedDesk.retry(try FeedRetry(body), completion: completion)
            default: completion(.failure(Refusal(.unknownVerb, "no operator's verb")))
            }
        } catch {
            throw Refusal(error)
        }
    }
}
