import LineProtocol
import Retail

extension FuzzTarget {
    /// `VERB SP tag SP JSON`: the message of each verb.
    static let requests = FuzzTarget("requests", bytesMaximum: 4_096) { line in
        guard let request = try? RequestLine.parse(line), let verb = Verb(request.verb) else { return }
        let reader = JSONReader()
        withExtendedLifetime(reader) {
            guard let value = try? reader.read(request.body), let fields = try? FieldReader(value) else { return }
            verb.tryReading(fields)
        }
    }
}

extension Verb {
    fileprivate func tryReading(_ fields: FieldReader) {
        switch self {
        case .hello: roundTrip(Hello.self, fields)
        case .status: roundTrip(Status.self, fields)
        case .ack: roundTrip(Acknowledge.self, fields)
        case .ping, .backlog, .bye, .deviceList, .audit, .programmeList, .programmeReload, .webhookList, .feedStatus:
            roundTrip(EmptyBody.self, fields)
        case .identify: roundTrip(Identify.self, fields)
        case .enrol: roundTrip(Enrol.self, fields)
        case .quote: roundTrip(QuoteRequest.self, fields)
        case .product: roundTrip(ProductRequest.self, fields)
        case .stock: roundTrip(StockRequest.self, fields)
        case .sale, .return, .void, .correction: tryReadingReceipt(fields)
        case .shiftOpen: roundTrip(ShiftOpen.self, fields)
        case .shiftClose: roundTrip(ShiftClose.self, fields)
        case .hold, .release: tryReadingForEveryRole(fields)
        case .customer, .noteAdd, .basketSend, .basketOpen, .basketReturn, .basketWithdraw, .visit, .tasks:
            tryReadingOnTheShopFloor(fields)
        case _ where isForOperatorsOnly: tryReadingForOperators(fields)
        default: tryReadingAboutOrders(fields)
        }
    }

    private func tryReadingReceipt(_ fields: FieldReader) {
        let kinds: [Verb: ReceiptKind] = [.sale: .sale, .return: .return, .void: .void, .correction: .correction]
        // Figures that cannot be read are the till's text, and not written anew.
        guard let kind = kinds[self], let receipt = try? ReceiptRequest(fields, kind: kind), receipt.unreadable.isEmpty
        else { return }
        roundTrip(
            fields, read: { fields throws(FieldError) in try ReceiptRequest(fields, kind: kind) },
            write: { $0.write(to: $1) })
    }

    private func tryReadingForEveryRole(_ fields: FieldReader) {
        roundTrip(HoldRequest.self, fields)
        roundTrip(ReleaseRequest.self, fields)
        for role in DeviceRole.allCases {
            _ = try? HoldRequest(fields, role: role)
            _ = try? ReleaseRequest(fields, role: role)
        }
    }

    private func tryReadingOnTheShopFloor(_ fields: FieldReader) {
        switch self {
        case .customer: roundTrip(CustomerCardRequest.self, fields)
        case .noteAdd: roundTrip(NoteAdd.self, fields)
        case .basketSend: roundTrip(BasketSend.self, fields)
        case .basketOpen: roundTrip(BasketOpen.self, fields)
        case .basketReturn: roundTrip(BasketReturn.self, fields)
        case .basketWithdraw: roundTrip(BasketWithdraw.self, fields)
        case .visit: roundTrip(Visit.self, fields)
        default: roundTrip(TaskList.self, fields)
        }
    }

    private func tryReadingAboutOrders(_ fields: FieldReader) {
        switch self {
        case .orderPush: roundTrip(OrderPush.self, fields)
        case .orderAmend: roundTrip(OrderAmend.self, fields)
        case .orderPick: roundTrip(OrderPick.self, fields)
        case .orderList: roundTrip(OrderList.self, fields)
        case .orderFollow: roundTrip(OrderFollow.self, fields)
        default:
            roundTrip(OrderReference.self, fields)
            for role in DeviceRole.allCases { _ = try? OrderReference(fields, verb: self, role: role) }
        }
    }

    private func tryReadingForOperators(_ fields: FieldReader) {
        switch self {
        case .deviceAdd: roundTrip(DeviceAdd.self, fields)
        case .deviceRevoke: roundTrip(DeviceRevoke.self, fields)
        // Its rows are the gateway's own: the sessions read them.
        case .importCustomers: _ = try? ImportRequest<EmptyBody>(fields)
        case .importCatalogue: tryReadingRows(ProductRow.self, fields)
        case .importStock: tryReadingRows(StockRow.self, fields)
        case .programmePut: roundTrip(ProgrammePut.self, fields)
        case .customerMerge: roundTrip(CustomerMerge.self, fields)
        case .orderService: roundTrip(OrderServiceRequest.self, fields)
        case .receiptList: roundTrip(ReceiptList.self, fields)
        case .explain: roundTrip(ExplainRequest.self, fields)
        case .webhookPut: roundTrip(WebhookPut.self, fields)
        case .webhookRetry: roundTrip(WebhookRetry.self, fields)
        case .webhookRemove: roundTrip(WebhookRemove.self, fields)
        case .relayStatus: roundTrip(RelayStatusRequest.self, fields)
        case .relayQuarantine: roundTrip(RelayQuarantine.self, fields)
        case .relayRetry: roundTrip(RelayRetry.self, fields)
        case .relaySetAside: roundTrip(RelaySetAside.self, fields)
        case .feedRefused: roundTrip(FeedRefusedRequest.self, fields)
        default: roundTrip(FeedRetry.self, fields)
        }
    }

    /// Rows that cannot be taken are told one by one, and not written.
    private func tryReadingRows<Row: MessageBody>(_ type: Row.Type, _ fields: FieldReader) {
        guard let request = try? ImportRequest<Row>(fields), request.rows.allSatisfy({ (try? $0.get()) != nil }) else {
            return
        }
        roundTrip(ImportRequest<Row>.self, fields)
    }
}
